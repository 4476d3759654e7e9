package statement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/locales"
)

// tables are the totals per currency, then by operation, method, store and day where
// there is more than one to tell apart.
func tables(t *report.Totals, s report.Layout, words *locales.Printer, days int) ([]content.Table, error) {
	var out []content.Table
	measures := s.Measures
	for _, section := range []struct {
		by          report.Dimension
		title, head string
		least       int
	}{
		{report.PerCurrency, "summary.totals", "", 1}, {report.PerOperation, "summary.by_operation", "column.operation", 1},
		{report.PerAge, "summary.by_age", "summary.age", 1}, {report.PerProvider, "summary.by_provider", "column.provider", 2}, {report.PerMethod, "summary.by_method", "column.payment_method", 1}, {report.PerStore, "summary.by_store", "column.store", 2}, {report.PerDay, "summary.by_day", "summary.day", 2},
	} {
		groups := t.Groups[section.by]
		names := map[string]bool{}
		for g := range groups {
			names[g.Name] = true
		}
		switch {
		case len(groups) == 0, len(names) < section.least, section.by == report.PerDay && days < 2:
			continue
		case section.by == report.PerCurrency && len(s.Answer.Of) > 0: // the headlines have said it
			continue
		}
		made, err := tableBy(groups, measures, words, section.by, words.Word(section.title), section.head)
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

// tableBy writes a dimension out. With one currency only, that stands in the title and
// the last line sums the others; with several, each line names its own and none sums.
// Operations are never summed.
func tableBy(groups map[report.Group]*report.Sums, measures []report.Measure, words *locales.Printer, by report.Dimension, title, head string) (content.Table, error) {
	codes := rowsPerCurrency(groups)
	sole, single := soleCurrency(codes)
	single = single && by != report.PerCurrency
	summed := single && by != report.PerOperation // what is authorised and then captured is the same money
	out := heading(measures, words, title, head, single)
	if single {
		out.Title += " (" + string(sole) + ")"
	}
	sum, labels := report.Sums{}, groupLabels(groups, by, words)
	for _, g := range sortedGroups(groups, codes, by) {
		var cells []string
		if head != "" {
			cells = append(cells, labels[g.Name])
		}
		if !single {
			cells = append(cells, string(g.Code))
		}
		figures, err := measureCells(groups[g], measures, g.Code, words)
		if err != nil {
			return content.Table{}, err
		}
		out.Rows = append(out.Rows, append(cells, figures...))
		if !summed {
			continue
		}
		if err := sum.Add(groups[g]); err != nil {
			return content.Table{}, err
		}
	}
	if !summed || len(out.Rows) < 2 {
		return out, nil
	}
	figures, err := measureCells(&sum, measures, sole, words)
	out.Rows, out.Total = append(out.Rows, append([]string{words.Word("summary.sum")}, figures...)), true
	return out, err
}

// heading is a table with its head: what it is grouped by, the currency unless all are in
// one, and the measures.
func heading(measures []report.Measure, words *locales.Printer, title, head string, single bool) content.Table {
	out := content.Table{Title: title}
	if head != "" {
		out.Head, out.Right = append(out.Head, words.Word(head)), append(out.Right, false)
	}
	if !single {
		out.Head, out.Right = append(out.Head, words.Word("column.currency")), append(out.Right, false)
	}
	for _, m := range measures {
		out.Head, out.Right = append(out.Head, words.Word(m.Head)), append(out.Right, true)
	}
	return out
}

func rowsPerCurrency(groups map[report.Group]*report.Sums) map[money.Currency]int64 {
	codes := map[money.Currency]int64{}
	for g, f := range groups {
		for _, n := range f.Counts {
			codes[g.Code] += n
		}
	}
	return codes
}

func soleCurrency(codes map[money.Currency]int64) (sole money.Currency, ok bool) {
	for code := range codes {
		sole = code
	}
	return sole, len(codes) == 1
}

// sortedGroups orders lines: days by date, all else by name as Norwegians sort, then the
// currency with most rows first.
func sortedGroups(groups map[report.Group]*report.Sums, codes map[money.Currency]int64, by report.Dimension) []report.Group {
	collator := collate.New(language.Danish) // å last, aa as å: what "nb" of this library gets wrong
	return slices.SortedFunc(maps.Keys(groups), func(a, b report.Group) int {
		byName := cmp.Compare(a.Name, b.Name)
		switch by {
		case report.PerDay:
		case report.PerAge:
			byName = cmp.Compare(report.AgeIndex(a.Name), report.AgeIndex(b.Name))
		default:
			byName = cmp.Or(collator.CompareString(report.DisplayName(a.Name), report.DisplayName(b.Name)), byName)
		}
		return cmp.Or(byName, cmp.Compare(codes[b.Code], codes[a.Code]), cmp.Compare(a.Code, b.Code))
	})
}

func groupLabel(name string, by report.Dimension, words *locales.Printer) string {
	switch by {
	case report.PerDay:
		if day, err := time.Parse(calendar.DayLayout, name); err == nil {
			return words.ShortDay(day)
		}
	case report.PerAge:
		return words.Word("age." + name)
	case report.PerOperation:
		return words.WordOr("operation."+name, name)
	case report.PerProvider:
		return words.WordOr("provider."+name, name)
	}
	if label := report.DisplayName(name); label != "" {
		return label
	}
	return words.Word("document.none")
}

func measureCells(f *report.Sums, measures []report.Measure, code money.Currency, words *locales.Printer) ([]string, error) {
	var cells []string
	for _, m := range measures {
		var value int64
		for _, i := range m.Of {
			part := f.Sums[i]
			if m.Count {
				part = f.Counts[i]
			}
			var err error
			if value, err = money.Add(value, part); err != nil {
				return nil, fmt.Errorf("total of %s: %w", code, err)
			}
		}
		if m.Count {
			cells = append(cells, words.Int(value))
		} else {
			cells = append(cells, words.Number(money.Amount{Minor: value, Currency: code}))
		}
	}
	return cells, nil
}
