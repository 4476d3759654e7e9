package report

import (
	"fmt"
	"strings"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/money"
)

// DisplayName is the name of a store group, or its id where it has none.
func DisplayName(name string) string {
	id, store, isStore := strings.Cut(name, "\x00")
	if isStore && store != "" {
		return store
	}
	return id
}

func (f *Sums) Add(o *Sums) error {
	for i := range f.Sums {
		sum, err := money.Add(f.Sums[i], o.Sums[i])
		if err != nil {
			return fmt.Errorf("total: %w", err)
		}
		f.Sums[i] = sum
		f.Counts[i] += o.Counts[i]
	}
	return nil
}

// A Dimension is what totals are grouped by, besides the currency.
type Dimension int

const (
	PerCurrency Dimension = iota
	PerMethod
	PerStore
	PerDay
	PerOperation
	PerHour // of the local day, of a report of one day
	PerAge  // in buckets
	PerProvider
	dimensions
)

// groupKeys are the groups that a row counts in: one of each dimension that has a name.
type groupKeys [dimensions]struct {
	name  string
	named bool
}

func (p *groupKeys) in(d Dimension, name string) { p[d].name, p[d].named = name, true }

// A Group is one line of a table of totals. Nothing is ever summed across currencies.
type Group struct {
	Name string
	Code money.Currency
}

// Sums are the counts and sums (minor units) of a group, by measure: what measure
// 0 … 3 are is up to the data type.
type Sums struct{ Counts, Sums [4]int64 }

// Totals are all sums of a report, taken from the rows that are printed.
type Totals struct {
	Rows     int64
	Groups   [dimensions]map[Group]*Sums
	Unlisted map[money.Currency]bool // currencies that ISO 4217 does not know

	Expiring        []Expiring              // those with least time left
	AtRisk, Expired map[money.Currency]risk // what will lapse soon, and what has

	hour hour // of the last row
}

// An hour is a local hour, or what a clock change left of it: Unix seconds, half-open.
type hour struct {
	from, to  int64
	day, name string
}

func hourOf(at time.Time, day calendar.Period) hour {
	into := int64(at.Minute()*60 + at.Second())
	h := hour{from: at.Unix() - into, to: at.Unix() - into + 3600, day: day.String(), name: at.Format(calendar.HourLayout)}
	h.from, h.to = max(h.from, day.From.Unix()), min(h.to, day.To.Unix())
	begins, ends := at.ZoneBounds()
	if !begins.IsZero() {
		h.from = max(h.from, begins.Unix())
	}
	if !ends.IsZero() && ends.After(at) {
		h.to = min(h.to, ends.Unix())
	}
	return h
}

func NewTotals() *Totals {
	return &Totals{Unlisted: map[money.Currency]bool{}, AtRisk: map[money.Currency]risk{}, Expired: map[money.Currency]risk{}}
}

// Add counts an amount in its places.
func (t *Totals) Add(measure int, count int64, amount content.Value, p *groupKeys) error {
	if _, known := amount.Code.Decimals(); !known {
		t.Unlisted[amount.Code] = true
	}
	for d := range p {
		if !p[d].named {
			continue
		}
		g := Group{p[d].name, amount.Code}
		if t.Groups[d] == nil {
			t.Groups[d] = map[Group]*Sums{}
		}
		f := t.Groups[d][g]
		if f == nil {
			f = &Sums{}
			t.Groups[d][g] = f
		}
		sum, err := money.Amount{Minor: f.Sums[measure], Currency: g.Code}.Add(money.Amount{Minor: amount.Number, Currency: amount.Code})
		if err != nil {
			return fmt.Errorf("total of %s: %w", amount.Code, err)
		}
		f.Counts[measure] += count
		f.Sums[measure] = sum.Minor
	}
	return nil
}

// storeName is a group name that keeps stores of one name apart.
func storeName(id, name content.Value) string { return id.Text + "\x00" + name.Text }

// addTime names the day of a row, and its hour in a report of one day.
func (t *Totals) addTime(p *groupKeys, period calendar.Period, at time.Time) {
	if unix := at.Unix(); unix < t.hour.from || unix >= t.hour.to { // rows come by time: most are of the same hour
		t.hour = hourOf(at, period.DayAt(at))
	}
	p.in(PerDay, t.hour.day)
	if period.Schedule == calendar.Daily {
		p.in(PerHour, t.hour.name)
	}
}
