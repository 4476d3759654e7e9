package engine

import (
	"context"
	"errors"
	"time"

	"rapport/internal/builder"
	"rapport/internal/correction"
	"rapport/internal/ledger"
	"rapport/internal/recheck"
	"rapport/internal/sourceclock"
)

// What a night's reading of closed periods may cost of a source at the other end of a network:
// some 2000 pages.
const nightlyThings = 200_000

func newRecheck(e *core) *recheck.Checker {
	c := recheck.Config{
		Account: e.Account, Archive: e.Archive, Catchup: e.Catchup, Eager: e.Mode == Once && !e.RealClock,
		Builder: e.Builder, Ledger: e.Ledger, Log: e.lasting, Job: e.job,
	}
	if _, remote := e.Builder.Source.(sourceclock.Source); remote {
		c.Things = nightlyThings
	}
	return recheck.New(c)
}

// endCorrection ends a correction that will never be made, and tells whether it is one: nothing
// has changed after all, or nobody can say what has.
func (m *maker) endCorrection(ctx context.Context, mk *making, err error) bool {
	switch {
	case errors.Is(err, builder.ErrUnchanged):
		m.pending.Write(periodName(mk.row)+" unchanged", func(ctx context.Context) error { return m.recheck.Unchanged(ctx, mk.basis, mk.Now) })
	case errors.Is(err, recheck.ErrOff), errors.Is(err, correction.ErrGone), errors.Is(err, correction.ErrOtherForm), errors.Is(err, correction.ErrTooMany):
	default:
		return false
	}
	m.Log.Warn("a correction is not made", "account", m.Account.ID, "report", mk.Report.ID, "period", mk.PeriodName(), "error", err)
	m.end(mk.row, ledger.Postponed{State: ledger.Cancelled, Error: err.Error()})
	return true
}

// recheckSoon has a daemon read closed periods again, a part at a time, once nothing else is
// under way.
func recheckSoon(e *Engine, now time.Time) {
	if e.Mode == Daemon && !e.recheck.Next(now).After(now) && e.rechecking.CompareAndSwap(false, true) {
		recheckClosed(e.building, e, now, Selection{}, false)
	}
}

// nextRecheck is when a daemon has closed periods to read again; zero: it is at it.
func nextRecheck(e *Engine, now time.Time) time.Time {
	if e.rechecking.Load() {
		return time.Time{}
	}
	return e.recheck.Next(now)
}

// recheckClosed reads the closed periods of the chosen reports again: all, or the next ones.
func recheckClosed(ctx context.Context, e *Engine, now time.Time, s Selection, all bool) {
	e.background("closed periods", func() {
		defer e.rechecking.Store(false)
		found, more, err := e.recheck.Round(ctx, now, all, func(id string) bool { return e.report(id) != nil && s.Holds(id, "") })
		e.activity.Note() // when there will be more is known by now
		if found || more {
			e.maker.pool.Start()
		}
		if err != nil && !e.stopped() {
			e.lasting.Warn("closed periods could not be read again", "account", e.Account.ID, "error", err)
		}
	})
}
