package engine

import (
	"context"
	"time"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/report"
)

// Making is a period that is being made.
type Making = making

// MakersAtOnce is how many batches are made at once.
const MakersAtOnce = makersAtOnce

// PlanDue writes down what has fallen due.
func (d *Engine) PlanDue(ctx context.Context, now time.Time) error { return d.plan(ctx, now) }

// JobOf is the period of a row of the ledger.
func (d *Engine) JobOf(row ledger.Period) (report.Job, bool) { return d.job(row) }

// MakeFiles makes the files of a claimed period.
func (d *Engine) MakeFiles(ctx context.Context, now time.Time, j report.Job, row ledger.Period, dir string) *Making {
	return &Making{row: row, dir: dir, Result: d.Builder.Build(ctx, now, []builder.Request{{Job: j, Dir: dir}})[0]}
}

// Dir is where the files are.
func (m *Making) Dir() string { return m.dir }

// FreezeMessages freezes the messages beside the files.
func (d *Engine) FreezeMessages(m *Making) error {
	_, err := d.freezeAll(m)
	return err
}

// RecordPeriod writes down that a period is made.
func (d *Engine) RecordPeriod(ctx context.Context, m *Making) error { return d.record(ctx, m) }

// PublishPeriod moves files to their place.
func (d *Engine) PublishPeriod(j report.Job) error { return d.publish(j) }

// Idle is closed while nothing is under way.
func (d *Engine) Idle() <-chan struct{} { return d.waiting() }

// Stopped is closed when nothing more is begun.
func (d *Engine) Stopped() <-chan struct{} { return d.work.Done() }
