package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rapport/internal/filelock"
	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
)

func TestHundredsMayOpenANewLedgerAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "rapport.db")
	ctx := context.Background()
	p := ledger.Planned{Key: ledger.Key{Account: ledgertest.Account, Report: "daily", From: ledgertest.Now(), To: ledgertest.Now().Add(time.Hour)}, State: ledger.Owed}
	added := make([]int, openers)
	var all sync.WaitGroup
	for i := range added {
		all.Go(func() {
			l, err := openLedger(ctx, path, ledgertest.Options())
			if err != nil {
				t.Error(err)
				return
			}
			rows, err := l.Plan(ctx, []ledger.Planned{p})
			if err := errors.Join(err, l.Close()); err != nil {
				t.Error(err)
			}
			added[i] = len(rows)
		})
	}
	all.Wait()
	sum := 0
	for _, n := range added {
		sum += n
	}
	if sum != 1 {
		t.Errorf("one period was added %d times", sum)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*-locks", "*"))
	must(t, err)
	if len(left) != 1 { // the door
		t.Errorf("left behind: %s", left)
	}
}

func TestOnlyTheOwnerMayReadTheLedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state", "rapport.db")
	l := mustOpen(t, path)
	ledgertest.SendDay(t, l, ledgertest.MakeDay(t, l, 1))
	for name, want := range map[string]os.FileMode{"": 0o600, "-wal": 0o600, "-shm": 0o600, "-witness": 0o600, "-ballast": 0o600, "-locks": 0o700 | os.ModeDir, "/..": 0o700 | os.ModeDir} {
		at := path + name
		if name == "/.." {
			at = filepath.Dir(path)
		}
		info, err := os.Stat(at)
		must(t, err)
		if info.Mode() != want {
			t.Errorf("%s: %s", at, info.Mode())
		}
	}
}

func TestAllNamesOfAFileMeanOneLedger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a b?#%41", "rapport.db")
	first := mustOpen(t, path)
	id := ledgertest.MakeDay(t, first, 1)
	_, err := first.ClaimDelivery(context.Background(), id)
	must(t, err)
	must(t, os.Symlink(path, filepath.Join(dir, "link.db")))
	must(t, os.Symlink(filepath.Dir(path), filepath.Join(dir, "linked")))
	for _, name := range []string{"link.db", "linked/rapport.db", "linked/../linked/rapport.db"} {
		l := mustOpen(t, filepath.Join(dir, name))
		freed, err := l.Reap(context.Background())
		must(t, err)
		_, err = l.ClaimDelivery(context.Background(), id)
		var locked *ledger.LockedError
		if freed.Deliveries != 0 || !errors.As(err, &locked) {
			t.Errorf("%s: freed %d, claimed %v", name, freed.Deliveries, err)
		}
	}
}

func TestALedgerThatIsTakenAwayTakesNoMore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	l := mustOpen(t, path)
	id := ledgertest.MakeDay(t, l, 1)
	d, err := l.ClaimDelivery(context.Background(), id)
	must(t, err)
	must(t, os.Rename(path, path+".old"))
	for range 2 {
		if err := l.MarkSending(context.Background(), d.Claim, ledgertest.Now()); !database.Unusable(err) || !strings.Contains(err.Error(), "while it was open") {
			t.Errorf("got %v", err)
		}
		must(t, os.WriteFile(path, nil, 0o600)) // and the second time another is in its place
	}
}

func TestALockedLedgerIsBusyAndDoesNotHang(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	hasty := func() *Backend { return &Backend{path: path, Patience: 50 * time.Millisecond} }
	l, err := ledger.Open(t.Context(), hasty(), ledgertest.Options())
	must(t, err)
	id := ledgertest.MakeDay(t, l, 1)
	other := raw(t, path)
	_, err = other.Exec(`BEGIN IMMEDIATE`)
	must(t, err)
	_, err = l.ClaimDelivery(context.Background(), id)
	if err == nil || database.Unusable(err) || !strings.Contains(err.Error(), "another process is writing") {
		t.Errorf("while it is written to: %v", err)
	}
	if _, err := l.Unsent(context.Background(), ledgertest.Account); err != nil {
		t.Errorf("reading while it is written to: %v", err)
	}
	_, err = other.Exec(`ROLLBACK`)
	must(t, err)
	must(t, l.Close())
	_, err = other.Exec(`PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE commit_count SET commits = commits`)
	must(t, err)
	if _, err := ledger.Open(t.Context(), hasty(), ledgertest.Options()); err == nil || database.Unusable(err) {
		t.Errorf("opening while it is locked: %v", err)
	}
}

func TestOpeningEndsWithItsContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	must(t, mustOpen(t, path).Close())
	door, err := filelock.File(path + "-locks/door")
	must(t, err)
	defer door.Close()
	ctx, cancel := context.WithCancel(context.Background())
	opened := make(chan error)
	go func() {
		_, err := openLedger(ctx, path, ledgertest.Options())
		opened <- err
	}()
	cancel()
	if err := <-opened; !errors.Is(err, context.Canceled) || database.Unusable(err) {
		t.Errorf("got %v", err)
	}
}

func TestOneDaemonServesALedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	first, second := mustOpen(t, path), mustOpen(t, path)
	must(t, first.ServeAlone())
	must(t, first.ServeAlone())
	var locked *ledger.LockedError
	if err := second.ServeAlone(); !errors.As(err, &locked) || locked.PID != os.Getpid() || locked.Host != "here" {
		t.Errorf("the second: %v", err)
	}
	must(t, first.Close())
	must(t, second.ServeAlone())
}

// lease is how long a process may be silent whose lock cannot be seen.
const lease = 20 * time.Minute

// elsewhere opens the ledger as a process on another machine, which has claimed something
// before: its locks cannot be seen here.
func elsewhere(t *testing.T, path string, clock func() time.Time) *ledger.Ledger {
	t.Helper()
	l, err := openLedger(t.Context(), path, ledger.Options{Now: clock, Host: "elsewhere"})
	must(t, err)
	id := ledgertest.MakeDay(t, l, 0)
	d, err := l.ClaimDelivery(t.Context(), id)
	must(t, err)
	must(t, l.ReturnDelivery(t.Context(), d.Claim))
	locks, err := filepath.Glob(path + "-locks/*")
	must(t, err)
	for _, lock := range locks {
		if filepath.Base(lock) != "door" {
			must(t, os.Remove(lock))
		}
	}
	return l
}

func TestASilentProcessElsewhereLosesItsClaimsAfterTheLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "rapport.db")
		ctx := t.Context()
		var hung atomic.Pointer[time.Time] // whose heartbeats come no more
		away := elsewhere(t, path, func() time.Time {
			if at := hung.Load(); at != nil {
				return *at
			}
			return time.Now()
		})
		defer away.Close()
		id := ledgertest.MakeDay(t, away, 1)
		d, err := away.ClaimDelivery(ctx, id)
		must(t, err)
		must(t, away.MarkSending(ctx, d.Claim, time.Now()))
		now := time.Now()
		hung.Store(&now)
		here, err := openLedger(ctx, path, ledger.Options{Now: time.Now, Host: "here"})
		must(t, err)
		defer here.Close()
		freed := func(after time.Duration) int {
			<-time.After(after)
			r, err := here.Reap(ctx)
			must(t, err)
			return len(r.Uncertain)
		}
		if freed(lease-time.Second) != 0 {
			t.Error("freed within the lease")
		}
		if freed(time.Second) != 1 {
			t.Error("not freed after the lease")
		}
		if err := away.Finish(ctx, d.Claim, ledger.Result{At: time.Now(), State: ledger.Sent}); !errors.Is(err, ledger.ErrLost) {
			t.Errorf("finished without a claim: %v", err)
		}
		if _, err = away.ClaimDelivery(ctx, id); err != nil {
			t.Errorf("claimed anew: %v", err)
		}
	})
}

// TestAProcessElsewhereThatWorksForLongKeepsItsClaims: a fetch may take longer than the lease,
// and nobody but the ledger itself says meanwhile that the process lives.
func TestAProcessElsewhereThatWorksForLongKeepsItsClaims(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "rapport.db")
		ctx := t.Context()
		away := elsewhere(t, path, time.Now)
		defer away.Close()
		here, err := openLedger(ctx, path, ledger.Options{Now: time.Now, Host: "here"})
		must(t, err)
		defer here.Close()
		work := func(day int) {
			p := ledgertest.PlanDay(t, here, day)
			p, err := away.ClaimPeriod(ctx, p.ID)
			must(t, err)
			<-time.After(3 * lease)
			freed, err := here.Reap(ctx)
			must(t, err)
			if freed.Periods != 0 {
				t.Error("taken from a process that lives")
			}
			must(t, away.ReturnPeriod(ctx, p.Claim))
		}
		work(1)
		<-time.After(2 * time.Minute)
		before, err := here.ChangeCounter(ctx)
		must(t, err)
		<-time.After(time.Hour)
		if after, err := here.ChangeCounter(ctx); err != nil || after != before {
			t.Errorf("with nothing claimed it wrote: %v", err)
		}
		work(2)
	})
}

func TestTheDatabaseIsSetAsItMustBe(t *testing.T) {
	t.Parallel()
	_, b := openSpied(t, filepath.Join(t.TempDir(), "rapport.db"))
	for setting, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "temp_store": "2", "application_id": "1380995668"} {
		var got string
		must(t, b.db.QueryRow(`PRAGMA `+setting).Scan(&got))
		if got != want {
			t.Errorf("%s is %s", setting, got)
		}
	}
}
