package pipeline

import (
	"context"
	"time"

	"rapport/internal/ledger"
)

// What tests of crashes need of an engine: to cut a run off at each step.

// Making is a period that is being made.
type Making = making

// MakersAtOnce is how many batches are made at once.
const MakersAtOnce = makersAtOnce

// PlanDue writes down what has fallen due.
func (d *Desk) PlanDue(ctx context.Context, now time.Time) error { return d.plan(ctx, now) }

// JobOf is the period of a row of the ledger.
func (d *Desk) JobOf(row ledger.Period) (Job, bool) { return d.job(row) }

// MakeFiles makes the files of a claimed period.
func (d *Desk) MakeFiles(ctx context.Context, now time.Time, j Job, row ledger.Period, dir string) *Making {
	return &Making{row: row, dir: dir, Result: d.Builder.Build(ctx, now, []Request{{Job: j, Dir: dir}})[0]}
}

// Dir is where the files are.
func (m *Making) Dir() string { return m.dir }

// FreezeMessages freezes the messages beside the files.
func (d *Desk) FreezeMessages(m *Making) error {
	_, err := d.freezeAll(m)
	return err
}

// RecordPeriod writes down that a period is made.
func (d *Desk) RecordPeriod(ctx context.Context, m *Making) error { return d.record(ctx, m) }

// PublishPeriod moves files to their place.
func (d *Desk) PublishPeriod(j Job) error { return d.publish(j) }

// Idle is closed while nothing is under way.
func (d *Desk) Idle() <-chan struct{} { return d.waiting() }

// Stopped is closed when nothing more is begun.
func (d *Desk) Stopped() <-chan struct{} { return d.work.Done() }
