package main

import (
	"context"
	"os"
	"time"

	"rapport/internal/pipeline"
	"rapport/reportconfig"
)

// try makes a trial: of what the flags name, else of what is owed.
func (r *reportRun) try(ctx context.Context, runner *pipeline.Runner, bar *progressBar) pipeline.Outcome {
	owed, done := r.history(context.WithoutCancel(ctx), runner)
	defer done()
	jobs := r.jobs
	if jobs == nil {
		jobs = trialJobs(r.config, r.reports, owed, r.clock())
	}
	bar.expect(len(jobs))
	return runner.TryAll(ctx, jobs, r.to, bar.next)
}

// history lets the runner know what was made before, and says what is owed. A ledger that
// cannot be read now is none: a trial only looks.
func (r *reportRun) history(ctx context.Context, runner *pipeline.Runner) (owed []pipeline.Job, done func()) {
	if _, err := os.Stat(r.config.State); err != nil {
		runner.History = pipeline.Unwritten{Archive: runner.Archive, Location: runner.Location}
		return nil, func() {}
	}
	l, err := r.openLedger(ctx, r.config.State, true)
	if err != nil {
		r.log.Warn("the trial does without number and comparison", "error", err)
		return nil, func() {}
	}
	runner.History = l
	if owed, err = newEngine(r.config, runner, l, false, nil).Owing(ctx, runner.Clock()); err != nil {
		r.log.Warn("the trial is of the latest periods", "error", err)
	}
	return owed, func() {
		if err := l.Close(); err != nil {
			r.log.Warn("ledger: close", "error", err)
		}
	}
}

// trialJobs are what a trial makes of each report: what it owes, else its latest due period.
func trialJobs(config *reportconfig.Config, chosen []*reportconfig.Report, owed []pipeline.Job, now time.Time) (jobs []pipeline.Job) {
	for _, report := range chosen {
		n := len(jobs)
		for _, j := range owed {
			if j.Report.ID == report.ID {
				jobs = append(jobs, j)
			}
		}
		if len(jobs) == n {
			jobs = append(jobs, pipeline.Job{Report: report, Period: report.Schedule.Latest(now, report.At, config.Location)})
		}
	}
	return jobs
}
