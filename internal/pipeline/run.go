package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/internal/ledger"
)

// A Selection is what of a configuration is asked for.
type Selection struct {
	Reports []string // ids; none: all
	Jobs    []Job    // these periods and nothing else; none: what is owed
}

func (s Selection) choice() choice {
	return choice{eager: true, chosen: func(report, period string) bool {
		if len(s.Jobs) > 0 {
			return slices.ContainsFunc(s.Jobs, func(j Job) bool { return j.Report.ID == report && j.name() == period })
		}
		return len(s.Reports) == 0 || slices.Contains(s.Reports, report)
	}}
}

// Run makes and sends what is owed, or asked for, once. What fails is an event and an
// outcome; the error is one of the ledger. When ctx ends nothing more is begun, and what is
// being said to a relay is said to its end.
func (d *Desk) Run(ctx context.Context, s Selection) (Outcome, error) {
	detach := context.AfterFunc(ctx, d.stop)
	defer detach()
	defer d.hangUp()
	now, alone := d.Clock(), context.WithoutCancel(ctx)
	if err := errors.Join(d.refreshAlarms(alone), d.plan(alone, now)); err != nil {
		return Outcome{Waiting: true}, err
	}
	if err := d.demand(alone, s.Jobs, now); err != nil {
		return Outcome{Waiting: true}, err
	}
	if err := d.fill(alone, now, s.choice()); err != nil {
		return Outcome{Waiting: true}, err
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
func (d *Desk) demand(ctx context.Context, jobs []Job, now time.Time) error {
	for _, j := range jobs {
		row, found, err := d.Ledger.Period(ctx, d.key(j))
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
			if err := d.Ledger.Reopen(ctx, row.ID); err != nil {
				return fmt.Errorf("ledger: %w", err)
			}
			d.clear(ctx, alarmSkipped, j.Report.ID, now)
		case ledger.Made, ledger.Archived:
			if err := d.tellAlready(ctx, j); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) demandNew(ctx context.Context, j Job, now time.Time) error {
	row := d.planned(j.Report, j.Period, ledger.Owed, "")
	held, err := isHeld(d.periodDir(j), j.name())
	if err != nil {
		return err
	}
	if held {
		row.State, row.Note = ledger.Archived, d.heldNote(j)
	}
	row.Due = now // whoever asks for it has it due
	added, err := d.Ledger.Plan(ctx, []ledger.Planned{row})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	d.tellPlanned(ctx, added, now)
	return nil
}

// tellAlready says that a period was made before, and to whom it was not delivered.
func (d *Desk) tellAlready(ctx context.Context, j Job) error {
	rows, err := d.Ledger.Deliveries(ctx, ledger.Filter{Account: d.Account, Report: j.Report.ID, Period: j.name()})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if slices.ContainsFunc(rows, func(row ledger.Delivery) bool { return row.FinishedAt.IsZero() }) {
		return nil // what waits is sent now, and speaks for itself
	}
	d.event(j, Event{Type: "report", State: Already, Path: d.periodDir(j)})
	for _, row := range rows {
		if row.State == ledger.Refused || row.State == ledger.Expired {
			d.event(j, Event{Type: "delivery", Recipient: row.Recipient, State: RefusedBefore})
		}
	}
	return nil
}

// left tells whether anything that was chosen is still to be made or sent, and how much
// of it waits for a person.
func (d *Desk) left(ctx context.Context, now time.Time, c choice) (left bool, held int, err error) {
	owed, err := d.Ledger.OwedPeriods(ctx, d.Account)
	if err != nil {
		return true, 0, fmt.Errorf("ledger: %w", err)
	}
	left = slices.ContainsFunc(owed, func(p ledger.Period) bool {
		return d.report(p.Report) != nil && c.chosen(p.Report, p.Name) && !p.Due.After(now)
	})
	unsent, err := d.Ledger.Unsent(ctx, d.Account)
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
