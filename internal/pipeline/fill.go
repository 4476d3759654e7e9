package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"rapport/internal/ledger"
)

// A choice is which of what is owed is to be done.
type choice struct {
	eager  bool // now, whatever the next try says: somebody asked
	chosen func(report, period string) bool
}

func everything(eager bool) choice {
	return choice{eager, func(string, string) bool { return true }}
}

// fill looks at the ledger and queues what is ready.
func (d *Desk) fill(ctx context.Context, now time.Time, c choice) error {
	d.filling.Lock()
	defer d.filling.Unlock()
	if err := d.catchUp(ctx); err != nil {
		return err
	}
	if err := d.reap(ctx, now); err != nil {
		return err
	}
	if err := d.plan(ctx, now); err != nil {
		return err
	}
	if err := d.fillMakes(ctx, now, c); err != nil {
		return err
	}
	if err := d.fillSends(ctx, now, c); err != nil {
		return err
	}
	d.start(c.eager)
	return nil
}

// reap frees what processes that died had claimed, and tells of messages that they were
// sending.
func (d *Desk) reap(ctx context.Context, now time.Time) error {
	reaped, err := d.Ledger.Reap(ctx)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if reaped.Periods+reaped.Deliveries > 0 {
		d.Log.Warn("a process died at work; what it had begun is free again", "periods", reaped.Periods, "deliveries", reaped.Deliveries, "uncertain", len(reaped.Uncertain))
	}
	for _, row := range reaped.Uncertain {
		j, ok := d.deliveryJob(row)
		d.Log.Warn("a process died while it sent a message", "report", row.Report, "period", row.Period, "recipient", row.Recipient, "message_id", row.MessageID)
		if ok && row.Account == d.Account && !j.Report.HoldUncertain { // else it is held in a moment, and that is said
			d.raise(ctx, alarmUncertain, fmt.Sprint(row.ID), d.uncertainText(j, row, ledger.Uncertain), now)
		}
	}
	return nil
}

// mostAhead is further ahead than any next try is set: what is later was written by a
// clock that was wrong.
const mostAhead = 2 * time.Hour

func (c choice) ready(next, now time.Time) bool {
	return c.eager || !next.After(now) || next.After(now.Add(mostAhead))
}

// fillMakes queues owed periods, those with the same data together, oldest first. Over a
// period that processes died at again and again nobody else shall wait.
func (d *Desk) fillMakes(ctx context.Context, now time.Time, c choice) error {
	rows, err := d.Ledger.OwedPeriods(ctx, d.Account)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	d.mu.Lock()
	makes, orphans := d.batches(rows, now, c)
	for _, batch := range makes {
		d.queue.addMake(batch)
		if d.Expect != nil {
			d.Expect(len(batch))
		}
	}
	d.mu.Unlock()
	return d.cancelPeriods(ctx, orphans, now)
}

// batches sorts owed periods into those that are made together now, and those whose
// report is nobody's any more. It is called with the lock held.
func (d *Desk) batches(rows []ledger.Period, now time.Time, c choice) (makes [][]ledger.Period, orphans []ledger.Period) {
	batches := map[any]int{}
	for _, row := range rows {
		j, known := d.job(row)
		switch {
		case !known && !row.Claimed && d.orphan(row.Config):
			orphans = append(orphans, row)
		case !known || !c.chosen(row.Report, row.Name) || d.queue.busy[makeKey(row.ID)] || row.Due.After(now):
		case row.Claimed && !c.eager: // another process is at it, and may die over it: look again soon
			d.restless = true
		case row.Crashes >= poisonTries && !c.eager && !d.mayRisk(row.ID, now):
		case !c.ready(row.NextTry, now) && row.Crashes == 0:
		case row.Crashes > 0:
			makes = append(makes, []ledger.Period{row})
		default:
			q := question(j)
			if i, ok := batches[q]; ok && len(makes[i]) < batchSize {
				makes[i] = append(makes[i], row)
				continue
			}
			batches[q] = len(makes)
			makes = append(makes, []ledger.Period{row})
		}
	}
	return makes, orphans
}

// mayRisk tells whether a period that killed its process before may be tried: once an
// hour, and alone.
func (d *Desk) mayRisk(id int64, now time.Time) bool {
	if last := d.risked[id]; d.makers+d.senders > 0 || now.Before(last.Add(time.Hour)) && !last.After(now) {
		return false
	}
	d.risked[id] = now
	return true
}

// orphan tells whether what the configuration at path planned is now nobody's: it was
// this one, or it is gone.
func (d *Desk) orphan(path string) bool {
	if path == d.Config {
		return true
	}
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func (d *Desk) cancelPeriods(ctx context.Context, rows []ledger.Period, now time.Time) error {
	const note = "the report left the configuration before it was made"
	var ids []int64
	for _, row := range rows {
		ids = append(ids, row.ID)
		d.emit(Event{Type: "report", Report: row.Report, Period: row.Name, State: string(ledger.Cancelled)})
	}
	if len(ids) == 0 {
		return nil
	}
	if err := d.Ledger.CancelPeriods(ctx, ids, note); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// fillSends queues messages that wait.
func (d *Desk) fillSends(ctx context.Context, now time.Time, c choice) error {
	rows, err := d.Ledger.Unsent(ctx, d.Account)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	var orphans []ledger.Delivery
	d.mu.Lock()
	if d.probing { // with what was tried least, so that no one message keeps the relay from all others
		slices.SortStableFunc(rows, func(a, b ledger.Delivery) int { return a.Attempts - b.Attempts })
	}
	for _, row := range rows {
		switch {
		case row.Claimed:
			d.restless = d.restless || !d.queue.busy[sendKey(row.ID)]
		case row.State == ledger.Held:
		case d.report(row.Report) == nil:
			if d.orphan(row.Config) {
				orphans = append(orphans, row)
			}
		case !c.eager && d.relayIsOut(now):
		case c.chosen(row.Report, row.Period) && c.ready(row.NextTry, now):
			d.queue.addSend(row)
		}
	}
	d.mu.Unlock()
	for _, row := range orphans {
		d.cancel(ctx, row, "the report left the configuration before it was sent")
	}
	return nil
}

// queueOf queues the messages of a period that was just made.
func (d *Desk) queueOf(ctx context.Context, j Job) {
	rows, err := d.Ledger.Deliveries(context.WithoutCancel(ctx), ledger.Filter{Account: d.Account, Report: j.Report.ID, Period: j.name()})
	if err != nil {
		d.ledgerFault(err)
		return
	}
	rows = slices.DeleteFunc(rows, func(row ledger.Delivery) bool { return row.State != ledger.Queued || row.Claimed })
	now := d.Clock()
	d.mu.Lock()
	down, out := d.relayNext, d.relayIsOut(now)
	if !out && !d.stopped {
		for _, row := range rows {
			d.queue.addSend(row)
		}
		d.startSenders()
	}
	d.mu.Unlock()
	if out {
		d.deferAll(rows, now, down)
	}
}
