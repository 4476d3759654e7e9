package statement

import (
	"context"
	"fmt"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/internal/report"
)

// History is what was made before. *ledger.Ledger is one.
type History interface {
	Period(context.Context, ledger.Key) (p ledger.Period, found bool, err error)
	Totals(ctx context.Context, periodID int64) ([]ledger.Total, error)
	NextNumber(context.Context, ledger.Key) (int, error)
}

// comparedPeriods is how many comparable periods are looked back at.
const comparedPeriods = 3

// A Previous is what is known of a report from before: the number of the one that is made,
// and the comparable periods, the newest first, up to the first that is not there whole.
type Previous struct {
	Number  int
	Periods []pastTotals
	Period  calendar.Period // the newest comparable one, there or not

	Corrected bool // the newest is told as it was corrected since
}

// A pastTotals is the totals of a period: by what they are of, without label, count and sum.
type pastTotals map[ledger.Total]ledger.Total

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
		totals, corrected, err := totalsOf(ctx, h, row.ID)
		if err != nil {
			return m, fmt.Errorf("history: %w", err)
		}
		m.Corrected = m.Corrected || corrected && len(m.Periods) == 0
		m.Periods = append(m.Periods, pastOf(totals))
	}
	return m, nil
}

// corrections is what a History may have besides: totals as they were corrected.
type corrections interface {
	CorrectedTotals(ctx context.Context, periodID int64) (totals []ledger.Total, found bool, err error)
}

// totalsOf are those of a period, as it was corrected since.
func totalsOf(ctx context.Context, h History, id int64) (totals []ledger.Total, corrected bool, err error) {
	if c, ok := h.(corrections); ok {
		if totals, corrected, err = c.CorrectedTotals(ctx, id); corrected || err != nil {
			return totals, corrected, err
		}
	}
	totals, err = h.Totals(ctx, id)
	return totals, false, err
}

func pastOf(totals []ledger.Total) pastTotals {
	p := pastTotals{}
	for _, t := range totals {
		key := t
		key.Label, key.Count, key.Sum = "", 0, 0
		p[key] = t
	}
	return p
}

// sum is the sum of some measures in a group of a past period, and how many rows they had.
func (p pastTotals) sum(dimension, name string, code money.Currency, measures ...string) (count, sum int64, err error) {
	for _, measure := range measures {
		t := p[ledger.Total{Dimension: dimension, Name: name, Currency: string(code), Measure: measure}]
		if sum, err = money.Add(sum, t.Sum); err != nil {
			return 0, 0, fmt.Errorf("history: %w", err)
		}
		count += t.Count
	}
	return count, sum, nil
}

// KeyOf is what the ledger knows a period by.
func KeyOf(account string, j report.Job) ledger.Key {
	return ledger.Key{Account: account, Report: j.Report.ID, From: j.Period.From, To: j.Period.To}
}
