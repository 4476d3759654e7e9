package builder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/fetch"
	"rapport/internal/ident"
	"rapport/internal/payment"
	"rapport/internal/reconcile"
	"rapport/reportconfig"
)

// KeyFigures is what a Source may have besides: how Dintero itself counts events by UTC day,
// since one. *fetch.Client has it, files have not.
type KeyFigures interface {
	Events(ctx context.Context, from time.Time) ([]payment.DayEvents, error)
}

const (
	// affordable is how many events of the whole account are read for the sake of comparing
	// them, where the reports themselves ask for some stores only.
	maxReadForFigures = 20_000
	// affordableThorough is about how many captures of the last 400 days are listed to find one
	// that the listings by time of event miss: some 5,000 pages.
	maxThorough = 500_000
	// figuresPatience is how long a report waits for figures that it can do without.
	figuresPatience = 2 * time.Minute
)

// reconciles tells whether a report is compared with Dintero's figures at all.
func reconciles(report *reportconfig.Report) bool {
	_, ok := report.Data.(reportconfig.Transactions)
	return ok && (report.Reconcile == reportconfig.ReconcileWarn || report.Reconcile == reportconfig.ReconcileHold)
}

// An reconciler compares what one batch reads with Dintero's own figures.
type reconciler struct {
	source KeyFigures
	days   reconcile.UTCDays
	theirs *reconcile.DailyTotals // nil: there is nothing to compare with
	result reconcile.Result
}

// reconciler asks for the figures that a batch of one question is compared with, before anything
// else is asked: they say whether the whole account can be read for it.
func (r *Builder) reconciler(ctx context.Context, batch []*build) *reconciler {
	if !slices.ContainsFunc(batch, func(a *build) bool { return a.err == nil && reconciles(a.job.Report) }) {
		return &reconciler{}
	}
	period := batch[0].job.Period
	a := &reconciler{days: reconcile.DaysOf(period.From, period.To)}
	a.result = reconcile.Result{Verdict: reconcile.NotChecked, Days: a.days}
	source, ok := r.Source.(KeyFigures)
	if !ok {
		a.result.Reason = "source"
		return a
	}
	if now := batch[0].now; a.days.To.After(now) {
		a.result.Reason = "unfinished"
		return a
	}
	a.source = source
	found, err := r.firstFigures(ctx, a, batch[0].now)
	if err != nil {
		a.result.Reason, a.result.ReasonDetail = reason(err)
		return a
	}
	captures, refunds, _ := found.Counted() // was checked when it was asked for
	if storesOf(batch) != nil && captures+refunds > maxReadForFigures {
		a.result.Reason, a.result.ReasonDetail = "filters", []string{fmt.Sprint(captures + refunds)}
		return a
	}
	a.theirs = found
	return a
}

// firstFigures are Dintero's of the days, unless they could not be had a moment ago.
func (r *Builder) firstFigures(ctx context.Context, a *reconciler, now time.Time) (*reconcile.DailyTotals, error) {
	if err := r.Memory.Failure(now); err != nil {
		return nil, err
	}
	events, err := a.ask(ctx)
	var found *reconcile.DailyTotals
	if err == nil {
		found, err = reconcile.FromKeyFigures(a.days, events)
	}
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("not reconciled", "account", r.Account.ID, "from", ident.Instant(a.days.From), "to", ident.Instant(a.days.To), "error", err)
		r.Memory.NoteFailure(err, now)
	}
	return found, err
}

// thoroughDays is how far back a thorough query lists.
const thoroughDays = 400

// thorough says about how many captures a thorough listing would have to go through, going
// by the days that are known.
func (a *reconciler) thorough() int64 {
	captures, _, _ := a.theirs.Counted() // was checked when it was asked for
	return captures / int64(a.days.Count()) * thoroughDays
}

// refresh asks for the figures again. Without an answer what is known stays.
func (a *reconciler) refresh(ctx context.Context) error {
	events, err := a.ask(ctx)
	if err != nil {
		return context.Cause(ctx)
	}
	if again, err := reconcile.FromKeyFigures(a.days, events); err == nil {
		a.theirs = again
	}
	return nil
}

var errFiguresLate = fmt.Errorf("no figures within %s", figuresPatience)

// ask waits for Dintero's figures no longer than they are worth.
func (a *reconciler) ask(ctx context.Context) ([]payment.DayEvents, error) {
	asking, stop := context.WithTimeoutCause(ctx, figuresPatience, errFiguresLate)
	defer stop()
	events, err := a.source.Events(asking, a.days.From)
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

// query is what the batch needs and, to compare it, the whole days of the whole account.
func (a *reconciler) query(batch []*build) payment.Query {
	q := query(batch)
	if a.theirs != nil {
		q.From, q.To, q.Stores = a.days.From, a.days.To, nil
	}
	return q
}

// tally is an empty one to be filled by reading; nil where nothing is compared.
func (a *reconciler) tally() *reconcile.DailyTotals {
	if a.theirs == nil {
		return nil
	}
	return reconcile.NewDailyTotals(a.days)
}

// compare sets the result.
func (a *reconciler) compare(ours *reconcile.DailyTotals) (err error) {
	if ours == nil {
		return nil
	}
	if ours.Unread {
		a.result = reconcile.Result{Verdict: reconcile.NotChecked, Days: a.days, Reason: "faulty"}
		return nil
	}
	a.result = reconcile.Result{Verdict: reconcile.Agrees, Days: a.days, Differences: reconcile.Compare(ours, a.theirs)}
	if len(a.result.Differences) > 0 {
		a.result.Verdict = reconcile.Differs
		a.result.Net = reconcile.NetDifference(ours, a.theirs)
	}
	a.result.Captures, a.result.Refunds, err = ours.Counted()
	return err
}
