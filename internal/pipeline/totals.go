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
)

// A group is one line of a table of totals. Nothing is ever summed across currencies.
type group struct {
	name string
	code money.Currency
}

// figures are counts and sums (minor units) by measure: what measure 0 … 3 are is
// up to the data type.
type figures struct{ counts, sums [4]int64 }

// totals are all sums of a report, taken from the rows that are printed.
type totals struct {
	rows     int64
	groups   map[dimension]map[group]*figures
	unlisted map[money.Currency]bool // currencies that ISO 4217 does not know

	lapses         []lapse                 // those with least time left
	atRisk, lapsed map[money.Currency]risk // what will lapse soon, and what has
}

func newTotals() *totals {
	return &totals{groups: map[dimension]map[group]*figures{}, unlisted: map[money.Currency]bool{}, atRisk: map[money.Currency]risk{}, lapsed: map[money.Currency]risk{}}
}

// add counts an amount in one group of each dimension given.
func (t *totals) add(measure int, count int64, amount render.Value, names map[dimension]string) error {
	if _, known := amount.Code.Decimals(); !known {
		t.unlisted[amount.Code] = true
	}
	for d, name := range names {
		g := group{name, amount.Code}
		if t.groups[d] == nil {
			t.groups[d] = map[group]*figures{}
		}
		f := t.groups[d][g]
		if f == nil {
			f = &figures{}
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
	names := map[dimension]string{
		perCurrency: "", perMethod: r.cells[transactionMethod].Text,
		perStore: storeName(r.cells[transactionStoreID], r.cells[transactionStore]),
	}
	along(names, k.period, r.cells[transactionTime].Time)
	return t.add(measure, 1, r.cells[transactionNet], names)
}

// How the groups of days and hours are named, in the account's zone.
const (
	dayLayout  = "2006-01-02"
	hourLayout = "15"
)

// along names the day of a row, and its hour in a report of one day.
func along(names map[dimension]string, p reportconfig.Period, at time.Time) {
	names[perDay] = at.Format(dayLayout)
	if p.Schedule == reportconfig.Daily {
		names[perHour] = at.Format(hourLayout)
	}
}

func (k openRows) count(t *totals, r *row) error {
	names := map[dimension]string{
		perCurrency: "", perMethod: r.cells[openMethod].Text,
		perStore: storeName(r.cells[openStoreID], r.cells[openStore]), perAge: ageName(r.cells[openAge].Number),
	}
	limit := lapseLimit(k.lapse, r.cells[openMethod].Text)
	if err := t.age(lapse{
		left: int64(limit) - r.cells[openAge].Number, id: r.cells[openID].Text, reference: r.cells[openReference].Text, method: r.cells[openMethod].Text,
		remaining: money.Amount{Minor: r.cells[openRemaining].Number, Currency: r.cells[openRemaining].Code},
	}, limit); err != nil {
		return err
	}
	for measure, cell := range []int{openAuthorised, openCaptured, openRefunded, openRemaining} {
		if err := t.add(measure, 1, r.cells[cell], names); err != nil {
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
	return t.add(0, count, amount, map[dimension]string{perOperation: r.cells[orderOperation].Text})
}

func (k walletRows) count(t *totals, r *row) error {
	measure, ok := map[class]int{classFund: 0, classDrawdown: 1, classReserved: 2, classReleased: 3}[r.class]
	amount := r.cells[walletAmount]
	if !ok { // a type that Dintero invents tomorrow is shown and counted, but is no money of ours
		measure, amount.Number = 0, 0
	}
	names := map[dimension]string{perCurrency: ""}
	along(names, k.period, r.cells[walletTime].Time)
	return t.add(measure, 1, amount, names)
}
