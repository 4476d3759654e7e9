package pipeline

import (
	"fmt"

	"rapport/internal/money"
	"rapport/render"
)

// A dimension is what totals are grouped by, besides the currency.
type dimension int

const (
	perCurrency dimension = iota
	perMethod
	perStore
	perDay
	perOperation
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
}

func newTotals() *totals {
	return &totals{groups: map[dimension]map[group]*figures{}, unlisted: map[money.Currency]bool{}}
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
	return t.add(measure, 1, r.cells[transactionNet], map[dimension]string{
		perCurrency: "", perMethod: r.cells[transactionMethod].Text,
		perStore: storeName(r.cells[transactionStoreID], r.cells[transactionStore]),
		perDay:   r.cells[transactionTime].Time.Format(dayLayout),
	})
}

const dayLayout = "2006-01-02"

func (k openRows) count(t *totals, r *row) error {
	names := map[dimension]string{
		perCurrency: "", perMethod: r.cells[openMethod].Text,
		perStore: storeName(r.cells[openStoreID], r.cells[openStore]),
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
	return t.add(measure, 1, amount, map[dimension]string{perCurrency: "", perDay: r.cells[walletTime].Time.Format(dayLayout)})
}
