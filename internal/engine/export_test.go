package engine

import (
	"context"
	"path"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/report"
)

// What tests of crashes need of an engine: to cut a run off at each step.

// Making is a period that is being made.
type Making = making

// MakersAtOnce is how many batches are made at once.
const MakersAtOnce = makersAtOnce

// PlanDue writes down what has fallen due.
func (e *Engine) PlanDue(ctx context.Context, now time.Time) error { return e.planner.Plan(ctx, now) }

// JobOf is the period of a row of the ledger.
func (e *Engine) JobOf(row ledger.Period) (report.Job, bool) { return e.job(row) }

// MakeFiles makes the files of a claimed period.
func (e *Engine) MakeFiles(ctx context.Context, now time.Time, j report.Job, row ledger.Period, dir string) *Making {
	return &Making{row: row, dir: dir, key: path.Join(periodKey(j), archive.Outgoing(row.Claim.Attempt(), 0)), Result: e.Builder.Build(ctx, now, []builder.Request{{Job: j, Dir: dir}})[0]}
}

// Dir is where the files are.
func (mk *Making) Dir() string { return mk.dir }

// FreezeMessages freezes the messages beside the files.
func (e *Engine) FreezeMessages(mk *Making) error {
	_, err := e.maker.freezeAll(context.Background(), mk, nil)
	return err
}

// RecordPeriod writes down that a period is made.
func (e *Engine) RecordPeriod(ctx context.Context, mk *Making) error { return e.maker.record(ctx, mk) }

// PublishPeriod moves files to their place.
func (e *Engine) PublishPeriod(j report.Job) error { return e.publish(context.Background(), j) }

// Idle is closed while nothing is under way.
func (e *Engine) Idle() <-chan struct{} { return e.activity.Idle() }

// Stopped is closed when nothing more is begun.
func (e *Engine) Stopped() <-chan struct{} { return e.building.Done() }
