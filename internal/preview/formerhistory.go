package preview

import (
	"cmp"
	"context"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// FormerHistory is the history of reports that the ledger knows under the ids that they had: a trial renames nothing.
type FormerHistory struct {
	statement.History
	Reader func(context.Context, func(ledger.Tx) error) error // of the ledger
	Former map[string]string                                  // by the id that they have
}

// Period is that of the report, under whatever id it is known.
func (h FormerHistory) Period(ctx context.Context, key ledger.Key) (p ledger.Period, found bool, err error) {
	key.Report = cmp.Or(h.Former[key.Report], key.Report)
	return h.History.Period(ctx, key)
}

// Read reads the ledger.
func (h FormerHistory) Read(ctx context.Context, do func(ledger.Tx) error) error {
	return h.Reader(ctx, do)
}

// NextNumber is that of the report, under whatever id it is known.
func (h FormerHistory) NextNumber(ctx context.Context, key ledger.Key) (int, error) {
	key.Report = cmp.Or(h.Former[key.Report], key.Report)
	return h.History.NextNumber(ctx, key)
}

// FormerIDs are the ids under which the ledger knows reports that have another one in the file, by that.
func FormerIDs(ctx context.Context, l *ledger.Ledger, config *reportconfig.Config) (map[string]string, error) {
	former := map[string]string{}
	rows, err := l.PlannedThrough(ctx, config.Account)
	for _, row := range rows {
		for _, report := range config.Reports {
			if report.Was == row.Report {
				former[report.ID] = row.Report
			}
		}
	}
	return former, err
}

// Jobs are what a trial makes of each report: what it owes, else its latest due period.
func Jobs(config *reportconfig.Config, chosen []*reportconfig.Report, owed []report.Job, now time.Time) (jobs []report.Job) {
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
