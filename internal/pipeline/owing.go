package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"rapport/internal/ledger"
)

// Owing lists what a run at now would make, oldest first, and writes nothing down: what is
// owed already, and what has fallen due since.
func (d *Desk) Owing(ctx context.Context, now time.Time) (jobs []Job, err error) {
	known, err := d.frontiers(ctx)
	if err != nil {
		return nil, err
	}
	if d.owners, err = d.Ledger.ArchiveDirs(ctx); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	rows, err := d.Ledger.OwedPeriods(ctx, d.Account)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	for _, row := range rows {
		if j, ok := d.job(row); ok && !row.Due.After(now) {
			jobs = append(jobs, j)
		}
	}
	for i := range d.Reports {
		due, err := d.dueSince(&d.Reports[i], known[d.Reports[i].ID], now)
		if err != nil {
			return nil, err
		}
		for _, p := range due {
			if p.State != ledger.Owed {
				continue
			}
			if j, ok := d.job(ledger.Period{Key: p.Key, Name: p.Name, Schedule: p.Schedule}); ok {
				jobs = append(jobs, j)
			}
		}
	}
	slices.SortStableFunc(jobs, func(x, y Job) int {
		return cmp.Or(x.Period.To.Compare(y.Period.To), cmp.Compare(d.byID[x.Report.ID], d.byID[y.Report.ID]))
	})
	return jobs, nil
}
