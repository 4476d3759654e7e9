package postgres

import (
	"context"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/postgrestest"
)

// TestAnotherMachinesWorkIsTakenAsFarAsItHasNotBegun when its session ends, and the rest when it was silent for the
// lease: it may live, and be cut off.
func TestAnotherMachinesWorkIsTakenAsFarAsItHasNotBegun(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	ctx := context.Background()
	theirs, them := openAs(t, url, t.TempDir())
	ours, us := openAs(t, url, t.TempDir())
	begun, waiting := ledgertest.MakeDay(t, theirs, 1), ledgertest.MakeDay(t, theirs, 2)
	sending, err := theirs.ClaimDelivery(ctx, begun)
	must(t, err)
	must(t, theirs.MarkSending(ctx, sending.Claim, ledgertest.Now()))
	claimed, err := theirs.ClaimDelivery(ctx, waiting)
	must(t, err)
	if freed, err := ours.Reap(ctx); err != nil || freed.Deliveries != 0 {
		t.Errorf("of one that lives: %+v, %v", freed, err)
	}
	endSession := func() { exec(t, us, `SELECT pg_terminate_backend($1)`, int64(them.session.conn.PgConn().PID())) }
	them.session.mu.Lock() // so that it is not made anew meanwhile
	endSession()
	for {
		locked, err := us.session.isLocked(processOf(t, us))
		must(t, err)
		if !locked {
			break
		}
	}
	freed, err := ours.Reap(ctx)
	if err != nil || freed.Deliveries != 1 || len(freed.Uncertain) != 0 {
		t.Errorf("of one that is suspect: %+v, %v", freed, err)
	}
	if freed, err := ours.Reap(ctx); err != nil || freed.Deliveries != 0 {
		t.Errorf("again: %+v, %v", freed, err)
	}
	if err := theirs.MarkSending(ctx, claimed.Claim, ledgertest.Now()); err == nil {
		t.Error("it sends what was taken from it")
	}
	exec(t, us, `UPDATE process SET heartbeat_at = heartbeat_at - 19 * 60000`)
	if freed, err := ours.Reap(ctx); err != nil || len(freed.Uncertain) != 0 {
		t.Errorf("before the lease: %+v, %v", freed, err)
	}
	exec(t, us, `UPDATE process SET heartbeat_at = heartbeat_at - 2 * 60000`)
	freed, err = ours.Reap(ctx)
	if err != nil || len(freed.Uncertain) != 1 || freed.Uncertain[0].ID != begun {
		t.Errorf("after the lease: %+v, %v", freed, err)
	}
	them.session.mu.Unlock()
	if err := theirs.Finish(ctx, sending.Claim, ledger.Result{At: ledgertest.Now(), State: ledger.Sent}); err == nil {
		t.Error("it writes under a claim that is gone")
	}
}

// TestASessionThatWasLostIsMadeAnewWithItsLocks.
func TestASessionThatWasLostIsMadeAnewWithItsLocks(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	url := server.URL(t, "shop", "")
	theirs, them := openAs(t, url, t.TempDir())
	_, us := openAs(t, url, t.TempDir())
	_, err := theirs.ClaimDelivery(t.Context(), ledgertest.MakeDay(t, theirs, 1))
	must(t, err)
	process := processOf(t, us)
	server.Down(t)
	server.Up(t)
	if life, err := us.Look(process); err != nil || life != database.Suspect && life != database.Alive { // it may have been quick
		t.Errorf("%v, %v", life, err)
	}
	must(t, them.session.tick())
	if life, err := us.Look(process); err != nil || life != database.Alive {
		t.Errorf("%v, %v", life, err)
	}
	for theirs.Check(t.Context()) != nil { // its other connection was cut too
		continue
	}
	must(t, theirs.Close())
	life, err := us.Look(process)
	for err == nil && life == database.Alive { // until the server has heard of it
		life, err = us.Look(process)
	}
	if err != nil || life != database.Suspect {
		t.Errorf("%v, %v", life, err)
	}
}

// processOf is the one process that has claimed.
func processOf(t *testing.T, b *Backend) (id string) {
	t.Helper()
	must(t, b.db.QueryRow(`SELECT id FROM process`).Scan(&id))
	return id
}
