package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/parts"
	"rapport/internal/report"
	"rapport/internal/statement"
)

// A Selection is what of a configuration is asked for.
type Selection = report.Selection

// narrow cuts what is ready to what is asked for.
func narrow(s Selection, r ledger.Ready) ledger.Ready {
	if len(s.Reports)+len(s.Jobs) > 0 {
		r.Reports = s.Reports
	}
	for _, j := range s.Jobs {
		r.Reports, r.Periods = append(r.Reports, j.Report.ID), append(r.Periods, j.PeriodName())
	}
	return r
}

// Run makes and sends what is owed, or asked for, once. What fails is an event and an
// outcome; the error is one of the ledger. When ctx ends nothing more is begun, and what is
// being said to a relay is said to its end.
func (e *Engine) Run(ctx context.Context, s Selection) (builder.Outcome, error) {
	detach := context.AfterFunc(ctx, e.stop)
	defer detach()
	defer message.CloseIdle(e.Sender)
	now, alone := e.Clock(), context.WithoutCancel(ctx)
	if err := e.planner.LearnOthers(alone); err != nil {
		return builder.Outcome{Waiting: true}, err
	}
	all := s.Wholes()
	ready := func() ledger.Ready { return narrow(all, e.ready(now)) } // what fails now has its next try later, and is not ready in this run again
	e.maker.ready, e.sender.ready = ready, func() ledger.Ready { return narrow(s, e.ready(now)) }
	e.sender.chosen = s.Holds
	if err := e.begin(alone, s, ready()); err != nil {
		return builder.Outcome{Waiting: true}, err
	}
	e.start()
	<-e.activity.Idle()
	if len(s.Jobs) == 0 && !e.stopped() {
		recheckClosed(e.building, e, e.Clock(), s, true)
		<-e.activity.Idle()
	}
	for !e.stopped() {
		e.keeper.run(e.sending, e.Clock())
		<-e.activity.Idle()
		if e.maker.maxCrashes.Load() != noCrash { // nobody took one
			break
		}
	}
	err := e.pending.Flush(alone)
	o, err2 := e.left(alone, now, s)
	faults := e.faults.all()
	o.Failed = o.Failed || e.events.anyFailed()
	o.Waiting = o.Waiting || faults != nil || ctx.Err() != nil || slices.ContainsFunc(e.planner.ArchiveAway(), func(id string) bool { return all.Holds(id, "") })
	return o, errors.Join(err, err2, faults)
}

// begin brings the ledger up to now, opens what is asked for, and lets all that waits be
// tried now.
func (e *Engine) begin(ctx context.Context, s Selection, ready ledger.Ready) error {
	if err := e.alarms.Refresh(ctx); err != nil {
		return err
	}
	if err := e.prepare(ctx, ready.Now); err != nil {
		return err
	}
	if err := e.demand(ctx, s.Jobs, ready.Now); err != nil {
		return err
	}
	if err := e.Ledger.TryNow(ctx, ready); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if e.Expect == nil {
		return nil
	}
	owed, _, err := e.owed(ctx, ready.Now, s)
	if err == nil {
		e.Expect(len(owed))
	}
	return err
}

// demand opens the periods that are asked for, as far as they are holes.
func (e *Engine) demand(ctx context.Context, jobs []report.Job, now time.Time) error {
	for _, j := range jobs {
		j, err := parts.Demanded(ctx, e.Account.ID, j, e.report, e.Ledger)
		if err != nil {
			return err
		}
		row, found, err := e.Ledger.Period(ctx, statement.KeyOf(e.Account.ID, j))
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		if !found {
			row, found, err = e.named(ctx, j)
		}
		if err != nil {
			return err
		}
		if !found {
			if err := e.planner.Demand(ctx, j, now); err != nil {
				return err
			}
			continue
		}
		switch row.State {
		case ledger.Failed, ledger.Skipped, ledger.Cancelled:
			if err := e.Ledger.Reopen(ctx, row.ID); err != nil {
				return fmt.Errorf("ledger: %w", err)
			}
			e.alarms.Resolve(ctx, ledger.AlarmSkipped, j.Report.ID, now)
		case ledger.Owed:
			if row.Crashes == 0 {
				break
			}
			if err := e.Ledger.RetrySuspect(ctx, row.ID); err != nil {
				return fmt.Errorf("ledger: %w", err)
			}
		case ledger.Made, ledger.Archived:
			if err := e.tellAlready(ctx, j, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// named finds a period by its name: after a change of the zone its bounds may be others.
func (e *Engine) named(ctx context.Context, j report.Job) (row ledger.Period, found bool, err error) {
	rows, err := e.Ledger.Periods(ctx, ledger.Filter{Account: e.Account.ID, Report: j.Report.ID, Period: j.PeriodName()})
	if err != nil || len(rows) == 0 {
		return row, false, err
	}
	return rows[len(rows)-1], true, nil // what follows the first are its corrections
}

// tellAlready says that a period was made before, and to whom it was not delivered.
func (e *Engine) tellAlready(ctx context.Context, j report.Job, row ledger.Period) error {
	j.ArchiveID = row.ArchivedUnder
	rows, err := e.Ledger.Deliveries(ctx, ledger.Filter{Account: e.Account.ID, Report: j.Report.ID, Period: j.PeriodName()})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if slices.ContainsFunc(rows, func(row ledger.Delivery) bool { return row.FinishedAt.IsZero() }) {
		return nil // what waits is sent now, and speaks for itself
	}
	e.event(j, builder.Event{Type: "report", State: builder.Already, Path: e.periodDir(j)})
	for _, row := range rows {
		if row.State == ledger.Refused || row.State == ledger.Expired {
			e.event(j, builder.Event{Type: "delivery", Recipient: row.Recipient, State: builder.RefusedBefore})
		}
	}
	return nil
}

// owed are the periods that are asked for and due, and those of them that somebody else makes.
func (e *Engine) owed(ctx context.Context, now time.Time, s Selection) (due, claimed []ledger.Period, err error) {
	rows, err := e.Ledger.OwedPeriods(ctx, e.Account.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("ledger: %w", err)
	}
	for _, p := range rows {
		if e.report(p.Report) == nil || !s.Wholes().Holds(p.Report, p.Name) || p.Due.After(now) {
			continue
		}
		if due = append(due, p); p.Claimed {
			claimed = append(claimed, p)
		}
	}
	return due, claimed, nil
}

// left tells whether anything that was chosen is still to be made or sent, and how much
// of it waits for a person. What has waited for longer than a day has failed, as far as
// anybody can tell who looks at the exit code alone: an outage that lasts must reach somebody.
func (e *Engine) left(ctx context.Context, now time.Time, s Selection) (o builder.Outcome, err error) {
	due, claimed, err := e.owed(ctx, now, s)
	if err != nil {
		return builder.Outcome{Waiting: true}, err
	}
	o.Waiting = len(due) > 0
	for _, p := range due {
		// What ends the process waits by the ledger's own rule, and has an alarm of its own.
		if !p.FirstTry.IsZero() && now.Sub(p.FirstTry) > warnAfter && !p.Claimed {
			o.Failed = true
		}
	}
	for _, p := range claimed {
		if j, ok := e.job(p); ok {
			e.event(j, builder.Event{Type: "report", State: builder.Waiting, Error: fmt.Sprintf("report %s: %s: another run is at work on it", j.Report.ID, j.PeriodName())})
		}
	}
	unsent, err := e.Ledger.Unsent(ctx, e.Account.ID)
	if err != nil {
		return builder.Outcome{Waiting: true}, fmt.Errorf("ledger: %w", err)
	}
	for _, row := range unsent {
		if e.report(row.Report) == nil || !s.Holds(row.Report, row.Period) {
			continue
		}
		if o.Waiting = true; row.State == ledger.Held {
			o.Held++
		}
		if now.Sub(row.QueuedAt) > warnAfter {
			o.Failed = true
		}
	}
	return o, nil
}
