package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/report"
	"rapport/internal/statement"
)

// A Selection is what of a configuration is asked for.
type Selection struct {
	Reports []string     // ids; none: all
	Jobs    []report.Job // these periods and nothing else; none: what is owed
}

func (s Selection) choice() choice {
	return choice{eager: true, chosen: func(entry, period string) bool {
		if len(s.Jobs) > 0 {
			return slices.ContainsFunc(s.Jobs, func(j report.Job) bool { return j.Report.ID == entry && j.PeriodName() == period })
		}
		return len(s.Reports) == 0 || slices.Contains(s.Reports, entry)
	}}
}

// Run makes and sends what is owed, or asked for, once. What fails is an event and an
// outcome; the error is one of the ledger. When ctx ends nothing more is begun, and what is
// being said to a relay is said to its end.
func (d *Engine) Run(ctx context.Context, s Selection) (builder.Outcome, error) {
	detach := context.AfterFunc(ctx, d.stop)
	defer detach()
	defer message.CloseIdle(d.Sender)
	now, alone := d.Clock(), context.WithoutCancel(ctx)
	if err := errors.Join(d.refreshAlarms(alone), d.plan(alone, now)); err != nil {
		return builder.Outcome{Waiting: true}, err
	}
	if err := d.demand(alone, s.Jobs, now); err != nil {
		return builder.Outcome{Waiting: true}, err
	}
	if err := d.fill(alone, now, s.choice()); err != nil {
		return builder.Outcome{Waiting: true}, err
	}
	<-d.waiting()
	if !d.isStopped() {
		d.keep(d.talk, d.Clock())
	}
	err := d.catchUp(alone)
	left, held, err2 := d.left(alone, now, s.choice())
	d.mu.Lock()
	defer d.mu.Unlock()
	o := d.outcome
	o.Held, o.Waiting = held, left || len(d.faults) > 0 || ctx.Err() != nil
	return o, errors.Join(err, err2, errors.Join(d.faults...))
}

// demand opens the periods that are asked for, as far as they are holes.
func (d *Engine) demand(ctx context.Context, jobs []report.Job, now time.Time) error {
	for _, j := range jobs {
		row, found, err := d.Ledger.Period(ctx, statement.KeyOf(d.Account.ID, j))
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		if !found {
			if err := d.demandNew(ctx, j, now); err != nil {
				return err
			}
			continue
		}
		switch row.State {
		case ledger.Failed, ledger.Skipped, ledger.Cancelled:
			if err := d.Ledger.Reopen(ctx, row.ID, now); err != nil {
				return fmt.Errorf("ledger: %w", err)
			}
			d.clear(ctx, ledger.AlarmSkipped, j.Report.ID, now)
		case ledger.Made, ledger.Archived:
			if err := d.tellAlready(ctx, j); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Engine) demandNew(ctx context.Context, j report.Job, now time.Time) error {
	row := d.planned(j.Report, j.Period, ledger.Owed, "")
	held, err := archive.Holds(archive.PeriodDir(d.Archive, j.Report.ID, j.PeriodName()), j.PeriodName())
	if err != nil {
		return err
	}
	if held {
		row.State, row.Note = ledger.Archived, d.heldNote(j)
	}
	row.Due = now // whoever asks for it has it due
	added, err := d.Ledger.Plan(ctx, now, []ledger.Planned{row})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	d.tellPlanned(ctx, added, now)
	return nil
}

// tellAlready says that a period was made before, and to whom it was not delivered.
func (d *Engine) tellAlready(ctx context.Context, j report.Job) error {
	rows, err := d.Ledger.Deliveries(ctx, ledger.Filter{Account: d.Account.ID, Report: j.Report.ID, Period: j.PeriodName()})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if slices.ContainsFunc(rows, func(row ledger.Delivery) bool { return row.SettledAt.IsZero() }) {
		return nil // what waits is sent now, and speaks for itself
	}
	d.event(j, builder.Event{Type: "report", State: builder.Already, Path: archive.PeriodDir(d.Archive, j.Report.ID, j.PeriodName())})
	for _, row := range rows {
		if row.State == ledger.Refused || row.State == ledger.Expired {
			d.event(j, builder.Event{Type: "delivery", Recipient: row.Recipient, State: builder.RefusedBefore})
		}
	}
	return nil
}

// left tells whether anything that was chosen is still to be made or sent, and how much
// of it waits for a person.
func (d *Engine) left(ctx context.Context, now time.Time, c choice) (left bool, held int, err error) {
	owed, err := d.Ledger.OwedPeriods(ctx, d.Account.ID)
	if err != nil {
		return true, 0, fmt.Errorf("ledger: %w", err)
	}
	left = slices.ContainsFunc(owed, func(p ledger.Period) bool {
		return d.report(p.Report) != nil && c.chosen(p.Report, p.Name) && !p.Due.After(now)
	})
	unsent, err := d.Ledger.Unsent(ctx, d.Account.ID)
	if err != nil {
		return true, 0, fmt.Errorf("ledger: %w", err)
	}
	for _, row := range unsent {
		if d.report(row.Report) == nil || !c.chosen(row.Report, row.Period) {
			continue
		}
		if left = true; row.State == ledger.Held {
			held++
		}
	}
	return left, held, nil
}
