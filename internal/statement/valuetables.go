package statement

import (
	"fmt"

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
	for _, section := range []struct {
		by          report.Dimension
		title, head string
	}{
		{report.PerCurrency, "summary.totals", ""}, {report.PerOperation, "summary.by_operation", "column.operation"},
		{report.PerAge, "summary.by_age", "summary.age"}, {report.PerMethod, "summary.by_method", "column.payment_method"},
		{report.PerStore, "summary.by_store", "column.store"}, {report.PerDay, "summary.by_day", "summary.day"},
	} {
		groups := fs.Totals.Groups[section.by]
		if len(groups) == 0 {
			continue
		}
		t := groupTable{Figures: fs, by: section.by, labelled: section.head != ""}
		heading := t.heading(section.title, section.head)
		made, labels := ValueTable{Title: heading.Title, Head: heading.Head}, fs.groupLabels(section.by)
		for _, g := range t.sortedGroups(labels) {
			var row []content.Value
			if t.labelled {
				row = append(row, content.TextOf(labels[g.Name]))
			}
			row = append(row, content.TextOf(string(g.Code)))
			for _, m := range fs.Layout.Measures {
				value, err := measured(m, groups[g])
				if err != nil {
					return nil, fmt.Errorf("total of %s: %w", g.Code, err)
				}
				if m.Count {
					row = append(row, content.IntegerOf(value))
				} else {
					row = append(row, content.MoneyOf(value, g.Code))
				}
			}
			made.Rows = append(made.Rows, row)
		}
		out = append(out, made)
	}
	return out, nil
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
