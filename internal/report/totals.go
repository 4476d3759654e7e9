package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/text"
)

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
	PerVAT // by rate: measure 0 is the amount with VAT, 1 the VAT
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
	Unknown  map[Group]Amounts       // money of a kind that nobody knows, by type: counted in no group
	Exceeded []string                // the first of the transactions of which more was captured than authorised
	Excess   int64                   // how many captures did that

	seller *storeName            // of a seller's report: their store
	stores map[string]*storeName // by group name
	room   int                   // bytes that more names may take

	Cards       map[money.Currency]*CardDebt // what is owed to card holders, of a report of gift cards
	UnreadCards string                       // the first movement before the period that cannot be read: what is owed is not known

	Expiring        []Expiring                 // those with least time left
	Lapsed          []Expiring                 // those past their time, the latest to pass it first
	AtRisk, Expired map[money.Currency]Amounts // what will lapse soon, and what has

	hour hour // of the last row
}

// An hour is a local hour, or what a clock change left of it: Unix seconds, half-open.
type hour struct {
	from, to  int64
	day, name string
}

func hourOf(at time.Time, day calendar.Period) hour {
	into, begun := int64(at.Minute()*60+at.Second()), at
	if day.DayStarts.Minute != 0 { // its hours begin as it does, else its first and last have one name
		into = (at.Unix() - day.From.Unix()) % 3600
		begun = at.Add(-time.Duration(into) * time.Second)
	}
	h := hour{from: at.Unix() - into, to: at.Unix() - into + 3600, day: day.String(), name: begun.Format(calendar.HourLayout)}
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
	return &Totals{
		Unlisted: map[money.Currency]bool{}, AtRisk: map[money.Currency]Amounts{}, Expired: map[money.Currency]Amounts{},
		Unknown: map[Group]Amounts{}, stores: map[string]*storeName{}, room: maxNameBytes, Cards: map[money.Currency]*CardDebt{},
	}
}

// Amounts are how many amounts in one currency, and their sum in minor units.
type Amounts struct{ Count, Sum int64 }

func (a Amounts) add(minor int64) (Amounts, error) {
	sum, err := money.Add(a.Sum, minor)
	return Amounts{a.Count + 1, sum}, err
}

// What totals may be grouped by: more than anybody has, and what still has room in memory.
const (
	maxGroups     = 20_000
	maxCurrencies = 1_000
	maxNameBytes  = 16 << 20
)

// claim makes room for one more group of a dimension.
func (t *Totals) claim(d Dimension, g Group) error {
	most := maxGroups
	if d == PerCurrency {
		most = maxCurrencies
	}
	t.room -= len(g.Name) + len(g.Code)
	if len(t.Groups[d]) >= most || t.room < 0 {
		return fmt.Errorf("totals by %s: more than there is room for (%d, or %d MiB of names)", dimensionWord(d), most, maxNameBytes>>20)
	}
	return nil
}

func dimensionWord(d Dimension) string {
	return map[Dimension]string{PerCurrency: "currency", PerMethod: "payment method", PerStore: "store", PerDay: "day", PerOperation: "operation", PerHour: "hour", PerAge: "age", PerProvider: "provider", PerVAT: "VAT rate"}[d]
}

// AddUnknown takes money of a kind that nobody knows, which is no row of the report.
func (t *Totals) AddUnknown(r *Row) error {
	kind, amount := r.Cells[0].Text, r.Cells[1]
	g := Group{strings.Clone(text.Truncate(kind, maxKind)), money.Currency(strings.Clone(string(amount.Code)))}
	sum, known := t.Unknown[g]
	if !known && len(t.Unknown) >= maxKinds {
		return fmt.Errorf("money of more than %d kinds that nobody knows", maxKinds)
	}
	sum, err := sum.add(amount.Number)
	if err != nil {
		return fmt.Errorf("money of unknown kind %s: %w", text.Quoted(kind, maxKind), err)
	}
	t.Unknown[g] = sum
	return nil
}

const (
	maxKinds = 200 // with their currencies
	maxKind  = 64  // runes of one
)

// addExcess notes a capture with which more is captured of a transaction than was authorised.
func (t *Totals) addExcess(reference string) {
	t.Excess++
	reference = strings.Clone(text.Truncate(reference, maxKind))
	if len(t.Exceeded) < MaxExceeded && !slices.Contains(t.Exceeded, reference) {
		t.Exceeded = append(t.Exceeded, reference)
	}
}

// MaxExceeded is how many of those are named.
const MaxExceeded = 5

// Add counts an amount in its places.
func (t *Totals) Add(measure int, count int64, amount content.Value, p *groupKeys) error {
	return t.addAll(amount.Code, p, delta{measure, count, amount.Number})
}

// A delta is what a row adds to a measure.
type delta struct {
	measure      int
	count, minor int64
}

func (t *Totals) addAll(code money.Currency, p *groupKeys, deltas ...delta) error {
	if _, known := code.Decimals(); !known {
		t.Unlisted[code] = true
	}
	for d := range p {
		if !p[d].named {
			continue
		}
		g := Group{p[d].name, code}
		if t.Groups[d] == nil {
			t.Groups[d] = map[Group]*Sums{}
		}
		f := t.Groups[d][g]
		if f == nil {
			if err := t.claim(Dimension(d), g); err != nil {
				return err
			}
			f = &Sums{}
			g.Name, g.Code = strings.Clone(g.Name), money.Currency(strings.Clone(string(g.Code))) // they may be a part of many rows
			t.Groups[d][g] = f
		}
		for _, add := range deltas {
			sum, err := money.Add(f.Sums[add.measure], add.minor)
			if err != nil {
				return fmt.Errorf("total of %s: %w", code, err)
			}
			f.Counts[add.measure] += add.count
			f.Sums[add.measure] = sum
		}
	}
	return nil
}

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
