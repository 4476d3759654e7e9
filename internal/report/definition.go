// Package report is what each data type is: which rows a thing of Dintero's makes, in which
// columns, and how rows are counted and summed. It sorts rows, drops the copies of a thing
// that do not count, and keeps totals by currency. It refuses to guess: an amount that cannot
// be told, or a total that overflows, is an error. It reads no source and writes no file.
package report

import (
	"fmt"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/locales"
	"rapport/reportconfig"
)

// columns are those of a data type, with their titles in words' language.
func (s Layout) Titled(words *locales.Printer) []content.Column {
	var columns []content.Column
	for _, c := range s.Columns {
		columns = append(columns, content.Column{
			Title: words.Word("column." + c.Key), Kind: c.kind, Rank: c.rank, Day: c.role == dayRole, Sum: c.role == sumRole,
		})
	}
	return columns
}

// An Answer is the figure that a report is opened for, in each currency.
type Answer struct {
	Word  string // what it is called
	Of    []int  // the measures that it sums; none: the report has no such figure
	Parts []AnswerPart
}

// An AnswerPart is one measure that the answer is made of.
type AnswerPart struct {
	Word, Count string // the word for it, and for its rows with their number; "" for no number
	Of          int
}

// A Definition is how one data type becomes rows and totals. It is also a taker of the things
// that its rows are made of; count adds a row that is printed to the totals.
type Definition interface {
	Layout() Layout
	Count(*Totals, *Row) error
}

// A Layout is what a data type's report looks like, whatever its rows.
type Layout struct {
	Columns  []Column
	Ledgered []string // what the measures of the totals are called in the ledger
	Measures []Measure
	Answer   Answer
	Income   bool                                           // the answer is money earned: none of it is odd
	Empty    string                                         // word: said when there are no rows
	words    map[string]Wording                             // by column key: the cells that say something in a language
	people   map[string]Wording                             // by column key: likewise, where a document for people says more than a file
	Notes    []string                                       // words: what a reader must know to read the figures right
	Lead     func(t *Totals, words *locales.Printer) string // the answer in a sentence, when there are rows and no figure is the answer
}

// A Column is a column of a data type: its word, what it holds and its worth in the PDF.
type Column struct {
	Key  string
	kind content.Kind
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

// A Measure is a column of a table of totals: the counts or the sums of some measures added up.
type Measure struct {
	Head  string // word
	Count bool
	Of    []int
}

// Define is the one place that knows all data types.
func Define(report *reportconfig.Report, period calendar.Period, lapse []reportconfig.LapseLimit) (Definition, error) {
	one := func(r *reportconfig.Report) Definition {
		switch data := r.Data.(type) {
		case reportconfig.Transactions:
			return transactionReport{period, data, r.Part != nil}
		case reportconfig.Open:
			return openReport{period, data, lapse, r.Part != nil}
		}
		return nil
	}
	switch data := report.Data.(type) {
	case reportconfig.Transactions, reportconfig.Open:
		if report.Split != "" {
			return splitBy(report, one(report), one), nil
		}
		return one(report), nil
	case reportconfig.Orders:
		return orderReport{period, data}, nil
	case reportconfig.Wallets:
		return walletReport{period}, nil
	case reportconfig.Settlements:
		return settlementReport{period}, nil
	}
	return nil, fmt.Errorf("no data type %T", report.Data)
}
