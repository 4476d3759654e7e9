package builder

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"rapport/internal/payment"
	"rapport/internal/reconcile"
	"rapport/internal/report"
	"rapport/locales"
	"rapport/reportconfig"
)

// read gives a batch of one question its rows, and compares what was read with Dintero's
// own figures where a report wants that. Where they differ it reads once more, thoroughly.
func (r *Builder) read(ctx context.Context, batch []*build) error {
	if _, ok := batch[0].job.Report.Data.(reportconfig.Settlements); ok {
		return settlementBuilder{r}.readSettlements(ctx, batch)
	}
	a := r.reconciler(ctx, batch)
	q, ours := a.query(batch), a.tally()
	if err := r.readOnce(ctx, batch, q, ours); err != nil {
		return err
	}
	if err := a.compare(ours); err != nil {
		return err
	}
	if a.result.Verdict == reconcile.Differs && someoneIsLeft(batch) {
		if err := r.askAgain(ctx, batch, q, ours, a); err != nil {
			return err
		}
	}
	r.noteResult(batch, a.result)
	return nil
}

// askAgain is for figures that differ: they may have been late, or something was missed in
// the listings by time of event, or they do differ.
func (r *Builder) askAgain(ctx context.Context, batch []*build, q payment.Query, ours *reconcile.DailyTotals, a *reconciler) error {
	before, now := a.result, batch[0].now
	unchanged, err := r.Memory.Unchanged(ctx, before, now)
	if err != nil || unchanged {
		return err
	}
	err = a.refresh(ctx)
	if err == nil {
		err = a.compare(ours)
	}
	if err != nil || a.result.Verdict == reconcile.Agrees {
		return err
	}
	if a.thorough() > maxThorough {
		a.result.NotReadThoroughly = true
		return nil
	}
	if err := r.readThoroughly(ctx, batch, q, a); err != nil {
		return err
	}
	if a.result.Key() == before.Key() {
		return r.Memory.NoteUnchanged(ctx, before, now)
	}
	return nil
}

// readOnce fills the collectors of a batch anew.
func (r *Builder) readOnce(ctx context.Context, batch []*build, q payment.Query, t *reconcile.DailyTotals) error {
	p := &pass{dedup: report.NewDedup(batch[0].dir), daily: t, late: r.scan(ctx, batch, q)}
	for _, b := range batch {
		b.rows = report.NewCollector(b.dir, b.zone(r.Account.Location), p.dedup, len(batch))
	}
	err := Recover(func() error { return r.gather(ctx, batch, q, p) })
	if err == nil && someoneIsLeft(batch) {
		p.late.RaiseAlarms(batch[0].now, p.dedup.Counts)
	}
	return errors.Join(err, p.dedup.Close())
}

// readThoroughly reads again what differs, in the way that misses nothing. What was read
// before is whole by its own account: it is what is left when this cannot be read.
func (r *Builder) readThoroughly(ctx context.Context, batch []*build, q payment.Query, a *reconciler) error {
	period := batch[0].job.Period.String()
	r.Log.Info("differs from Dintero's own figures, so it is read again, thoroughly", "account", r.Account.ID, "period", period, "differences", len(a.result.Differences))
	first := collectorsOf(batch)
	q.Thorough = true
	ours := a.tally()
	if err := r.readOnce(ctx, batch, q, ours); err != nil {
		if ctx.Err() != nil {
			return errors.Join(err, closeAll(first))
		}
		r.Log.Warn("could not be read thoroughly", "account", r.Account.ID, "period", period, "error", err)
		a.result.NotReadThoroughly = true
		err = closeAll(collectorsOf(batch))
		for i, rows := range first {
			batch[i].rows = rows
		}
		return err
	}
	err := errors.Join(a.compare(ours), closeAll(first))
	if err == nil && a.result.Verdict == reconcile.Differs { // it took its time, and the figures may be there now
		if err = a.refresh(ctx); err == nil {
			err = a.compare(ours)
		}
	}
	return err
}

func collectorsOf(batch []*build) (rows []*report.Collector) {
	for _, a := range batch {
		rows = append(rows, a.rows)
	}
	return rows
}

func closeAll(rows []*report.Collector) error {
	var errs []error
	for _, c := range rows {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// someoneIsLeft tells whether the source was read to its end for anybody.
func someoneIsLeft(batch []*build) bool {
	for _, a := range batch {
		if a.err == nil {
			return true
		}
	}
	return false
}

// noteResult gives the reports that asked for it the result.
func (r *Builder) noteResult(batch []*build, result reconcile.Result) {
	for _, a := range batch {
		if a.err != nil || !reconciles(a.job.Report) {
			continue
		}
		own := result
		own.ScopeWider = filtered(a.job.Report.Data)
		own.HideAmounts = own.ScopeWider
		if a.job.Report.Part != nil {
			own.ScopeWider, own.HideAmounts = true, true
		}
		own.WouldHold = a.trial && a.job.Report.Reconcile == reportconfig.ReconcileHold && result.Verdict == reconcile.Differs
		a.figures.Reconciled = own
		if own.Verdict == reconcile.Differs {
			r.Log.Warn("differs from Dintero's own figures", "account", r.Account.ID, "report", a.job.Report.ID, "period", a.job.PeriodName(), "differences", len(own.Differences))
		}
	}
}

// filtered tells whether a report is a part of what was compared: how much all sell is none of
// a store's or a seller's business.
func filtered(data reportconfig.Data) bool {
	d, ok := data.(reportconfig.Transactions)
	return ok && len(d.Stores)+len(d.Sellers) > 0
}

// A HeldBackError holds a report back whose configuration wants that.
type HeldBackError struct{ text string }

func (e *HeldBackError) Error() string {
	return "held back, as the configuration wants it (reconcile: hold): " + e.text
}

// held is the error of a report that must not go out as it is.
func (a *build) held() error {
	if a.job.Report.Reconcile != reportconfig.ReconcileHold || a.trial || a.figures.Reconciled.Verdict != reconcile.Differs {
		return nil
	}
	english, err := locales.For("en") // as all that the operator is told
	if err != nil {
		return err
	}
	open := a.figures
	open.Reconciled.HideAmounts = false
	check := open.Check(english)
	return &HeldBackError{fmt.Sprintf("%s: %s", strings.TrimSuffix(check.Text, "."), strings.Join(check.Details, "; "))}
}
