package pipeline

import (
	"context"
	"fmt"

	"rapport/locales"
	"rapport/render"
	"rapport/reportconfig"
)

// A kind is how one data type becomes rows and totals. Gather takes in all things that
// the source has for the period; count adds a row that is printed to the totals.
type kind interface {
	shape() shape
	gather(context.Context, Source, *collector) error
	count(*totals, *row) error
}

// A shape is what a data type's report looks like, whatever its rows.
type shape struct {
	columns  []column
	measures []measure
	empty    string                                         // word: said when there are no rows
	notes    []string                                       // words: what a reader must know to read the figures right
	lead     func(t *totals, words *locales.Printer) string // the answer in a sentence, when there are rows
}

// A column is a column of a data type: its word, what it holds and its worth in the PDF.
type column struct {
	key  string
	kind render.Kind
	rank int
}

// A measure is a column of a table of totals: the counts or the sums of some measures added up.
type measure struct {
	head  string // word
	count bool
	of    []int
}

// kindOf is the one place that knows all data types.
func kindOf(report *reportconfig.Report, period reportconfig.Period, words *locales.Printer) (kind, error) {
	switch data := report.Data.(type) {
	case reportconfig.Transactions:
		return transactionRows{period, data, words}, nil
	case reportconfig.Open:
		return openRows{period, data, words}, nil
	case reportconfig.Orders:
		return orderRows{period, data, words}, nil
	case reportconfig.Wallets:
		return walletRows{period, words}, nil
	}
	return nil, fmt.Errorf("no data type %T", report.Data)
}
