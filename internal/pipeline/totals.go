package pipeline

import (
	"fmt"
	"time"

	"rapport/internal/money"
	"rapport/render"
	"rapport/reportconfig"
)

// A dimension is what totals are grouped by, besides the currency.
type dimension int

const (
	perCurrency dimension = iota
	perMethod
	perStore
	perDay
	perOperation
	perHour // of the local day, of a report of one day
	perAge  // in buckets
	dimensions
)

// places are the groups that a row counts in: one of each dimension that has a name.
type places [dimensions]struct {
	name  string
	named bool
}

func (p *places) in(d dimension, name string) { p[d].name, p[d].named = name, true }

// A group is one line of a table of totals. Nothing is ever summed across currencies.
type group struct {
	name string
	code money.Currency
}

// groupSums are the counts and sums (minor units) of a group, by measure: what measure
// 0 … 3 are is up to the data type.
type groupSums struct{ counts, sums [4]int64 }

// totals are all sums of a report, taken from the rows that are printed.
type totals struct {
	rows     int64
	groups   [dimensions]map[group]*groupSums
	unlisted map[money.Currency]bool // currencies that ISO 4217 does not know

	lapses         []lapse                 // those with least time left
	atRisk, lapsed map[money.Currency]risk // what will lapse soon, and what has

	hour hour // of the last row
}

// An hour is a local hour, or what a clock change left of it: Unix seconds, half-open.
type hour struct {
	from, to  int64
	day, name string
}

func hourOf(at time.Time) hour {
	into := int64(at.Minute()*60 + at.Second())
	h := hour{from: at.Unix() - into, to: at.Unix() - into + 3600, day: at.Format(dayLayout), name: at.Format(hourLayout)}
	begins, ends := at.ZoneBounds()
	if !begins.IsZero() {
		h.from = max(h.from, begins.Unix())
	}
	if !ends.IsZero() && ends.After(at) {
		h.to = min(h.to, ends.Unix())
	}
	return h
}

func newTotals() *totals {
	return &totals{unlisted: map[money.Currency]bool{}, atRisk: map[money.Currency]risk{}, lapsed: map[money.Currency]risk{}}
}

// add counts an amount in its places.
func (t *totals) add(measure int, count int64, amount render.Value, p *places) error {
	if _, known := amount.Code.Decimals(); !known {
		t.unlisted[amount.Code] = true
	}
	for d := range p {
		if !p[d].named {
			continue
		}
		g := group{p[d].name, amount.Code}
		if t.groups[d] == nil {
			t.groups[d] = map[group]*groupSums{}
		}
		f := t.groups[d][g]
		if f == nil {
			f = &groupSums{}
			t.groups[d][g] = f
		}
		sum, err := money.Amount{Minor: f.sums[measure], Currency: g.code}.Add(money.Amount{Minor: amount.Number, Currency: amount.Code})
		if err != nil {
			return fmt.Errorf("total of %s: %w", amount.Code, err)
		}
		f.counts[measure] += count
		f.sums[measure] = sum.Minor
	}
	return nil
}

// storeName is a group name that keeps stores of one name apart.
func storeName(id, name render.Value) string { return id.Text + "\x00" + name.Text }

func (k transactionRows) count(t *totals, r *row) error {
	measure := 0
	if r.class == classRefund {
		measure = 1
	}
	var p places
	p.in(perCurrency, "")
	p.in(perMethod, r.cells[transactionMethod].Text)
	p.in(perStore, storeName(r.cells[transactionStoreID], r.cells[transactionStore]))
	t.along(&p, k.period, r.cells[transactionTime].Time)
	return t.add(measure, 1, r.cells[transactionNet], &p)
}

// How the groups of days and hours are named, in the account's zone.
const (
	dayLayout  = "2006-01-02"
	hourLayout = "15"
)

// along names the day of a row, and its hour in a report of one day.
func (t *totals) along(p *places, period reportconfig.Period, at time.Time) {
	if unix := at.Unix(); unix < t.hour.from || unix >= t.hour.to { // rows come by time: most are of the same hour
		t.hour = hourOf(at)
	}
	p.in(perDay, t.hour.day)
	if period.Schedule == reportconfig.Daily {
		p.in(perHour, t.hour.name)
	}
}

func (k openRows) count(t *totals, r *row) error {
	var p places
	p.in(perCurrency, "")
	p.in(perMethod, r.cells[openMethod].Text)
	p.in(perStore, storeName(r.cells[openStoreID], r.cells[openStore]))
	p.in(perAge, ageName(r.cells[openAge].Number))
	limit := lapseLimit(k.lapse, r.cells[openMethod].Text)
	if err := t.age(lapse{
		left: int64(limit) - r.cells[openAge].Number, id: r.cells[openID].Text, reference: r.cells[openReference].Text, method: r.cells[openMethod].Text,
		remaining: money.Amount{Minor: r.cells[openRemaining].Number, Currency: r.cells[openRemaining].Code},
	}, limit); err != nil {
		return err
	}
	for measure, cell := range []int{openAuthorised, openCaptured, openRefunded, openRemaining} {
		if err := t.add(measure, 1, r.cells[cell], &p); err != nil {
			return err
		}
	}
	return nil
}

// count takes each operation once, as its amount stands on every row of it; with a
// filter it takes the part of the destinations filtered on.
func (k orderRows) count(t *totals, r *row) error {
	amount, count := r.cells[orderAmount], int64(1)
	if r.repeats {
		amount.Number, count = 0, 0
	}
	if len(k.filter.Destinations) > 0 {
		amount = r.cells[orderDestinationAmount]
	}
	var p places
	p.in(perOperation, r.cells[orderOperation].Text)
	return t.add(0, count, amount, &p)
}

func (k walletRows) count(t *totals, r *row) error {
	measure, ok := map[class]int{classFund: 0, classDrawdown: 1, classReserved: 2, classReleased: 3}[r.class]
	amount := r.cells[walletAmount]
	if !ok { // a type that Dintero invents tomorrow is shown and counted, but is no money of ours
		measure, amount.Number = 0, 0
	}
	var p places
	p.in(perCurrency, "")
	t.along(&p, k.period, r.cells[walletTime].Time)
	return t.add(measure, 1, amount, &p)
}
