package database_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
)

func commits(t *testing.T, l *ledger.Ledger) (n int64) {
	t.Helper()
	ledgertest.Must(t, l.Database().ReadRow(&n, `SELECT commits FROM commit_count`))
	return n
}

// TestCallsThatComeTogetherAreOneTransaction, and each has its own outcome: one that fails
// has changed nothing, and the others do not notice.
func TestCallsThatComeTogetherAreOneTransaction(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	var ids []int64
	var calls []func() error
	for day := range 6 {
		id := ledgertest.MakeDay(t, l, day)
		ids = append(ids, id)
		calls = append(calls, func() error { _, err := l.ClaimDelivery(ctx, id); return err })
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	calls = append(calls,
		func() error { _, err := l.ClaimDelivery(ctx, ids[0]); return err }, // twice
		func() error { _, err := l.ClaimDelivery(ctx, 999); return err },
		func() error { return l.MarkSending(ctx, ledger.Claim{Row: 998}, ledgertest.Now()) },
		func() error { _, err := l.ClaimDelivery(ended, ids[5]); return err })
	before := commits(t, l)
	faults := l.Database().Together(calls...)
	if n := commits(t, l) - before; n != 1 {
		t.Errorf("%d transactions", n)
	}
	for i := 1; i < 5; i++ {
		ledgertest.Must(t, faults[i])
	}
	var held *ledger.LockedError
	if (faults[0] == nil) == (faults[6] == nil) || !errors.As(errors.Join(faults[0], faults[6]), &held) {
		t.Errorf("claimed twice: %v, %v", faults[0], faults[6])
	}
	if !errors.Is(faults[7], ledger.ErrNoDelivery) || !errors.Is(faults[8], ledger.ErrNoDelivery) || !errors.Is(faults[9], context.Canceled) {
		t.Errorf("%v, %v, %v", faults[7], faults[8], faults[9])
	}
}

// TestACallThatSpoilsTheTransactionSpoilsNoOther: SQLite undoes a whole transaction after
// some faults. Then each is written by itself.
func TestACallThatSpoilsTheTransactionSpoilsNoOther(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	spoiled := errors.New("spoiled")
	const insert = `INSERT INTO alarm (account, kind, subject, text, raised_at) VALUES ('T12345678', ?, '', '', 1)`
	mark := func(kind string) func() error {
		return func() error { return l.Database().ExecGrouped(ctx, nil, insert, kind) }
	}
	bad := func() error { return l.Database().ExecGrouped(ctx, spoiled, `ROLLBACK`) }
	faults := l.Database().Together(mark("a"), bad, mark("b"), mark("c"))
	ledgertest.Must(t, errors.Join(faults[0], faults[2], faults[3]))
	if !errors.Is(faults[1], spoiled) {
		t.Error(faults[1])
	}
	var kinds string
	ledgertest.Must(t, l.Database().ReadRow(&kinds, `SELECT group_concat(kind, '') FROM (SELECT kind FROM alarm ORDER BY kind)`))
	if kinds != "abc" {
		t.Errorf("written: %q", kinds)
	}
}

// TestManyAtOnce: whatever gathers, each delivery is claimed, intended and finished once.
func TestManyAtOnce(t *testing.T) {
	l := open(t, t.TempDir())
	var ids []int64
	for day := range 40 {
		ids = append(ids, ledgertest.MakeDay(t, l, day))
	}
	before := commits(t, l)
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() { ledgertest.SendDay(t, l, id) })
	}
	all.Wait()
	if n := commits(t, l) - before; n > 3*40 || n < 3 {
		t.Errorf("%d transactions", n)
	}
	rows, err := l.Deliveries(context.Background(), ledger.Filter{})
	ledgertest.Must(t, err)
	for _, d := range rows {
		if d.State != ledger.Sent || d.Attempts != 1 || d.Claimed {
			t.Errorf("%+v", d)
		}
	}
	if len(rows) != len(ids) {
		t.Errorf("%d deliveries", len(rows))
	}
}
