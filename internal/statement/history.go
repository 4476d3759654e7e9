package statement

import (
	"context"
	"fmt"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/pasttotals"
	"rapport/internal/report"
)

// History is what was made before. *ledger.Ledger is one.
type History interface {
	pasttotals.Source
	Period(context.Context, ledger.Key) (p ledger.Period, found bool, err error)
	NextNumber(context.Context, ledger.Key) (int, error)
}

// comparedPeriods is how many comparable periods are looked back at.
const comparedPeriods = 3

// A Previous is what is known of a report from before: the number of the one that is made,
// and the comparable periods, the newest first, up to the first that is not there whole.
type Previous struct {
	Number  int
	Periods []pasttotals.Totals
	Period  calendar.Period // the newest comparable one, there or not

	Corrected bool // the newest is told as it was corrected since
}

// LoadPrevious looks up what the ledger knows. Without one it knows nothing.
func LoadPrevious(ctx context.Context, h History, account string, j report.Job) (m Previous, err error) {
	m.Period = j.Period.Comparable()
	if h == nil {
		return m, nil
	}
	if m.Number, err = h.NextNumber(ctx, KeyOf(account, j)); err != nil {
		return m, err
	}
	for p := m.Period; len(m.Periods) < comparedPeriods; p = p.Comparable() {
		row, found, err := h.Period(ctx, KeyOf(account, report.Job{Report: j.Report, Period: p}))
		if err != nil {
			return m, fmt.Errorf("history: %w", err)
		}
		if !found || row.State != ledger.Made || !row.Detailed || row.FilterHash != report.FilterHash(j.Report.Data) {
			return m, nil
		}
		totals, corrected, err := pasttotals.Of(ctx, h, row.ID)
		if err != nil {
			return m, fmt.Errorf("history: %w", err)
		}
		m.Corrected = m.Corrected || corrected && len(m.Periods) == 0
		m.Periods = append(m.Periods, totals)
	}
	return m, nil
}

// KeyOf is what the ledger knows a period by.
func KeyOf(account string, j report.Job) ledger.Key {
	return ledger.Key{Account: account, Report: j.Report.ID, From: j.Period.From, To: j.Period.To}
}
