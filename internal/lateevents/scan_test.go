package lateevents

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func TestALedgerThatFailsFailsNoReport(t *testing.T) {
	asked := &brokenClosed{}
	w := NewDetector("T12345678", paymenttest.Oslo(t), asked, []reportconfig.Report{*paymenttest.Mailed("a@x.no")}, slog.New(slog.DiscardHandler)).Scan(t.Context(), payment.Query{}, time.Time{})
	tx := paymenttest.Captured(t, "a", 100)
	w.Look(&tx, 1)
	w.Look(&tx, 2)
	w.RaiseAlarms(time.Time{}, func(string, int64) bool { return true })
	if fmt.Sprint(w.err) != "disk full" || asked.n != 1 {
		t.Errorf("%v after %d looks", w.err, asked.n)
	}
}

type brokenClosed struct {
	ClosedPeriods
	n int
}

func (c *brokenClosed) FingerprintedPeriods(context.Context, string, time.Time, time.Time) ([]ledger.Period, error) {
	c.n++
	return nil, fmt.Errorf("disk full")
}

// TestTheSameIsLookedAtOnce: a thousand reports are made in many batches of one reading each. What failed, or is something
// else, is looked at; so is the same after a while, and when the clock was set back.
func TestTheSameIsLookedAtOnce(t *testing.T) {
	now := paymenttest.At(t, "2026-11-20T06:00:00+01:00")
	d := NewDetector("T12345678", paymenttest.Oslo(t), &brokenClosed{}, nil, slog.New(slog.DiscardHandler))
	day := payment.Query{From: now.Add(-30 * time.Hour), To: now.Add(-6 * time.Hour)}
	store := day
	store.Stores = []string{"sc029"}
	failed := d.Scan(t.Context(), day, now)
	failed.err = fmt.Errorf("disk full")
	failed.RaiseAlarms(now, nil)
	for _, step := range []struct {
		q     payment.Query
		at    time.Duration
		looks bool
	}{
		{day, 0, true}, {day, 0, false}, {store, 0, true}, {day, time.Minute, false}, {store, time.Minute, false},
		{day, lookAgain, true}, {day, lookAgain + time.Minute, false}, {day, 0, true},
	} {
		scan := d.Scan(t.Context(), step.q, now.Add(step.at))
		if (scan != nil) != step.looks {
			t.Errorf("after %s, of stores %v: looks %t, want %t", step.at, step.q.Stores, scan != nil, step.looks)
		}
		scan.RaiseAlarms(now.Add(step.at), func(string, int64) bool { return true })
	}
}

// TestOtherReportsAreLookedAtAnew: what was read for the reports of before says nothing of those
// that were made since.
func TestOtherReportsAreLookedAtAnew(t *testing.T) {
	now := paymenttest.At(t, "2026-11-20T06:00:00+01:00")
	d := NewDetector("T12345678", paymenttest.Oslo(t), &brokenClosed{}, nil, slog.New(slog.DiscardHandler))
	counts := func(string, int64) bool { return true }
	under := d.Scan(t.Context(), payment.Query{}, now)
	d.SetReports([]reportconfig.Report{*paymenttest.Mailed("a@x.no")})
	under.RaiseAlarms(now, counts)
	scan := d.Scan(t.Context(), payment.Query{}, now)
	if scan == nil || len(scan.byStore[""]) != 1 || len(under.byStore) != 0 {
		t.Fatalf("it looks for %+v", scan)
	}
	scan.RaiseAlarms(now, counts)
	if d.Scan(t.Context(), payment.Query{}, now) != nil {
		t.Error("the same is looked at twice")
	}
	d.SetReports(nil)
	if d.Scan(t.Context(), payment.Query{}, now) == nil {
		t.Error("after another change nothing is looked at")
	}
}

// TestADayWithoutAClosedPeriodIsNotKept: of thousands of reports, and half a year of days that a reading tells of, that would
// be half a million entries.
func TestADayWithoutAClosedPeriodIsNotKept(t *testing.T) {
	w := NewDetector("T12345678", paymenttest.Oslo(t), noneClosed{}, []reportconfig.Report{*paymenttest.Mailed("a@x.no")}, slog.New(slog.DiscardHandler)).Scan(t.Context(), payment.Query{}, time.Time{})
	tx := paymenttest.Captured(t, "a", 100)
	w.Look(&tx, 1)
	if w.err != nil || len(w.rows) != 1 || len(w.days) != 0 {
		t.Errorf("%v; %d days were asked for, %d are kept", w.err, len(w.rows), len(w.days))
	}
}

type noneClosed struct{ ClosedPeriods }

func (noneClosed) FingerprintedPeriods(context.Context, string, time.Time, time.Time) ([]ledger.Period, error) {
	return nil, nil
}
