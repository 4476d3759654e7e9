// Package render makes documents: columns, rows and totals become a CSV or a PDF.
// It knows no payments. Rows go in one by one and Close makes the document whole;
// what was not closed is not a document. It never fails on what a text holds:
// emoji, control characters and endless strings are shown as well as they can be.
package render

import (
	"time"

	"rapport/internal/money"
	"rapport/locales"
)

// Encoder writes one document. Row takes a value for each column, in order; Close
// finishes the document and must be called once, after the last row. After an error
// every further call returns it. An encoder is used by one goroutine.
type Encoder interface {
	Row(cells ...Value) error
	Close() error
}

// Kind is what a column holds.
type Kind uint8

// The kinds of values.
const (
	Blank Kind = iota // nothing: an empty cell in any column
	Text
	Time    // an instant, written in its own zone
	Money   // an amount, always with its currency's decimals
	Integer // a whole number
	Decimal // a decimal number that came as text: a quantity, a rate
)

// Value is one cell.
type Value struct {
	Kind   Kind
	Text   string // Text; Decimal as "12.5"
	Number int64  // Integer; Money in minor units
	Code   money.Currency
	Time   time.Time // in the zone that it is written in
}

// TextOf, TimeOf, MoneyOf, IntegerOf and DecimalOf are values of their kind.
func TextOf(s string) Value { return Value{Kind: Text, Text: s} }

// TimeOf is an instant, written in its own zone.
func TimeOf(t time.Time) Value { return Value{Kind: Time, Time: t} }

// MoneyOf is an amount in minor units.
func MoneyOf(minor int64, code money.Currency) Value {
	return Value{Kind: Money, Number: minor, Code: code}
}

// IntegerOf is a whole number.
func IntegerOf(n int64) Value { return Value{Kind: Integer, Number: n} }

// DecimalOf is a decimal number as text with a point; an empty text is a blank cell.
func DecimalOf(text string) Value {
	if text == "" {
		return Value{}
	}
	return Value{Kind: Decimal, Text: text}
}

// Column is a column of the rows. The CSV has all of them; the PDF those that fit.
type Column struct {
	Title string
	Kind  Kind
	// Rank orders the columns by worth in the PDF: 1 is always there, then 2, 3 … as long
	// as there is room; 0 is in the CSV only. A column without any value is not shown. One
	// of texts that are all the same is said once, above the rows, if its rank is over 1.
	Rank int
	Day  bool // a time by whose day the rows are grouped; one column at most
	Sum  bool // amounts that add up: to a line for each day and currency, and to one at the end
}

// Table is a table of totals, its cells already written in the report's language.
type Table struct {
	Title string
	Head  []string
	Right []bool // which columns are figures
	Rows  [][]string
	Total bool // the last row is the sum of those above it
}

// Fact is a labelled line of the document's head: the filters, when the data was read.
type Fact struct{ Label, Value string }

// Headline is the answer in one currency, in large figures.
type Headline struct {
	Label  string // what the figure is: "Netto"
	Amount string // with its currency
	Change string // against the comparable period: "+12 % mot forrige torsdag"; empty where there is none
	Parts  []Part // what it is made of
}

// Part is one thing that a headline is made of: "Innløst", "52 990,95", "67 innløsninger".
type Part struct{ Label, Amount, Count string }

// Chart is a bar chart of one currency, drawn as vectors.
type Chart struct {
	Title string
	Bars  []Bar
}

// Bar is a bar of a chart: a day or an hour. Minor is in minor units and may be negative;
// Amount says it in words.
type Bar struct {
	Label, Amount string
	Minor         int64
}

// CheckState says how figures compare with those of a second source.
type CheckState uint8

// The states of a check. Unsaid is no line at all.
const (
	Unsaid CheckState = iota
	Agrees
	Differs
	NotChecked
)

// Check is the line that says whether the figures agree with a second source, and where not.
type Check struct {
	State   CheckState
	Text    string
	Details []string
}

// Organization is who the report is about.
type Organization struct {
	Name   string
	Number string // nine digits, or empty
	Logo   []byte // PNG or JPEG, or nil
}

// Document is all that a PDF says besides its rows.
type Document struct {
	Printer       *locales.Printer
	Organization  Organization
	Title         string // the report's name
	Subtitle      string // what data it holds; empty when the title says it
	Period        string // "torsdag 19. november 2026"
	Span          string // the period's bounds with the zone
	Number        string // "Rapport nr. 12"; empty: it has none
	Headlines     []Headline
	Check         Check
	Remarks       []string // what is missing or odd, the worst first
	Urgent        []Table  // what somebody must act on
	Charts        []Chart  // four at most are drawn, of 400 bars at most
	Facts         []Fact
	Tables        []Table  // totals per currency, by payment method, by store, by day
	Notes         []string // what a reader must know to read the figures
	Empty         string   // said instead of rows when there are none
	RowsElsewhere string   // said instead of rows when they are left to the CSV
	Columns       []Column
	Created       time.Time // when the data was read; also the PDF's creation date
	Program       string    // "Rapport 1.2.0"
}
