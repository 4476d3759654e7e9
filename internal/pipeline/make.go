package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"rapport/fetch"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// A making is a period of the ledger on its way to be made, claimed by us.
type making struct {
	assembly
	row  ledger.Period
	left []string // files that had no room in a message
}

// makeBatch makes periods whose data is the same, with one pass over the source, and
// queues their messages. What cannot be made is postponed in the ledger, each by itself.
func (d *Desk) makeBatch(ctx context.Context, rows []ledger.Period) {
	var batch []*making
	for _, row := range rows {
		if d.isStopped() {
			break
		}
		if m := d.begin(ctx, row); m != nil {
			batch = append(batch, m)
		} else {
			d.finished()
		}
	}
	if len(batch) == 0 {
		return
	}
	var together []*assembly
	for _, m := range batch {
		together = append(together, &m.assembly)
	}
	d.buildAll(ctx, together)
	for _, m := range batch {
		d.finish(ctx, m)
		d.finished()
	}
	switch err := batch[0].err; {
	case fetch.Unauthorized(err):
		d.raise(ctx, alarmSource, d.Account, err.Error(), batch[0].now)
		d.sourceRefuses(ctx)
	case fetch.Denied(err):
		d.raise(ctx, alarmSource, d.Account, err.Error(), batch[0].now)
	case err == nil:
		d.clear(ctx, alarmSource, d.Account, batch[0].now)
	}
}

func (d *Desk) finished() {
	if d.Finished != nil {
		d.Finished()
	}
}

// begin claims a period, unless somebody else has it, it is over, or the archive holds it.
func (d *Desk) begin(ctx context.Context, row ledger.Period) *making {
	j, ok := d.job(row)
	if !ok {
		return nil
	}
	now := d.Clock()
	row, err := d.Ledger.ClaimPeriod(ctx, row.ID)
	if err != nil {
		d.notOurs(j, err)
		return nil
	}
	m := &making{row: row, assembly: assembly{job: j, now: now, dir: filepath.Join(d.periodDir(j), outgoing+".new")}}
	err = d.own(ctx, j.Report)
	held := false
	if err == nil {
		held, err = isHeld(d.periodDir(j), j.name())
	}
	if err == nil && held {
		note := d.heldNote(j)
		d.Log.Warn(note)
		d.settlePeriod(m, ledger.Postponed{State: ledger.Archived, Error: note})
		d.event(j, Event{Type: "report", State: Already, Path: d.periodDir(j)})
		return nil
	}
	if err == nil {
		err = errors.Join(os.RemoveAll(m.dir), makeDirs(m.dir))
	}
	if err != nil {
		m.err = err
		d.finish(ctx, m)
		return nil
	}
	d.ping(ctx, j.Report, "start")
	return m
}

// own makes a report's place in the archive ours, before anything is looked for in it.
func (d *Desk) own(ctx context.Context, report *reportconfig.Report) error {
	owner, err := d.Ledger.ClaimArchiveDir(ctx, d.reportDir(report), d.Account)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return d.foreign(report, owner)
}

// notOurs says why a period or a delivery was left alone.
func (d *Desk) notOurs(j Job, err error) {
	var held *ledger.LockedError
	switch {
	case errors.As(err, &held):
		d.event(j, Event{Type: "report", State: Waiting, Error: fmt.Sprintf("report %s: %s: another run is at work on it: %v", j.Report.ID, j.name(), held)})
	case errors.Is(err, ledger.ErrOver): // somebody was faster
	default:
		d.ledgerFault(fmt.Errorf("report %s: %s: %w", j.Report.ID, j.name(), err))
	}
}

// finish records what became of a period.
func (d *Desk) finish(ctx context.Context, m *making) {
	err := m.err
	if err == nil {
		err = contained(func() error { return d.record(context.WithoutCancel(ctx), m) })
	}
	if err == nil {
		d.made(ctx, m)
		return
	}
	err = errors.Join(err, os.RemoveAll(m.dir), removeEmpty(d.periodDir(m.job), filepath.Dir(d.periodDir(m.job))))
	if ctx.Err() != nil && m.err != nil {
		d.later(fmt.Sprintf("period %d", m.row.ID), func(ctx context.Context) error { return d.Ledger.ReturnPeriod(ctx, m.row.Claim) })
		d.event(m.job, Event{Type: "report", State: Waiting, Error: fmt.Sprintf("report %s: %s: stopped", m.job.Report.ID, m.job.name())})
		return
	}
	d.postpone(ctx, m, err)
}

// poisonTries is how often a report may panic before it is left to the operator.
const poisonTries = 3

// postpone leaves a period for a later try; one that panics again and again is given up.
func (d *Desk) postpone(ctx context.Context, m *making, err error) {
	tries, at := m.row.Attempts+1, d.Clock()
	wait := backoff(tries, m.row.ID)
	if fetch.Unauthorized(err) || errors.Is(err, errNotAsked) {
		wait = max(wait, knock)
	}
	p := ledger.Postponed{NextTry: at.Add(wait), State: ledger.Owed, Error: err.Error()}
	var panicked *panicked
	if errors.As(err, &panicked) {
		d.Log.Error("report panicked", "report", m.job.Report.ID, "period", m.job.name(), "panic", panicked.value, "stack", string(panicked.stack))
		if tries >= poisonTries {
			p.State, p.NextTry = ledger.Failed, time.Time{}
		}
	}
	d.settlePeriod(m, p)
	e := Event{Type: "report", State: Waiting, Error: fmt.Sprintf("report %s: %s: %v", m.job.Report.ID, m.job.name(), err)}
	if p.State == ledger.Failed {
		e.State = string(ledger.Failed)
		d.raise(ctx, alarmFailed, m.job.Report.ID, e.Error, at)
	}
	var held *differsError
	if errors.As(err, &held) {
		d.raise(ctx, alarmReconcile, m.job.Report.ID+" "+m.job.name(), fmt.Sprintf("%s %s: %v", m.job.Report.ID, m.job.name(), held), at)
	}
	d.event(m.job, e)
	if !errors.Is(err, errNotAsked) {
		d.ping(ctx, m.job.Report, "fail")
	}
}

func (d *Desk) settlePeriod(m *making, p ledger.Postponed) {
	d.later(fmt.Sprintf("period %d", m.row.ID), func(ctx context.Context) error { return d.Ledger.PostponePeriod(ctx, m.row.Claim, p) })
}
