package main

import (
	"cmp"
	"context"
	"time"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/parts"
	"rapport/internal/preview"
	"rapport/internal/progress"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
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
		jobs = trialJobs(r.config, r.reports, owed, r.clock())
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
	c.Builder.History, c.Ledger = formerHistory{l, l.Read, r.renamedSince(ctx, l)}, l
	if owed, err = engine.New(c).Owing(ctx, r.clock()); err != nil {
		r.log.Warn("the trial is of the latest periods", "error", err)
	}
	return owed, l, func() {
		if err := l.Close(); err != nil {
			r.log.Warn("ledger: close", "error", err)
		}
	}
}

// formerHistory is the history of reports that the ledger knows under the ids that they had: a trial renames nothing.
type formerHistory struct {
	statement.History
	read   func(context.Context, func(ledger.Tx) error) error
	former map[string]string // by the id that they have
}

func (h formerHistory) Period(ctx context.Context, key ledger.Key) (p ledger.Period, found bool, err error) {
	key.Report = cmp.Or(h.former[key.Report], key.Report)
	return h.History.Period(ctx, key)
}

func (h formerHistory) Read(ctx context.Context, do func(ledger.Tx) error) error {
	return h.read(ctx, do)
}

func (h formerHistory) NextNumber(ctx context.Context, key ledger.Key) (int, error) {
	key.Report = cmp.Or(h.former[key.Report], key.Report)
	return h.History.NextNumber(ctx, key)
}

// renamedSince are the ids under which the ledger knows reports that have another one in the file.
func (r *reportRun) renamedSince(ctx context.Context, l *ledger.Ledger) map[string]string {
	former := map[string]string{}
	rows, err := l.PlannedThrough(ctx, r.config.Account)
	if err != nil {
		r.log.Warn("the trial does without the numbers of reports that have another id now", "error", err)
	}
	for _, row := range rows {
		for _, report := range r.config.Reports {
			if report.Was == row.Report {
				former[report.ID] = row.Report
			}
		}
	}
	return former
}

// trialJobs are what a trial makes of each report: what it owes, else its latest due period.
func trialJobs(config *reportconfig.Config, chosen []*reportconfig.Report, owed []report.Job, now time.Time) (jobs []report.Job) {
	for _, entry := range chosen {
		n := len(jobs)
		for _, j := range owed {
			if j.Report.ID == entry.ID {
				jobs = append(jobs, j)
			}
		}
		if len(jobs) == n {
			jobs = append(jobs, report.Job{Report: entry, Period: entry.Timing().Latest(now, config.Location)})
		}
	}
	return jobs
}
