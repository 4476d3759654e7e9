package engine_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/objectstore"
	"rapport/internal/objectstore/s3test"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// inStore is a shop whose archive is in a store.
func inStore(t *testing.T, to ...string) (*shoptest.Shop, *s3test.Store) {
	t.Helper()
	s, store := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed(to...)), s3test.New(t)
	config := &reportconfig.ObjectStore{Bucket: s3test.Bucket, Endpoint: store.URL, AccessKey: reportconfig.Secret{Env: "A"}, SecretKey: reportconfig.Secret{Env: "B"}}
	bucket, err := objectstore.Open(t.Context(), config, func(s reportconfig.Secret) (string, error) {
		return map[string]string{"A": s3test.AccessKey, "B": s3test.SecretKey}[s.Env], nil
	})
	paymenttest.Must(t, err)
	s.Objects = bucket
	return s, store
}

// elsewhere lets the next run be another machine's, which has nothing but ledger and store.
func elsewhere(s *shoptest.Shop) { paymenttest.Must(s.T, os.RemoveAll(s.Archive)) }

const inPlace = "test/2026-11-19/.sealed test/2026-11-19/transactions_2026-11-19.csv"

// published are the keys that are not of what waits.
func published(store *s3test.Store) string {
	return strings.Join(slices.DeleteFunc(store.Keys(), func(key string) bool { return strings.Contains(key, "/.made/") }), " ")
}

func TestWhatOneMachineMadeAnotherSends(t *testing.T) {
	t.Parallel()
	s, store := inStore(t, "now@x.no", "later@x.no")
	s.Box.Failing("later@x.no", shoptest.NotSent())
	s.Run()
	if got := published(store); got != inPlace {
		t.Errorf("the store has %s", got)
	}
	waiting := s.Delivery("later@x.no")
	s.Box.Fail, s.Source = nil, nil
	elsewhere(s)
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 || s.Delivery("later@x.no").SHA256 != waiting.SHA256 {
		t.Errorf("%+v: %s, %d sent", o, s.Said(), len(s.Box.Got))
	}
	if cut := slices.DeleteFunc(store.Keys(), func(key string) bool { return !strings.HasSuffix(key, ".message") }); len(cut) > 0 {
		t.Errorf("messages that were sent are left: %v", cut)
	}
	elsewhere(s)
	s.Lose()
	if s.Run(); len(s.Box.Got) != 2 {
		t.Errorf("a lost ledger mails again what the store says was made: %s", s.Said())
	}
}

func TestAStoreThatIsAwayMakesItsReportsWait(t *testing.T) {
	t.Parallel()
	s, store := inStore(t, "a@x.no")
	store.Fail(func(*http.Request) s3test.Fault { return s3test.Failing })
	if o := s.Run(); o != (builder.Outcome{Waiting: true}) || len(s.Box.Got) > 0 {
		t.Errorf("%+v: %s", o, s.Said())
	}
	if got := s.Alarms(); !strings.HasPrefix(got, "archive: test: the error was: archive: list test: ") || s.Said() == "" {
		t.Errorf("alarms %q", got)
	}
	store.Fail(nil)
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "2026-11-19 a@x.no" || s.Alarms() != "" || published(store) != inPlace {
		t.Errorf("%+v: %s, %s, alarms %s", o, s.Said(), published(store), s.Alarms())
	}
}

// TestAStoreThatFailsAtEachStepLosesNothing: from its nth request on the store is away, and the
// next run is another machine's, a while later and on other data.
func TestAStoreThatFailsAtEachStepLosesNothing(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		s, store := inStore(t, "a@x.no", "b@x.no")
		asked, failed, mattered := 0, false, false
		store.Fail(func(r *http.Request) s3test.Fault {
			if asked++; asked < n {
				return s3test.None
			}
			failed = true
			mattered = mattered || r.Method != http.MethodDelete // what stays is swept
			return s3test.Failing
		})
		if o, err := runOnce(s); mattered && !o.Waiting && err == nil {
			t.Errorf("request %d: nothing is wrong", n)
		}
		if !failed {
			if n < 10 {
				t.Errorf("only %d requests", n)
			}
			return
		}
		store.Fail(nil)
		elsewhere(s)
		s.Clock.Time = s.Clock.Add(2 * time.Hour)
		if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 || s.Box.Got[0].To == s.Box.Got[1].To || published(store) != inPlace {
			t.Fatalf("request %d: %+v: %s, %d sent, the store has %s", n, o, s.Said(), len(s.Box.Got), published(store))
		}
		if n > 40 {
			t.Fatal("it never ends")
		}
	}
}

// TestACrashBetweenPutAndSealIsFinishedByAnotherMachine leaves what a crash leaves at each step.
func TestACrashBetweenPutAndSealIsFinishedByAnotherMachine(t *testing.T) {
	t.Parallel()
	made := func(s *shoptest.Shop, d *engine.Engine, j report.Job, row ledger.Period) *engine.Making {
		m := filesOfClaimed(s, d, j, row)
		paymenttest.Must(s.T, d.FreezeMessages(m))
		return m
	}
	for name, crash := range map[string]struct {
		at   func(s *shoptest.Shop, store *s3test.Store, d *engine.Engine, j report.Job, row ledger.Period)
		anew bool
	}{
		"after the put, before the promise": {func(s *shoptest.Shop, _ *s3test.Store, d *engine.Engine, j report.Job, row ledger.Period) {
			made(s, d, j, row)
			paymenttest.Must(s.T, d.Archive.PutAttempt(s.T.Context(), "test/2026-11-19/.made/"+row.Claim.Attempt()))
		}, true},
		"after the promise, before it was published": {func(s *shoptest.Shop, _ *s3test.Store, d *engine.Engine, j report.Job, row ledger.Period) {
			recorded(s, d, j, row)
		}, false},
		"after it was published, before the seal": {func(s *shoptest.Shop, store *s3test.Store, d *engine.Engine, j report.Job, row ledger.Period) {
			recorded(s, d, j, row)
			j.Attempt = row.Claim.Attempt()
			paymenttest.Must(s.T, d.PublishPeriod(j))
			store.Set("test/2026-11-19/.sealed", nil)
		}, false},
		"after the seal": {func(s *shoptest.Shop, _ *s3test.Store, d *engine.Engine, j report.Job, row ledger.Period) {
			recorded(s, d, j, row)
			j.Attempt = row.Claim.Attempt()
			paymenttest.Must(s.T, d.PublishPeriod(j))
		}, false},
	} {
		s, store := inStore(t, "a@x.no", "b@x.no")
		book := s.Open()
		d := s.Engine(book, nil)
		paymenttest.Must(t, d.PlanDue(t.Context(), s.Clock.Now()))
		owed, err := book.OwedPeriods(t.Context(), d.Account.ID)
		paymenttest.Must(t, err)
		row, err := book.ClaimPeriod(context.Background(), owed[0].ID)
		paymenttest.Must(t, err)
		j, _ := d.JobOf(row)
		crash.at(s, store, d, j, row)
		paymenttest.Must(t, book.Close())
		elsewhere(s)
		s.Clock.Time = s.Clock.Add(time.Hour)
		s.Source = paymenttest.Source{Sales: []payment.Transaction{paymenttest.Captured(t, "other", 777)}}
		if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "2026-11-19 a@x.no, 2026-11-19 b@x.no" || published(store) != inPlace {
			t.Errorf("%s: %+v: %s, the store has %s", name, o, s.Said(), published(store))
		}
		data, _ := store.Object("test/2026-11-19/transactions_2026-11-19.csv")
		if anew := strings.Contains(string(data), ";other;"); anew != crash.anew {
			t.Errorf("%s: of other data: %v", name, anew)
		}
	}
}

// TestACopyThatIsNotTheOneIsReadAgain: what a machine has of a store may rot.
func TestACopyThatIsNotTheOneIsReadAgain(t *testing.T) {
	t.Parallel()
	s, _ := inStore(t, "a@x.no")
	s.Box.Failing("a@x.no", shoptest.NotSent())
	s.Run()
	for _, pattern := range []string{"*/*/*.csv", "*/*/.made/*/*"} {
		paths, err := filepath.Glob(filepath.Join(s.Archive, pattern))
		paymenttest.Must(t, err)
		if len(paths) == 0 {
			t.Error("nothing is at " + pattern)
		}
		for _, path := range paths {
			paymenttest.Must(t, os.WriteFile(path, []byte("rotten"), 0o600))
		}
	}
	before := s.Delivery("a@x.no")
	s.Box.Fail, s.Source = nil, nil
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 1 || !cmp.Equal(s.Delivery("a@x.no").SHA256, before.SHA256) {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

// TestAYoungAttemptStaysOnTheMachine that may be at work on it, though its period is over.
func TestAYoungAttemptStaysOnTheMachine(t *testing.T) {
	t.Parallel()
	s, _ := inStore(t, "a@x.no")
	s.Box.Failing("a@x.no", shoptest.NotSent())
	s.Run()
	young := filepath.Join(s.Archive, "test", "2026-11-19", ".made", "YOUNG")
	paymenttest.Must(t, os.MkdirAll(young, 0o700))
	paymenttest.Must(t, os.WriteFile(filepath.Join(young, "a.csv"), nil, 0o600))
	s.Box.Fail = nil
	s.Run()
	if _, err := os.Stat(filepath.Join(young, "a.csv")); err != nil || len(s.Box.Got) != 1 {
		t.Errorf("%d sent: %v", len(s.Box.Got), err)
	}
}

// TestACopyThatNobodyUsesIsForgotten by each run.
func TestACopyThatNobodyUsesIsForgotten(t *testing.T) {
	t.Parallel()
	s, _ := inStore(t, "a@x.no")
	s.Run() // from then on the clock is believed
	period, old := filepath.Join(s.Archive, "earlier", "2026-11-01"), s.Clock.AddDate(0, 0, -2)
	paymenttest.Must(t, os.MkdirAll(period, 0o700))
	paymenttest.Must(t, os.WriteFile(filepath.Join(period, "a.csv"), nil, 0o600))
	for _, path := range []string{filepath.Join(period, "a.csv"), period} {
		paymenttest.Must(t, os.Chtimes(path, old, old))
	}
	s.Run()
	if _, err := os.Stat(period); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is there: %v", err)
	}
}

// TestALedgerThatWasLostWhileTheStoreIsAway: nothing is planned before it is known what was made.
func TestALedgerThatWasLostWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	s, store := inStore(t, "a@x.no")
	s.Run()
	s.Lose()
	elsewhere(s)
	s.Days(2)
	store.Fail(func(*http.Request) s3test.Fault { return s3test.Failing })
	s.Run()
	store.Fail(nil)
	s.Box.Got = nil
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "2026-11-20 a@x.no, 2026-11-21 a@x.no" || s.Alarms() != "" {
		t.Errorf("%+v: %s, alarms %s", o, s.Said(), s.Alarms())
	}
}

// TestWhatFellDueWhileTheStoreWasAwayIsOwed of reports that the ledger does not know, and the store is asked once for
// all of them.
func TestWhatFellDueWhileTheStoreWasAwayIsOwed(t *testing.T) {
	t.Parallel()
	s, store := inStore(t, "a@x.no")
	other := *s.Reports[0]
	other.ID = "other"
	s.Reports = append(s.Reports, &other)
	book := s.Open()
	defer book.Close()
	d := s.Engine(book, nil)
	asked := 0
	store.Fail(func(r *http.Request) s3test.Fault { asked++; return s3test.Failing })
	for range 2 {
		paymenttest.Must(t, d.PlanDue(t.Context(), s.Clock.Now()))
		s.Days(1)
	}
	if asked != 2*3 { // tries
		t.Errorf("the store is asked %d times", asked)
	}
	store.Fail(nil)
	for range 2 { // it stays owed however often it is planned
		paymenttest.Must(t, d.PlanDue(t.Context(), s.Clock.Now()))
	}
	owed, err := book.OwedPeriods(t.Context(), d.Account.ID)
	paymenttest.Must(t, err)
	if len(owed) != 3*2 {
		t.Errorf("%d periods are owed", len(owed))
	}
}
