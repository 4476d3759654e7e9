package recheck_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/recheck"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// asked is a source that remembers what it was asked for.
type asked struct {
	paymenttest.Source
	queries []string
}

func (a *asked) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	a.queries = append(a.queries, q.From.Format("02")+".."+q.To.Format("02"))
	return a.Source.Transactions(ctx, q)
}

// closed is a shop whose daily report of some days was made of one payment each, and a checker of it.
func closed(t testing.TB, days int, things int64) (*shoptest.Shop, *asked, *recheck.Checker, *ledger.Ledger) {
	t.Helper()
	rep := paymenttest.Mailed("a@x.no")
	rep.Corrections = reportconfig.TellOperator
	src := &asked{}
	for i := range days {
		tx := paymenttest.Captured(t, fmt.Sprint("t", i), 100)
		for e := range tx.Events {
			tx.Events[e].CreatedAt = tx.Events[e].CreatedAt.AddDate(0, 0, i)
		}
		src.Sales = append(src.Sales, tx)
	}
	s := shoptest.New(t, src, rep)
	s.Log = io.Discard
	for range days {
		s.Run()
		s.Days(1)
	}
	src.queries = nil
	book := s.Open()
	t.Cleanup(func() { book.Close() })
	c := recheck.New(recheck.Config{
		Account: shoptest.Fjordfisk(t), Archive: archive.Archive{Dir: s.Archive}, Catchup: s.Catchup, Things: things, Ledger: book, Log: slog.New(slog.DiscardHandler),
		Builder: shoptest.NewBuilder(t, src, nil, slog.New(slog.DiscardHandler)),
		Job: func(p ledger.Period) (report.Job, bool) {
			return report.Job{Report: rep, Name: p.Name, Period: calendar.Cycle{Schedule: calendar.Daily}.Restored(p.Name, p.From, p.To, paymenttest.Oslo(t))}, true
		},
	})
	return s, src, c, book
}

func every(string) bool { return true }

func TestEachClosedPeriodIsReadOnceANight(t *testing.T) {
	s, src, c, _ := closed(t, 3, 0)
	now := s.Clock.Now() // 06:00, the day after the last run
	if _, _, err := c.Round(t.Context(), now, true, every); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(len(src.queries)); got != "3" {
		t.Errorf("read %s times: %v", got, src.queries)
	}
	src.queries = nil
	for _, later := range []time.Duration{time.Minute, 20 * time.Hour} {
		if _, _, err := c.Round(t.Context(), now.Add(later), true, every); err != nil || len(src.queries) > 0 {
			t.Errorf("%s later: %v, %v", later, src.queries, err)
		}
	}
	if next := c.Next(now); !next.Equal(paymenttest.At(t, "2026-11-24T03:00:00+01:00")) {
		t.Errorf("next at %s", next)
	}
	if _, _, err := c.Round(t.Context(), now.Add(21*time.Hour), true, every); err != nil || len(src.queries) != 3 {
		t.Errorf("the next night: %v, %v", src.queries, err)
	}
}

// One reading yields all three payments: two of them are more than a night's budget.
func TestWhatANightsBudgetDoesNotReachGoesOnTheNextNight(t *testing.T) {
	s, src, c, _ := closed(t, 3, 4)
	now := s.Clock.Now()
	for night, want := range []int{1, 1, 1} {
		for range 3 {
			if _, _, err := c.Round(t.Context(), now, true, every); err != nil {
				t.Fatal(err)
			}
		}
		if len(src.queries) != want {
			t.Errorf("night %d: %v", night, src.queries)
		}
		src.queries = nil
		now = now.AddDate(0, 0, 1)
	}
}

func TestADaemonReadsAPartAtATime(t *testing.T) {
	s, src, c, _ := closed(t, 3, 0)
	for i, want := range []bool{true, true, false} {
		_, more, err := c.Round(t.Context(), s.Clock.Now(), false, every)
		if err != nil || more != want || len(src.queries) != i+1 {
			t.Errorf("part %d: more %t, %v, %v", i, more, src.queries, err)
		}
	}
}

func TestPeriodsOlderThanCatchupAreLeftAlone(t *testing.T) {
	s, src, c, _ := closed(t, 3, 0)
	c.Catchup = 36 * time.Hour
	if _, _, err := c.Round(t.Context(), s.Clock.Now(), true, every); err != nil || strings.Join(src.queries, " ") != "21..22" {
		t.Errorf("%v, %v", src.queries, err)
	}
}

func TestWhatLateEventsSawIsReadAtOnce(t *testing.T) {
	s, src, c, book := closed(t, 2, 0)
	now := s.Clock.Now()
	if _, _, err := c.Round(t.Context(), now, true, every); err != nil {
		t.Fatal(err)
	}
	src.queries = nil
	periods, err := book.Periods(t.Context(), ledger.Filter{Period: "2026-11-19"})
	if err != nil {
		t.Fatal(err)
	}
	if known, err := c.Closed().NoteSeen(t.Context(), periods[0].ID, []byte{1}, true); err != nil || !known {
		t.Fatal(known, err)
	}
	if next := c.Next(now); next.After(now) {
		t.Errorf("next at %s", next)
	}
	if _, _, err := c.Round(t.Context(), now, true, every); err != nil || strings.Join(src.queries, " ") != "19..20" {
		t.Errorf("%v, %v", src.queries, err)
	}
}

// failing is a source of which one period cannot be read.
type failing struct {
	*asked
	from string
}

func (f failing) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	if q.From.Format("02") == f.from {
		f.queries = append(f.queries, "failed")
		return paymenttest.Listing([]payment.Transaction(nil), fmt.Errorf("unread"))
	}
	return f.asked.Transactions(ctx, q)
}

func TestAPeriodThatCannotBeReadKeepsNoOtherFromIt(t *testing.T) {
	s, src, c, _ := closed(t, 3, 0)
	c.Builder.Source = failing{src, "19"}
	now := s.Clock.Now()
	if _, _, err := c.Round(t.Context(), now, true, every); err == nil {
		t.Error("nobody hears of it")
	}
	src.queries = nil
	if _, _, err := c.Round(t.Context(), now.AddDate(0, 0, 1), true, every); err == nil || strings.Join(src.queries, " ") != "20..21 21..22 failed" {
		t.Errorf("the next night: %v, %v", src.queries, err)
	}
}

// atOnce is a source that tells everything at once, as files do.
type atOnce struct {
	*asked
	changed time.Time
}

func (a atOnce) ChangedAt() (time.Time, error) { return a.changed, nil }

// TestFilesThatChangedInTheFutureAreReadOnceANight: by their clock everything would be due for ever.
func TestFilesThatChangedInTheFutureAreReadOnceANight(t *testing.T) {
	s, src, c, _ := closed(t, 2, 0)
	now := s.Clock.Now()
	c.Builder.Source = atOnce{src, now.AddDate(26, 0, 0)}
	for i, want := range []int{1, 0, 0, 1} {
		src.queries = nil
		at := now.Add(time.Duration(i) * 8 * time.Hour)
		if _, more, err := c.Round(t.Context(), at, false, every); err != nil || more || len(src.queries) != want {
			t.Errorf("%s: %q, more %t, %v", at, src.queries, more, err)
		}
	}
}

func TestFilesThatChangedTodayAreReadAgain(t *testing.T) {
	s, src, c, _ := closed(t, 2, 0)
	now := s.Clock.Now()
	for i, changed := range []time.Time{now.Add(-time.Hour), now.Add(-time.Hour), now.Add(3 * time.Minute)} {
		src.queries = nil
		c.Builder.Source = atOnce{src, changed}
		if _, _, err := c.Round(t.Context(), now.Add(2*time.Minute), true, every); err != nil || (len(src.queries) > 0) != (i != 1) {
			t.Errorf("%s: %q, %v", changed, src.queries, err)
		}
		now = now.Add(2 * time.Minute)
	}
}

// TestOfTwoDaemonsOneReads: they share a ledger, and what the one has read the other does not read again.
func TestOfTwoDaemonsOneReads(t *testing.T) {
	s, src, c, _ := closed(t, 3, 0)
	other := recheck.New(c.Config)
	now := s.Clock.Now()
	if _, more, err := c.Round(t.Context(), now, false, every); err != nil || !more {
		t.Fatal(more, err)
	}
	if _, more, err := other.Round(t.Context(), now, false, every); err != nil || more || len(src.queries) != 1 {
		t.Errorf("the other one reads too: %q, more %t, %v", src.queries, more, err)
	}
	if next := other.Next(now); !next.Equal(now.Add(10 * time.Minute)) {
		t.Errorf("asks again at %s", next)
	}
	for range 2 {
		if _, _, err := c.Round(t.Context(), now.Add(time.Minute), false, every); err != nil {
			t.Fatal(err)
		}
	}
	if _, more, err := other.Round(t.Context(), now.Add(10*time.Minute), false, every); err != nil || more || len(src.queries) != 3 {
		t.Errorf("what was read: %q, more %t, %v", src.queries, more, err)
	}
	// One dies at it: the other goes on when its time is up.
	if _, _, err := c.Round(t.Context(), now.AddDate(0, 0, 1), false, every); err != nil {
		t.Fatal(err)
	}
	if _, more, err := other.Round(t.Context(), now.AddDate(0, 0, 1).Add(time.Hour), false, every); err != nil || !more || len(src.queries) != 5 {
		t.Errorf("what the dead one has left: %q, more %t, %v", src.queries, more, err)
	}
}
