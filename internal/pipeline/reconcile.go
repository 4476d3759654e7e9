package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/fetch"
	"rapport/internal/money"
	"rapport/reportconfig"
)

// KeyFigures is what a Source may have besides: how Dintero itself counts events by UTC day,
// since one. *fetch.Client has it, files have not.
type KeyFigures interface {
	Events(ctx context.Context, from time.Time) ([]fetch.DayEvents, error)
}

const (
	// affordable is how many events of the whole account are read for the sake of comparing
	// them, where the reports themselves ask for some stores only.
	affordable = 20_000
	// affordableThorough is about how many captures of the last 400 days are listed to find one
	// that the listings by time of event miss: some 5,000 pages.
	affordableThorough = 500_000
	// figuresPatience is how long a report waits for figures that it can do without.
	figuresPatience = 2 * time.Minute
)

// A reconciliation is what came of comparing what was read with Dintero's own figures, in
// the whole UTC days that a period touches. The zero one was not asked for.
type reconciliation struct {
	verdict           verdict
	days              utcDays
	captures, refunds int64          // that agree
	differences       []difference   // sorted
	net               []money.Amount // ours less theirs, where that is something; sorted by currency
	why               string         // not checked: the end of the word that says why
	detail            []string       // and what the word wants to know
	whole             bool           // the report is cut to a part of what was compared
	discreet          bool           // and goes to somebody whom the other parts do not concern
	skimmed           bool           // it differs, and could not be read thoroughly
	wouldHold         bool           // a trial says so; what is no trial is held
}

type verdict int

const (
	unasked verdict = iota
	agrees
	differs
	unchecked
)

// A difference is a figure that is one here and another at Dintero.
type difference struct {
	day          time.Time // UTC midnight
	refund       bool
	product      string
	currency     money.Currency
	ours, theirs tallied
	none         bool // Dintero has nothing at all of the day: the rest is that day's, all together
}

// reconciles tells whether a report is compared with Dintero's figures at all.
func reconciles(report *reportconfig.Report) bool {
	_, ok := report.Data.(reportconfig.Transactions)
	return ok && (report.Reconcile == reportconfig.ReconcileWarn || report.Reconcile == reportconfig.ReconcileHold)
}

// An audit compares what one batch reads with Dintero's own figures.
type audit struct {
	source KeyFigures
	days   utcDays
	theirs *tally // nil: there is nothing to compare with
	result reconciliation
}

// audit asks for the figures that a batch of one question is compared with, before anything
// else is asked: they say whether the whole account can be read for it.
func (r *Builder) audit(ctx context.Context, batch []*build) *audit {
	if !slices.ContainsFunc(batch, func(a *build) bool { return a.err == nil && reconciles(a.job.Report) }) {
		return &audit{}
	}
	period := batch[0].job.Period
	a := &audit{days: touched(period.From, period.To)}
	a.result = reconciliation{verdict: unchecked, days: a.days}
	source, ok := r.Source.(KeyFigures)
	if !ok {
		a.result.why = "source"
		return a
	}
	if now := batch[0].now; a.days.to.After(now) {
		a.result.why = "unfinished"
		return a
	}
	a.source = source
	found, err := r.firstFigures(ctx, a, batch[0].now)
	if err != nil {
		a.result.why, a.result.detail = reason(err)
		return a
	}
	captures, refunds, _ := found.counted() // was checked when it was asked for
	if storesOf(batch) != nil && captures+refunds > affordable {
		a.result.why, a.result.detail = "filters", []string{fmt.Sprint(captures + refunds)}
		return a
	}
	a.theirs = found
	return a
}

// firstFigures are Dintero's of the days, unless they could not be had a moment ago.
func (r *Builder) firstFigures(ctx context.Context, a *audit, now time.Time) (*tally, error) {
	if err := r.Memory.failure(now); err != nil {
		return nil, err
	}
	events, err := a.ask(ctx)
	var found *tally
	if err == nil {
		found, err = theirs(a.days, events)
	}
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("not reconciled", "account", r.Account.ID, "from", instant(a.days.from), "to", instant(a.days.to), "error", err)
		r.Memory.fail(err, now)
	}
	return found, err
}

// thoroughDays is how far back a thorough query lists.
const thoroughDays = 400

// thorough says about how many captures a thorough listing would have to go through, going
// by the days that are known.
func (a *audit) thorough() int64 {
	captures, _, _ := a.theirs.counted() // was checked when it was asked for
	return captures / int64(a.days.count()) * thoroughDays
}

// refresh asks for the figures again. Without an answer what is known stays.
func (a *audit) refresh(ctx context.Context) error {
	events, err := a.ask(ctx)
	if err != nil {
		return context.Cause(ctx)
	}
	if again, err := theirs(a.days, events); err == nil {
		a.theirs = again
	}
	return nil
}

var errFiguresLate = fmt.Errorf("no figures within %s", figuresPatience)

// ask waits for Dintero's figures no longer than they are worth.
func (a *audit) ask(ctx context.Context) ([]fetch.DayEvents, error) {
	asking, stop := context.WithTimeoutCause(ctx, figuresPatience, errFiguresLate)
	defer stop()
	events, err := a.source.Events(asking, a.days.from)
	if err != nil && asking.Err() != nil && ctx.Err() == nil {
		err = errFiguresLate
	}
	return events, err
}

// reason is the word for why there are no figures, for somebody who can do nothing about it.
func reason(err error) (why string, detail []string) {
	var status *fetch.StatusError
	switch {
	case fetch.NoFigures(err):
		return "denied", nil
	case errors.Is(err, errFiguresLate):
		return "late", nil
	case errors.As(err, &status):
		return "answer", []string{fmt.Sprint(status.Code)}
	}
	return "unread", nil
}
