package pipeline

import (
	"fmt"

	"rapport/locales"
	"rapport/render"
	"rapport/reportconfig"
)

// A kind is how one data type becomes rows and totals. It is also a taker of the things
// that its rows are made of; count adds a row that is printed to the totals.
type kind interface {
	shape() shape
	count(*totals, *row) error
}

// A shape is what a data type's report looks like, whatever its rows.
type shape struct {
	columns  []column
	counted  []string // what the measures of the totals are called in the ledger
	measures []measure
	answer   answer
	income   bool                                           // the answer is money earned: none of it is odd
	empty    string                                         // word: said when there are no rows
	words    map[string]wording                             // by column key: the cells that say something in a language
	notes    []string                                       // words: what a reader must know to read the figures right
	lead     func(t *totals, words *locales.Printer) string // the answer in a sentence, when there are rows and no figure is the answer
}

// A column is a column of a data type: its word, what it holds and its worth in the PDF.
type column struct {
	key  string
	kind render.Kind
	rank int
	role role
}

// A role is what a column is in the PDF besides its cells.
type role uint8

const (
	plainRole role = iota
	dayRole        // rows are grouped by its day
	sumRole        // its amounts add up
)

// A measure is a column of a table of totals: the counts or the sums of some measures added up.
type measure struct {
	head  string // word
	count bool
	of    []int
}

// kindOf is the one place that knows all data types.
func kindOf(report *reportconfig.Report, period reportconfig.Period, lapse []reportconfig.LapseLimit) (kind, error) {
	switch data := report.Data.(type) {
	case reportconfig.Transactions:
		return transactionRows{period, data}, nil
	case reportconfig.Open:
		return openRows{period, data, lapse}, nil
	case reportconfig.Orders:
		return orderRows{period, data}, nil
	case reportconfig.Wallets:
		return walletRows{period}, nil
	}
	return nil, fmt.Errorf("no data type %T", report.Data)
}
