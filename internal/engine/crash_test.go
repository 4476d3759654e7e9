package engine_test

import (
	"context"
	"iter"
	"net/mail"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// cut runs until the message goes out, and then takes the ledger away: what the process
// does after that it does not live to write down.
func cut(s *shoptest.Shop) {
	s.T.Helper()
	book := s.Open()
	d := s.Engine(book, nil)
	s.Box.During = func(ourmail.Frozen) { book.Close() }
	if _, err := d.Run(context.Background(), engine.Selection{}); err == nil {
		s.T.Error("a ledger that is gone is no fault")
	}
	s.Box.During = nil
	notes, err := filepath.Glob(filepath.Join(s.Archive, "*", "*", archive.MadeDir, "*", "*"+archive.SentSuffix))
	paymenttest.Must(s.T, err)
	for _, note := range notes { // one that dies writes none
		paymenttest.Must(s.T, os.Remove(note))
	}
}

func TestACrashBetweenTheServersAnswerAndOurNoteIsSentOnceMoreTheSame(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	cut(s)
	if len(s.Box.Got) != 1 {
		t.Fatalf("%d sent", len(s.Box.Got))
	}
	s.Source = nil
	if o := s.Run(); o != (builder.Outcome{}) || len(s.Box.Got) != 2 || !cmp.Equal(s.Box.Got[0], s.Box.Got[1]) {
		t.Errorf("%+v: %s, %d sent", o, s.Said(), len(s.Box.Got))
	}
	if d := s.Delivery("a@x.no"); d.State != ledger.Sent || d.Uncertain != 1 {
		t.Errorf("counted: %+v", d)
	}
	if s.Run(); len(s.Box.Got) != 2 {
		t.Errorf("and no more: %s", s.Said())
	}
}

func TestWithHoldACrashWaitsForThePerson(t *testing.T) {
	t.Parallel()
	rep := paymenttest.Mailed("a@x.no")
	rep.HoldUncertain = true
	s := shoptest.New(t, paymenttest.OneSale(t), rep)
	cut(s)
	if o := s.Run(); o != (builder.Outcome{Waiting: true, Held: 1}) || len(s.Box.Got) != 1 || s.Delivery("a@x.no").State != ledger.Held {
		t.Errorf("%+v: %s", o, s.Said())
	}
}

// attemptDir is where the files of a claimed period are made.
func attemptDir(d *engine.Engine, j report.Job, row ledger.Period) string {
	return d.Archive.Path(path.Join(archive.PeriodKey(j.Report.ID, j.PeriodName()), archive.MadeDir, row.Claim.Attempt()))
}

// filesOfClaimed makes the files of a claimed period.
func filesOfClaimed(s *shoptest.Shop, d *engine.Engine, j report.Job, row ledger.Period) *engine.Making {
	s.T.Helper()
	dir := attemptDir(d, j, row)
	paymenttest.Must(s.T, os.MkdirAll(dir, 0o700))
	m := d.MakeFiles(context.Background(), s.Clock.Now(), j, row, dir)
	paymenttest.Must(s.T, m.Err)
	return m
}

// recorded makes a claimed period, up to the ledger's knowing of it.
func recorded(s *shoptest.Shop, d *engine.Engine, j report.Job, row ledger.Period) {
	s.T.Helper()
	paymenttest.Must(s.T, d.RecordPeriod(context.Background(), filesOfClaimed(s, d, j, row)))
}

// TestACrashAnywhereLosesNothing leaves what a crash leaves at each step, and runs again a
// day later on other data.
func TestACrashAnywhereLosesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		crash func(s *shoptest.Shop, d *engine.Engine, j report.Job, row ledger.Period)
		anew  bool // whether the second run makes the report itself
	}{
		{"after the claim", func(*shoptest.Shop, *engine.Engine, report.Job, ledger.Period) {}, true},
		{"while the files were made", func(s *shoptest.Shop, d *engine.Engine, j report.Job, row ledger.Period) {
			dir := attemptDir(d, j, row)
			paymenttest.Must(s.T, os.MkdirAll(dir, 0o700))
			paymenttest.Must(s.T, os.WriteFile(filepath.Join(dir, "transactions_2026-11-19.csv"), []byte("half"), 0o600))
		}, true},
		{"after the files were made, before they were recorded", func(s *shoptest.Shop, d *engine.Engine, j report.Job, row ledger.Period) {
			m := filesOfClaimed(s, d, j, row)
			paymenttest.Must(s.T, d.FreezeMessages(m))
		}, true},
		{"after they were recorded, before they were published", func(s *shoptest.Shop, d *engine.Engine, j report.Job, row ledger.Period) {
			recorded(s, d, j, row)
		}, false},
		{"after they were published, before anything was sent", func(s *shoptest.Shop, d *engine.Engine, j report.Job, row ledger.Period) {
			recorded(s, d, j, row)
			j.Attempt = row.Claim.Attempt()
			paymenttest.Must(s.T, d.PublishPeriod(j))
		}, false},
		{"after a message was claimed", func(s *shoptest.Shop, d *engine.Engine, j report.Job, row ledger.Period) {
			recorded(s, d, j, row)
			rows, err := d.Ledger.Unsent(context.Background(), d.Account.ID)
			paymenttest.Must(s.T, err)
			_, err = d.Ledger.ClaimDelivery(context.Background(), rows[0].ID)
			paymenttest.Must(s.T, err)
		}, false},
	} {
		s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "b@x.no"))
		book := s.Open()
		d := s.Engine(book, nil)
		paymenttest.Must(t, d.PlanDue(t.Context(), s.Clock.Now()))
		owed, err := book.OwedPeriods(t.Context(), d.Account.ID)
		paymenttest.Must(t, err)
		row, err := book.ClaimPeriod(t.Context(), owed[0].ID)
		paymenttest.Must(t, err)
		j, _ := d.JobOf(row)
		c.crash(s, d, j, row)
		paymenttest.Must(t, book.Close())

		s.Clock.Time = s.Clock.Add(time.Hour)
		s.Source = paymenttest.Source{Sales: []payment.Transaction{paymenttest.Captured(t, "other", 777)}}
		if o := s.Run(); o != (builder.Outcome{}) || strings.Count(s.Sent(), "2026-11-19") != 2 {
			t.Errorf("crash %s: %+v: %s", c.name, o, s.Said())
		}
		data, err := os.ReadFile(filepath.Join(s.Archive, "test", "2026-11-19", "transactions_2026-11-19.csv"))
		paymenttest.Must(t, err)
		if other := strings.Contains(string(data), ";other;"); other != c.anew {
			t.Errorf("crash %s: the file is of other data: %v", c.name, other)
		}
		if entries, _ := os.ReadDir(filepath.Join(s.Archive, "test", "2026-11-19")); len(entries) != 2 {
			t.Errorf("crash %s: %d entries are left, want the CSV and its seal", c.name, len(entries))
		}
	}
}

func TestAPoisonReportIsGivenUpAndOthersGoOn(t *testing.T) {
	t.Parallel()
	poison := paymenttest.Mailed("a@x.no")
	poison.ID = "poison"
	poison.Data = reportconfig.Transactions{Stores: []string{"poison"}}
	s := shoptest.New(t, poisoned{paymenttest.OneSale(t)}, poison, paymenttest.Mailed("b@x.no"))
	for i, want := range []builder.Outcome{{Waiting: true}, {Waiting: true}, {Failed: true}, {}} {
		if o := s.Run(); o != want {
			t.Errorf("run %d: %+v, want %+v: %s", i, o, want, s.Said())
		}
	}
	if s.Sent() != "2026-11-19 b@x.no" {
		t.Error("the other report went out once")
	}
}

// poisoned panics over one store.
type poisoned struct{ paymenttest.Source }

func (p poisoned) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	if slices.Contains(q.Stores, "poison") {
		panic("poison")
	}
	return p.Source.Transactions(ctx, q)
}

func TestTwoProcessesAtOnceSendOnce(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "b@x.no"))
	var once bool
	s.Box.During = func(ourmail.Frozen) {
		s.Box.Mu.Lock()
		first := !once
		once = true
		s.Box.Mu.Unlock()
		if !first {
			return
		}
		second := *s
		if o := second.Run(); !o.Waiting {
			t.Errorf("the second finds it under way: %+v %s", o, second.Said())
		}
	}
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Errorf("%+v: %s", o, s.Said())
	}
	if got := s.Sent(); strings.Count(got, "a@x.no") != 1 || strings.Count(got, "b@x.no") != 1 {
		t.Errorf("sent %s", got)
	}
}

func TestOneBadAddressHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	var to []string
	for i := range 20 {
		to = append(to, string(rune('a'+i))+"@x.no")
	}
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed(to...))
	s.Box.Failing("c@x.no", shoptest.Refusal())
	s.Box.Failing("d@x.no", shoptest.NotSent())
	s.Box.Failing("e@x.no", shoptest.Unknown())
	s.Run()
	for _, address := range to {
		want := map[string]ledger.DeliveryState{"c@x.no": ledger.Refused, "d@x.no": ledger.Deferred, "e@x.no": ledger.Uncertain}[address]
		if want == "" {
			want = ledger.Sent
		}
		if d := s.Delivery(address); d.State != want {
			t.Errorf("%s is %s, want %s", address, d.State, want)
		}
	}
}

func TestTheOperatorHearsOnceAndOnceMoreWhenItIsWell(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no", "b@x.no"))
	s.Operator = &mail.Address{Address: "drift@x.no"}
	s.Box.Failing("a@x.no", shoptest.Refusal())
	alarms := func() (n int) {
		s.Box.Mu.Lock()
		defer s.Box.Mu.Unlock()
		for _, f := range s.Box.Got {
			if f.To == "drift@x.no" {
				n++
			}
		}
		return n
	}
	s.Run()
	if alarms() != 1 || len(s.Box.Got) != 2 {
		t.Fatalf("%d alarms of %d mails", alarms(), len(s.Box.Got))
	}
	last := s.Box.Got[1]
	if html := string(last.HTML); !strings.Contains(html, "a@x.no") || !strings.Contains(html, "En adresse kunne ikke nås") {
		t.Errorf("the alarm says %s", html)
	}
	if s.Run(); alarms() != 1 {
		t.Error("once")
	}
	s.Box.Fail = nil
	s.Days(1)
	if s.Run(); alarms() != 2 || !strings.Contains(string(s.Box.Got[len(s.Box.Got)-1].HTML), "I orden igjen") {
		t.Errorf("%d alarms once it is well", alarms())
	}
	if s.Run(); alarms() != 2 {
		t.Error("and no more")
	}
}

func TestALateReportIsAnAlarm(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.Source{Err: context.DeadlineExceeded}, paymenttest.Mailed("a@x.no"))
	s.Operator = &mail.Address{Address: "drift@x.no"}
	if s.Run(); len(s.Box.Got) != 0 {
		t.Error("a first failure on time is none")
	}
	s.Clock.Time = s.Clock.Add(61 * time.Minute)
	if s.Run(); len(s.Box.Got) != 1 || !strings.Contains(string(s.Box.Got[0].HTML), "En rapport er forsinket") {
		t.Errorf("%d mails", len(s.Box.Got))
	}
	s.Source = paymenttest.OneSale(t)
	if s.Run(); len(s.Box.Got) != 3 {
		t.Errorf("the report, and that it is well: %d mails", len(s.Box.Got))
	}
}

func TestRetentionRemovesOldReportsAndRemembersThem(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Run()
	s.Retention = 40 * 24 * time.Hour
	s.Days(45)
	s.Run()
	if held, _ := (archive.Archive{Dir: s.Archive}).Holds(t.Context(), "test", "2026-11-19"); !held {
		t.Error("a clock that is suddenly so far ahead is not believed in this")
	}
	s.Days(1)
	s.Run()
	if held, _ := (archive.Archive{Dir: s.Archive}).Holds(t.Context(), "test", "2026-11-19"); held {
		t.Error("the files of 45 days ago are there still")
	}
	if strings.Contains(s.Deliveries(), "2026-11-19") {
		t.Error("so is who got it")
	}
	s.Sent()
	if o := s.Run("2026-11-19"); o != (builder.Outcome{}) || s.Sent() != "" || s.Said() != "report already delivered" {
		t.Errorf("it is not sent again: %+v %s", o, s.Said())
	}
}
