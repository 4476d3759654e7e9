// Package render makes documents of columns and rows: a CSV, or a PDF that is laid out on
// pages with the answer, totals and charts of its report. It knows no payments, and
// refuses a row that does not fit its columns and a sum that overflows. It never fails on
// what a text holds: emoji, control characters and endless strings are shown as well as
// they can be. The same input makes the same bytes.
package render

import (
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/locales"
)

// Document is all that a PDF says besides its rows.
type Document struct {
	Printer       *locales.Printer // nil: Norwegian
	Organization  content.Organization
	Title         string // the report's name
	Subtitle      string // what data it holds; empty when the title says it
	Period        string // "torsdag 19. november 2026"
	Span          string // the period's bounds with the zone
	Number        string // "Rapport nr. 12"; empty: it has none
	Previous      string // "forrige 3fa90c11d2e4"; empty: it is the first
	Headlines     []content.Headline
	Check         content.Check
	Remarks       []string        // what is missing or odd, the worst first
	Urgent        []content.Table // what somebody must act on
	Charts        []content.Chart // four at most are drawn, of 400 bars at most
	Facts         []content.Fact
	Tables        []content.Table // totals per currency, by payment method, by store, by day
	Notes         []string        // what a reader must know to read the figures
	Empty         string          // said instead of rows when there are none
	RowsElsewhere string          // said instead of rows when they are left to the CSV
	// ColumnsElsewhere is the key of the words that say where columns are which have no room among the
	// rows; empty: nothing is said of them.
	ColumnsElsewhere string
	// CharactersElsewhere is the key of the words that say where the characters are that the font
	// lacks; empty: nothing is said of it.
	CharactersElsewhere string
	Columns             []content.Column
	Currencies          []money.Currency // in the order in which sums name them; others follow by code
	Created             time.Time        // when the data was read; also the PDF's creation date
	Program             string           // "Rapport 1.2.0"
}
