package main

import (
	"context"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/parts"
	"rapport/internal/preview"
	"rapport/internal/progress"
	"rapport/internal/report"
)

// try makes a trial: of what the flags name, else of what is owed.
func (r *reportRun) try(ctx context.Context, c engine.Config, bar *progress.Bar) (builder.Outcome, error) {
	owed, l, done := r.history(context.WithoutCancel(ctx), c)
	defer done()
	if err := r.findParts(ctx, l); err != nil {
		return builder.Outcome{}, err
	}
	jobs := r.jobs
	if jobs == nil {
		jobs = preview.Jobs(r.config, r.reports, owed, r.clock())
	}
	bar.Expect(len(jobs))
	trial := preview.Preview{
		Archive: c.Archive, MaxMessage: c.MaxMessage, To: r.to, Builder: c.Builder, Composer: c.Composer, Sender: c.Sender,
		Clock: r.clock, Log: r.log, EventLog: c.EventLog, Emit: c.Emit,
	}
	trial.PartSlugs = func(ctx context.Context, account, report string) (map[string]string, error) {
		return parts.Slugs(ctx, l, account, report)
	}
	return trial.All(ctx, jobs, bar.Next), nil
}

// history lets the builder know what was made before, and says what is owed. A ledger that
// cannot be read now is none: a trial only looks.
func (r *reportRun) history(ctx context.Context, c engine.Config) (owed []report.Job, l *ledger.Ledger, done func()) {
	if noLedgerFile(r.config) {
		c.Builder.History = preview.NoHistory{Archive: c.Archive, Location: c.Account.Location, Reports: c.Reports}
		return nil, nil, func() {}
	}
	l, err := r.openLedger(ctx, r.config, true)
	if err != nil {
		r.log.Warn("the trial does without number and comparison", "error", err)
		return nil, nil, func() {}
	}
	former, err := preview.FormerIDs(ctx, l, r.config)
	if err != nil {
		r.log.Warn("the trial does without the numbers of reports that have another id now", "error", err)
	}
	c.Builder.History, c.Ledger = preview.FormerHistory{History: l, Reader: l.Read, Former: former}, l
	if owed, err = engine.New(c).Owing(ctx, r.clock()); err != nil {
		r.log.Warn("the trial is of the latest periods", "error", err)
	}
	return owed, l, func() {
		if err := l.Close(); err != nil {
			r.log.Warn("ledger: close", "error", err)
		}
	}
}
