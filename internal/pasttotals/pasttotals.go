// Package pasttotals is the recorded totals of a period that was made before, to compare with. It refuses to
// add what is of two currencies.
package pasttotals

import (
	"context"
	"fmt"

	"rapport/internal/ledger"
	"rapport/internal/money"
)

// A Source has the totals of a period that is made.
type Source interface {
	Totals(ctx context.Context, periodID int64) ([]ledger.Total, error)
}

// corrections is what a Source may have besides: totals as they were corrected.
type corrections interface {
	CorrectedTotals(ctx context.Context, periodID int64) (totals []ledger.Total, found bool, err error)
}

// Totals are those of a period: by what they are of, without label, count and sum.
type Totals map[ledger.Total]ledger.Total

// Of are those of a period, as it was corrected since.
func Of(ctx context.Context, s Source, periodID int64) (totals Totals, corrected bool, err error) {
	var all []ledger.Total
	if c, ok := s.(corrections); ok {
		all, corrected, err = c.CorrectedTotals(ctx, periodID)
	}
	if !corrected && err == nil {
		all, err = s.Totals(ctx, periodID)
	}
	if err != nil {
		return nil, false, err
	}
	totals = Totals{}
	for _, t := range all {
		key := t
		key.Label, key.Count, key.Sum = "", 0, 0
		totals[key] = t
	}
	return totals, corrected, nil
}

// Sum is the sum of some measures in a group, in minor units, and how many rows they had.
func (p Totals) Sum(dimension, name string, code money.Currency, measures ...string) (count, sum int64, err error) {
	for _, measure := range measures {
		t := p[ledger.Total{Dimension: dimension, Name: name, Currency: string(code), Measure: measure}]
		if sum, err = money.Add(sum, t.Sum); err != nil {
			return 0, 0, fmt.Errorf("history: %w", err)
		}
		count += t.Count
	}
	return count, sum, nil
}
