package ledger

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// gather makes calls gather: they are written once free is called.
func gather(l *Ledger) (free func()) {
	l.groupCommit.mu.Lock()
	l.groupCommit.busy = true
	l.groupCommit.mu.Unlock()
	return func() { l.writeWaiting() }
}

func (g *groupCommit) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting)
}

func commits(t *testing.T, l *Ledger) (n int64) {
	t.Helper()
	must(t, l.db.QueryRow(`SELECT commits FROM commit_count`).Scan(&n))
	return n
}

// together starts calls, waits until all have gathered, and lets them be written.
func together(l *Ledger, calls ...func() error) []error {
	free := gather(l)
	faults := make([]error, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { faults[i] = call() })
	}
	for l.groupCommit.count() < len(calls) {
		runtime.Gosched()
	}
	free()
	all.Wait()
	return faults
}

// TestCallsThatComeTogetherAreOneTransaction, and each has its own outcome: one that fails
// has changed nothing, and the others do not notice.
func TestCallsThatComeTogetherAreOneTransaction(t *testing.T) {
	ctx := context.Background()
	l := mustOpen(t, filepath.Join(t.TempDir(), "rapport.db"))
	var ids []int64
	var calls []func() error
	for day := range 6 {
		id := makeDay(t, l, day)
		ids = append(ids, id)
		calls = append(calls, func() error { _, err := l.ClaimDelivery(ctx, id); return err })
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	calls = append(calls,
		func() error { _, err := l.ClaimDelivery(ctx, ids[0]); return err }, // twice
		func() error { _, err := l.ClaimDelivery(ctx, 999); return err },
		func() error { return l.MarkSending(ctx, 998, testNow()) },
		func() error { _, err := l.ClaimDelivery(ended, ids[5]); return err })
	before := commits(t, l)
	faults := together(l, calls...)
	if n := commits(t, l) - before; n != 1 {
		t.Errorf("%d transactions", n)
	}
	for i := 1; i < 5; i++ {
		must(t, faults[i])
	}
	var held *LockedError
	if (faults[0] == nil) == (faults[6] == nil) || !errors.As(errors.Join(faults[0], faults[6]), &held) {
		t.Errorf("claimed twice: %v, %v", faults[0], faults[6])
	}
	if !errors.Is(faults[7], ErrNoDelivery) || !errors.Is(faults[8], ErrNoDelivery) || !errors.Is(faults[9], context.Canceled) {
		t.Errorf("%v, %v, %v", faults[7], faults[8], faults[9])
	}
}

// TestACallThatSpoilsTheTransactionSpoilsNoOther: SQLite undoes a whole transaction after
// some faults. Then each is written by itself.
func TestACallThatSpoilsTheTransactionSpoilsNoOther(t *testing.T) {
	ctx := context.Background()
	l := mustOpen(t, filepath.Join(t.TempDir(), "rapport.db"))
	spoiled := errors.New("spoiled")
	mark := func(kind string) func() error {
		return func() error {
			return l.writeGrouped(ctx, func(t tx) error {
				_, err := t.exec(`INSERT INTO alarm (account, kind, subject, text, raised_at) VALUES ('T12345678', ?, '', '', 1)`, kind)
				return err
			})
		}
	}
	bad := func() error {
		return l.writeGrouped(ctx, func(t tx) error {
			_, err := t.exec(`ROLLBACK`)
			return errors.Join(spoiled, err)
		})
	}
	faults := together(l, mark("a"), bad, mark("b"), mark("c"))
	must(t, errors.Join(faults[0], faults[2], faults[3]))
	if !errors.Is(faults[1], spoiled) {
		t.Error(faults[1])
	}
	var kinds string
	must(t, l.db.QueryRow(`SELECT group_concat(kind, '') FROM (SELECT kind FROM alarm ORDER BY kind)`).Scan(&kinds))
	if kinds != "abc" {
		t.Errorf("written: %q", kinds)
	}
}

// TestManyAtOnce: whatever gathers, each delivery is claimed, intended and finished once.
func TestManyAtOnce(t *testing.T) {
	l := mustOpen(t, filepath.Join(t.TempDir(), "rapport.db"))
	var ids []int64
	for day := range 40 {
		ids = append(ids, makeDay(t, l, day))
	}
	before := commits(t, l)
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() { sendDay(t, l, id) })
	}
	all.Wait()
	if n := commits(t, l) - before; n > 3*40 || n < 3 {
		t.Errorf("%d transactions", n)
	}
	rows, err := l.Deliveries(context.Background(), Filter{})
	must(t, err)
	for _, d := range rows {
		if d.State != Sent || d.Attempts != 1 || d.Claimed {
			t.Errorf("%+v", d)
		}
	}
	if len(rows) != len(ids) {
		t.Errorf("%d deliveries", len(rows))
	}
}
