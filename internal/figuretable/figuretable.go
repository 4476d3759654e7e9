// Package figuretable sets the recorded totals of a period in tables for people: by currency, payment
// method, store and operation. It refuses to add what is of two currencies.
package figuretable

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/internal/text"
	"rapport/locales"
)

// A Table is the totals of a period by one thing: currency, payment method or store.
type Table struct {
	Title string
	Head  []string
	Rows  [][]string
	More  bool // rows that the report's file alone has
}

const mostRows = 30 // of a table

// Of are a period's totals as they were recorded. Nothing is summed across currencies.
func Of(ctx context.Context, l *ledger.Ledger, words *locales.Printer, period int64) (tables []Table, err error) {
	totals, err := l.Totals(ctx, period)
	return tablesOf(words, totals), err
}

func tablesOf(words *locales.Printer, totals []ledger.Total) (tables []Table) {
	for _, dimension := range []string{"currency", "method", "store", "operation"} {
		t := Table{Title: words.Word("page.figures." + dimension)}
		var measures []string
		type line struct{ name, label, currency string }
		var lines []line
		cells := map[line]map[string]ledger.Total{}
		for _, one := range totals {
			if one.Dimension != dimension {
				continue
			}
			if !slices.Contains(measures, one.Measure) {
				measures = append(measures, one.Measure)
			}
			l := line{one.Name, one.Label, one.Currency}
			if cells[l] == nil {
				cells[l], lines = map[string]ledger.Total{}, append(lines, l)
			}
			cells[l][one.Measure] = one
		}
		if len(lines) == 0 || dimension == "operation" && len(lines) == 1 {
			continue
		}
		t.Head, t.More = []string{t.Title}, len(lines) > mostRows
		for _, m := range measures {
			t.Head = append(t.Head, words.WordOr("column."+m, words.WordOr("summary."+m, m)))
		}
		answers, names := answersOf(totals), map[string]string{}
		size := func(l line) (most int64) {
			for _, m := range answers {
				most += cells[l][m].Sum
			}
			return max(most, -most)
		}
		for _, l := range lines {
			names[l.name] = cmp.Or(l.label, l.name)
		}
		text.TellApart(names, text.PrintableLine)
		if t.More { // the largest are shown
			slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(size(b), size(a)) })
		}
		for _, l := range lines[:min(len(lines), mostRows)] {
			name := names[l.name]
			if dimension == "method" {
				name = report.MethodName(words, l.name)
			}
			row := []string{text.PrintableLine(name)}
			if dimension == "currency" {
				row[0] = l.currency
			}
			for _, m := range measures {
				cell := ""
				if one, is := cells[l][m]; is {
					cell = words.Money(money.Amount{Minor: one.Sum, Currency: money.Currency(l.currency)})
				}
				row = append(row, cell)
			}
			t.Rows = append(t.Rows, row)
		}
		tables = append(tables, t)
	}
	return tables
}

// answersOf are the measures whose sum a report answers with. What was refunded or used is negative.
func answersOf(totals []ledger.Total) []string {
	for _, answer := range [][]string{{"remaining"}, {"paid_out"}, {"amount"}, {"issued", "used"}} {
		if slices.ContainsFunc(totals, func(t ledger.Total) bool { return slices.Contains(answer, t.Measure) }) {
			return answer
		}
	}
	return []string{"captured", "refunded"}
}

// Headline is the figure that a report answers with, per currency.
func Headline(ctx context.Context, l *ledger.Ledger, words *locales.Printer, period int64) (string, error) {
	totals, err := l.Totals(ctx, period)
	return headlineOf(words, totals), err
}

func headlineOf(words *locales.Printer, totals []ledger.Total) string {
	answer := answersOf(totals)
	net, times, order := map[string]int64{}, map[string]int64{}, []string{}
	for _, t := range totals {
		if t.Dimension != "currency" || !slices.Contains(answer, t.Measure) {
			continue
		}
		if _, known := net[t.Currency]; !known {
			order = append(order, t.Currency)
		}
		net[t.Currency] += t.Sum
		times[t.Currency] += t.Count
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(times[b], times[a]) }) // what is paid with most leads
	var said []string
	for _, code := range order {
		said = append(said, words.Money(money.Amount{Minor: net[code], Currency: money.Currency(code)}))
	}
	return strings.Join(said, ", ")
}
