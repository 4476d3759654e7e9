package preview

import (
	"cmp"
	"context"
	"time"

	"rapport/internal/archive"
	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// NoHistory is what a trial knows where no ledger is yet: nothing was made before, and
// numbers go on behind what the archive holds, as those of a new ledger do.
type NoHistory struct {
	Archive  string
	Location *time.Location
	Reports  []reportconfig.Report
}

// Period finds none.
func (NoHistory) Period(context.Context, ledger.Key) (p ledger.Period, found bool, err error) {
	return p, false, nil
}

// Totals are none.
func (NoHistory) Totals(context.Context, int64) ([]ledger.Total, error) { return nil, nil }

// NextNumber is one more than the archive holds of a report from before a period.
func (h NoHistory) NextNumber(_ context.Context, key ledger.Key) (number int, err error) {
	names, err := archive.Periods(archive.ReportDir(h.Archive, key.Report))
	if err != nil {
		return 0, err
	}
	var cycle calendar.Cycle
	for i := range h.Reports {
		if h.Reports[i].ID == cmp.Or(reportconfig.PartOf(key.Report), key.Report) {
			cycle = h.Reports[i].Timing().Cycle
		}
	}
	number = 1
	for _, name := range names {
		if p, err := cycle.ParsePeriod(name, h.Location); err == nil && p.From.Before(key.From) {
			number++
		}
	}
	return number, nil
}
