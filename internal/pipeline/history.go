package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/reportconfig"
)

// History is what was made before. *ledger.Ledger is one.
type History interface {
	Period(context.Context, ledger.Key) (p ledger.Period, found bool, err error)
	Totals(ctx context.Context, periodID int64) ([]ledger.Total, error)
	NextNumber(context.Context, ledger.Key) (int, error)
}

// remembered is how many comparable periods are looked back at.
const remembered = 3

// A memory is what is known of a report from before: the number of the one that is made,
// and the comparable periods, the newest first, up to the first that is not there whole.
type memory struct {
	number int
	before []past
	period reportconfig.Period // the newest comparable one, there or not
}

// A past is the totals of a period: by what they are of, without label, count and sum.
type past map[ledger.Total]ledger.Total

// remember looks up what the ledger knows. Without one it knows nothing.
func (r *Runner) remember(ctx context.Context, j Job) (m memory, err error) {
	m.period = comparable(j.Period)
	if r.History == nil {
		return m, nil
	}
	if m.number, err = r.History.NextNumber(ctx, r.key(j)); err != nil {
		return m, err
	}
	m.number += j.ahead
	for p := m.period; len(m.before) < remembered; p = comparable(p) {
		row, found, err := r.History.Period(ctx, r.key(Job{Report: j.Report, Period: p}))
		if err != nil {
			return m, fmt.Errorf("history: %w", err)
		}
		if !found || row.State != ledger.Made || row.FilterHash != basis(j.Report) {
			return m, nil
		}
		totals, err := r.History.Totals(ctx, row.ID)
		if err != nil {
			return m, fmt.Errorf("history: %w", err)
		}
		m.before = append(m.before, pastOf(totals))
	}
	return m, nil
}

func pastOf(totals []ledger.Total) past {
	p := past{}
	for _, t := range totals {
		key := t
		key.Label, key.Count, key.Sum = "", 0, 0
		p[key] = t
	}
	return p
}

// of is the sum of some measures in a group of a past period, and how many rows they had.
func (p past) of(dimension, name string, code money.Currency, measures ...string) (count, sum int64, err error) {
	for _, measure := range measures {
		t := p[ledger.Total{Dimension: dimension, Name: name, Currency: string(code), Measure: measure}]
		if sum, err = money.Add(sum, t.Sum); err != nil {
			return 0, 0, fmt.Errorf("history: %w", err)
		}
		count += t.Count
	}
	return count, sum, nil
}

// comparable is the period that another is compared with: the same weekday of the week
// before, the same half of the month before, else the one before.
func comparable(p reportconfig.Period) reportconfig.Period {
	switch p.Schedule {
	case reportconfig.Daily:
		year, month, day := p.From.Date()
		return p.Schedule.Containing(time.Date(year, month, day-7, 12, 0, 0, 0, p.From.Location()), p.From.Location())
	case reportconfig.TwiceAMonth:
		return p.Previous().Previous()
	}
	return p.Previous()
}

// basis names what a report's totals are made of. Only those of one basis are compared:
// not those of a report that had other filters then.
func basis(report *reportconfig.Report) string {
	parts := []string{string(report.Data.DataType())}
	add := func(filter string, values []string) {
		for _, v := range slices.Sorted(slices.Values(values)) {
			parts = append(parts, filter+" "+v)
		}
	}
	switch d := report.Data.(type) {
	case reportconfig.Transactions:
		add("store", d.Stores)
		add("seller", d.Sellers)
	case reportconfig.Open:
		add("store", d.Stores)
		parts = append(parts, fmt.Sprint("older than ", d.OlderThanDays))
	case reportconfig.Orders:
		add("destination", d.Destinations)
	}
	return shortHash(parts)
}
