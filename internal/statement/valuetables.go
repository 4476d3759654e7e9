package statement

import (
	"fmt"
	"slices"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
)

// ValueTable is a table of totals as values, for programs that calculate with them.
type ValueTable struct {
	Title string
	Head  []string
	Rows  [][]content.Value
}

// ValueTables are the totals per currency, then those of every dimension that has any. Each
// line names its currency, and none is a sum of others.
func ValueTables(fs *Figures) ([]ValueTable, error) {
	var out []ValueTable
	if fs.corrected != nil {
		return correctedValues(fs)
	}
	for _, section := range []struct {
		by          report.Dimension
		title, head string
	}{
		{report.PerCurrency, "summary.totals", ""}, {report.PerOperation, "summary.by_operation", "column.operation"},
		{report.PerAge, "summary.by_age", "summary.age"}, {report.PerMethod, "summary.by_method", "column.payment_method"},
		{report.PerProvider, "summary.by_provider", "column.provider"}, {report.PerStore, "summary.by_store", "column.store"}, {report.PerDay, "summary.by_day", "summary.day"},
	} {
		groups := fs.Totals.Groups[section.by]
		if len(groups) == 0 {
			continue
		}
		t := groupTable{Figures: fs, by: section.by, labelled: section.head != ""}
		heading := t.heading(section.title, section.head)
		made, labels := ValueTable{Title: heading.Title, Head: heading.Head}, fs.groupLabels(section.by)
		_, unsettled := (feeTotals{fs}).told()
		if unsettled = unsettled && section.by == report.PerCurrency; unsettled {
			made.Head = append(made.Head, fs.Words.Word("summary.unsettled"))
		}
		for _, g := range t.sortedGroups(labels) {
			var row []content.Value
			if t.labelled {
				row = append(row, content.TextOf(labels[g.Name]))
			}
			row = append(row, content.TextOf(string(g.Code)))
			for _, m := range (feeTotals{fs}).measuresOf(section.by) {
				value, err := measured(m, groups[g])
				if err != nil {
					return nil, fmt.Errorf("total of %s: %w", g.Code, err)
				}
				switch {
				case m.Count:
					row = append(row, content.IntegerOf(value))
				case isUntold(m, groups[g]):
					row = append(row, content.Value{})
				default:
					row = append(row, content.MoneyOf(value, g.Code))
				}
			}
			if unsettled {
				row = append(row, content.MoneyOf(groups[g].Sums[report.UnsettledMeasure], g.Code))
			}
			made.Rows = append(made.Rows, row)
		}
		out = append(out, made)
	}
	return slices.Concat(out, (vatRates{fs}).values(), moneyTables(fs)), nil
}

// moneyTables are what is owed to card holders, and the bridge of a report of settlements.
func moneyTables(fs *Figures) (out []ValueTable) {
	words := fs.Words
	if codes := owedCards(fs); len(codes) > 0 {
		made := ValueTable{Title: words.Word("summary.cards"), Head: []string{words.Word("column.currency")}}
		for _, line := range cardLines() {
			made.Head = append(made.Head, words.Word(line.word))
		}
		for _, code := range codes {
			row := []content.Value{content.TextOf(string(code))}
			for _, line := range cardLines() {
				row = append(row, content.MoneyOf(line.of(fs.Totals.Cards[code]), code))
			}
			made.Rows = append(made.Rows, row)
		}
		out = append(out, made)
	}
	if fs.Settlements == nil {
		return out
	}
	made := ValueTable{Title: words.Word("summary.bridge")}
	for _, key := range BridgeColumns() {
		made.Head = append(made.Head, words.Word("column."+key))
	}
	for _, l := range fs.Settlements.Lines {
		row := []content.Value{content.TextOf(string(l.Currency)), content.TextOf(l.Seller), content.TextOf(l.Provider)}
		for _, minor := range BridgeFigures(l) {
			row = append(row, content.MoneyOf(minor, l.Currency))
		}
		made.Rows = append(made.Rows, row)
	}
	if len(made.Rows) > 0 {
		out = append(out, made)
	}
	return append(out, settlementValues(fs)...)
}

// measured is what a measure comes to.
func measured(m report.Measure, f *report.Sums) (value int64, err error) {
	for _, i := range m.Of {
		part := f.Sums[i]
		if m.Count {
			part = f.Counts[i]
		}
		if value, err = money.Add(value, part); err != nil {
			return 0, err
		}
	}
	return value, nil
}
