package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"rapport/fetch"
	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/durable"
	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// A making is a period of the ledger on its way to be made, claimed by us.
type making struct {
	builder.Result
	dir  string // its files are written here
	row  ledger.Period
	left []string // files that had no room in a message
}

// makeBatch makes periods whose data is the same, with one pass over the source, and
// queues their messages. What cannot be made is postponed in the ledger, each by itself.
func (d *Engine) makeBatch(ctx context.Context, rows []ledger.Period) {
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
	var requests []builder.Request
	for _, m := range batch {
		requests = append(requests, builder.Request{Job: m.Job, Dir: m.dir})
	}
	results := d.Builder.Build(ctx, batch[0].Now, requests)
	for i, m := range batch {
		m.Result = results[i]
		d.finish(ctx, m)
		d.finished()
	}
	d.tellOfSource(ctx, results)
}

// tellOfSource raises or clears the alarm of the source. What a single report failed of by
// itself says nothing of the source: any of the batch may be the one that heard its answer.
// An answer about credentials concerns all that this configuration asks, another one only
// what was asked.
func (d *Engine) tellOfSource(ctx context.Context, batch []builder.Result) {
	account, data := d.Account.ID+" "+d.Path, d.Account.ID+" "+d.Path+" "+string(batch[0].Report.Data.DataType())
	read := false
	for _, a := range batch {
		switch {
		case fetch.Unauthorized(a.Err):
			d.raise(ctx, ledger.AlarmSource, account, a.Err.Error(), a.Now)
			d.sourceRefuses(ctx)
			return
		case fetch.Denied(a.Err):
			d.raise(ctx, ledger.AlarmSource, data, a.Err.Error(), a.Now)
			return
		}
		read = read || a.Err == nil
	}
	if read {
		for _, subject := range []string{account, data, d.Account.ID} { // the last as older versions named it
			d.clear(ctx, ledger.AlarmSource, subject, batch[0].Now)
		}
	}
}

func (d *Engine) finished() {
	if d.Finished != nil {
		d.Finished()
	}
}

// begin claims a period, unless somebody else has it, it is over, or the archive holds it.
func (d *Engine) begin(ctx context.Context, row ledger.Period) *making {
	j, ok := d.job(row)
	if !ok {
		return nil
	}
	now := d.Clock()
	row, err := d.Ledger.ClaimPeriod(ctx, row.ID, now)
	if err != nil {
		d.notOurs(j, err)
		return nil
	}
	m := &making{row: row, dir: filepath.Join(archive.PeriodDir(d.Archive, j.Report.ID, j.PeriodName()), archive.OutgoingDir+".new"), Result: builder.Result{Job: j, Now: now}}
	err = d.own(ctx, j.Report)
	held := false
	if err == nil {
		held, err = archive.Holds(archive.PeriodDir(d.Archive, j.Report.ID, j.PeriodName()), j.PeriodName())
	}
	if err == nil && held {
		note := d.heldNote(j)
		d.Log.Warn(note)
		d.settlePeriod(m, ledger.Postponed{At: now, State: ledger.Archived, Error: note})
		d.event(j, builder.Event{Type: "report", State: builder.Already, Path: archive.PeriodDir(d.Archive, j.Report.ID, j.PeriodName())})
		return nil
	}
	if err == nil {
		err = errors.Join(os.RemoveAll(m.dir), durable.MkdirAll(m.dir))
	}
	if err != nil {
		m.Err = err
		d.finish(ctx, m)
		return nil
	}
	d.ping(ctx, j.Report, "start")
	return m
}

// own makes a report's place in the archive ours, before anything is looked for in it.
func (d *Engine) own(ctx context.Context, report *reportconfig.Report) error {
	owner, err := d.Ledger.OwnDirectory(ctx, d.reportDir(report), d.Account.ID)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return d.foreign(report, owner)
}

// notOurs says why a period or a delivery was left alone.
func (d *Engine) notOurs(j report.Job, err error) {
	var held *ledger.HeldError
	switch {
	case errors.As(err, &held):
		d.event(j, builder.Event{Type: "report", State: builder.Waiting, Error: fmt.Sprintf("report %s: %s: another run is at work on it: %v", j.Report.ID, j.PeriodName(), held)})
	case errors.Is(err, ledger.ErrOver): // somebody was faster
	default:
		d.ledgerFault(fmt.Errorf("report %s: %s: %w", j.Report.ID, j.PeriodName(), err))
	}
}

// finish records what became of a period.
func (d *Engine) finish(ctx context.Context, m *making) {
	err := m.Err
	if err == nil {
		err = builder.Recover(func() error { return d.record(context.WithoutCancel(ctx), m) })
	}
	if err == nil {
		d.made(ctx, m)
		return
	}
	err = errors.Join(err, os.RemoveAll(m.dir), durable.RemoveEmpty(archive.PeriodDir(d.Archive, m.Report.ID, m.PeriodName()), filepath.Dir(archive.PeriodDir(d.Archive, m.Report.ID, m.PeriodName()))))
	if ctx.Err() != nil && m.Err != nil {
		d.later(fmt.Sprintf("period %d", m.row.ID), func(ctx context.Context) error { return d.Ledger.ReturnPeriod(ctx, m.row.ID) })
		d.event(m.Job, builder.Event{Type: "report", State: builder.Waiting, Error: fmt.Sprintf("report %s: %s: stopped", m.Job.Report.ID, m.Job.PeriodName())})
		return
	}
	d.postpone(ctx, m, err)
}

// poisonTries is how often a report may panic before it is left to the operator.
const poisonTries = 3

// postpone leaves a period for a later try; one that panics again and again is given up.
func (d *Engine) postpone(ctx context.Context, m *making, err error) {
	tries, at := m.row.Attempts+1, d.Clock()
	wait := backoff(tries, m.row.ID)
	if fetch.Unauthorized(err) || errors.Is(err, errNotAsked) {
		wait = max(wait, knock)
	}
	p := ledger.Postponed{At: at, NextTry: at.Add(wait), State: ledger.Owed, Error: err.Error()}
	var panicked *builder.PanicError
	if errors.As(err, &panicked) {
		d.Log.Error("report panicked", "report", m.Job.Report.ID, "period", m.Job.PeriodName(), "panic", panicked.Value, "stack", string(panicked.Stack))
		if tries >= poisonTries {
			p.State, p.NextTry = ledger.Failed, time.Time{}
		}
	}
	d.settlePeriod(m, p)
	e := builder.Event{Type: "report", State: builder.Waiting, Error: fmt.Sprintf("report %s: %s: %v", m.Job.Report.ID, m.Job.PeriodName(), err)}
	if p.State == ledger.Failed {
		e.State = string(ledger.Failed)
		d.raise(ctx, ledger.AlarmFailed, m.Job.Report.ID, e.Error, at)
	}
	var held *builder.HeldBackError
	if errors.As(err, &held) {
		d.raise(ctx, ledger.AlarmReconcile, m.Job.Report.ID+" "+m.Job.PeriodName(), fmt.Sprintf("%s %s: %v", m.Job.Report.ID, m.Job.PeriodName(), held), at)
	}
	d.event(m.Job, e)
	if !errors.Is(err, errNotAsked) {
		d.ping(ctx, m.Job.Report, "fail")
	}
}

func (d *Engine) settlePeriod(m *making, p ledger.Postponed) {
	d.later(fmt.Sprintf("period %d", m.row.ID), func(ctx context.Context) error { return d.Ledger.PostponePeriod(ctx, m.row.ID, p) })
}
