package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"rapport/internal/pipeline"
	"rapport/reportconfig"
)

// trialHistory lets a trial know what was made before, and what is owed. A ledger that cannot
// be read now is none: a trial only looks.
func (p *program) trialHistory(ctx context.Context, config *reportconfig.Config, runner *pipeline.Runner, log *slog.Logger) (owed []pipeline.Job, done func()) {
	if _, err := os.Stat(config.State); err != nil {
		runner.History = pipeline.Unwritten{Archive: runner.Archive, Location: runner.Location}
		return nil, func() {}
	}
	l, err := p.openLedger(ctx, config.State, true)
	if err != nil {
		log.Warn("the trial does without number and comparison", "error", err)
		return nil, func() {}
	}
	runner.History = l
	if owed, err = newEngine(config, runner, l, false, nil).Owing(ctx, runner.Clock()); err != nil {
		log.Warn("the trial is of the latest periods", "error", err)
	}
	return owed, func() {
		if err := l.Close(); err != nil {
			log.Warn("ledger: close", "error", err)
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
