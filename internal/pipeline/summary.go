package pipeline

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/locales"
)

// A table is a table of totals in the report's language. PDF and mail show the same ones.
type table = content.Table

// tables are the totals per currency, then by operation, method, store and day where
// there is more than one to tell apart.
func tables(t *totals, s shape, words *locales.Printer, days int) ([]table, error) {
	var out []table
	measures := s.measures
	for _, section := range []struct {
		by          dimension
		title, head string
		least       int
	}{
		{perCurrency, "summary.totals", "", 1}, {perOperation, "summary.by_operation", "column.operation", 1},
		{perAge, "summary.by_age", "summary.age", 1}, {perMethod, "summary.by_method", "column.payment_method", 1}, {perStore, "summary.by_store", "column.store", 2}, {perDay, "summary.by_day", "summary.day", 2},
	} {
		groups := t.groups[section.by]
		names := map[string]bool{}
		for g := range groups {
			names[g.name] = true
		}
		switch {
		case len(groups) == 0, len(names) < section.least, section.by == perDay && days < 2:
			continue
		case section.by == perCurrency && len(s.answer.of) > 0: // the headlines have said it
			continue
		}
		made, err := oneTable(groups, measures, words, section.by, words.Word(section.title), section.head)
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

// oneTable writes a dimension out. With one currency only, that stands in the title and
// the last line sums the others; with several, each line names its own and none sums.
// Operations are never summed.
func oneTable(groups map[group]*figures, measures []measure, words *locales.Printer, by dimension, title, head string) (table, error) {
	codes := rowsPerCurrency(groups)
	sole, single := soleCurrency(codes)
	single = single && by != perCurrency
	summed := single && by != perOperation // what is authorised and then captured is the same money
	out := heading(measures, words, title, head, single)
	if single {
		out.Title += " (" + string(sole) + ")"
	}
	sum, labels := figures{}, groupLabels(groups, by, words)
	for _, g := range sortedGroups(groups, codes, by) {
		var cells []string
		if head != "" {
			cells = append(cells, labels[g.name])
		}
		if !single {
			cells = append(cells, string(g.code))
		}
		figures, err := measured(groups[g], measures, g.code, words)
		if err != nil {
			return table{}, err
		}
		out.Rows = append(out.Rows, append(cells, figures...))
		if !summed {
			continue
		}
		if err := sum.add(groups[g]); err != nil {
			return table{}, err
		}
	}
	if !summed || len(out.Rows) < 2 {
		return out, nil
	}
	figures, err := measured(&sum, measures, sole, words)
	out.Rows, out.Total = append(out.Rows, append([]string{words.Word("summary.sum")}, figures...)), true
	return out, err
}

// heading is a table with its head: what it is grouped by, the currency unless all are in
// one, and the measures.
func heading(measures []measure, words *locales.Printer, title, head string, single bool) table {
	out := table{Title: title}
	if head != "" {
		out.Head, out.Right = append(out.Head, words.Word(head)), append(out.Right, false)
	}
	if !single {
		out.Head, out.Right = append(out.Head, words.Word("column.currency")), append(out.Right, false)
	}
	for _, m := range measures {
		out.Head, out.Right = append(out.Head, words.Word(m.head)), append(out.Right, true)
	}
	return out
}

func rowsPerCurrency(groups map[group]*figures) map[money.Currency]int64 {
	codes := map[money.Currency]int64{}
	for g, f := range groups {
		for _, n := range f.counts {
			codes[g.code] += n
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
func sortedGroups(groups map[group]*figures, codes map[money.Currency]int64, by dimension) []group {
	collator := collate.New(language.Danish) // å last, aa as å: what "nb" of this library gets wrong
	return slices.SortedFunc(maps.Keys(groups), func(a, b group) int {
		byName := cmp.Compare(a.name, b.name)
		switch by {
		case perDay:
		case perAge:
			byName = cmp.Compare(ageIndex(a.name), ageIndex(b.name))
		default:
			byName = cmp.Or(collator.CompareString(display(a.name), display(b.name)), byName)
		}
		return cmp.Or(byName, cmp.Compare(codes[b.code], codes[a.code]), cmp.Compare(a.code, b.code))
	})
}

// display is the name of a store group, or its id where it has none.
func display(name string) string {
	id, store, isStore := strings.Cut(name, "\x00")
	if isStore && store != "" {
		return store
	}
	return id
}

func groupLabel(name string, by dimension, words *locales.Printer) string {
	switch by {
	case perDay:
		if day, err := time.Parse(dayLayout, name); err == nil {
			return words.ShortDay(day)
		}
	case perAge:
		return words.Word("age." + name)
	case perOperation:
		return words.WordOr("operation."+name, name)
	}
	if label := display(name); label != "" {
		return label
	}
	return words.Word("document.none")
}

func measured(f *figures, measures []measure, code money.Currency, words *locales.Printer) ([]string, error) {
	var cells []string
	for _, m := range measures {
		var value int64
		for _, i := range m.of {
			part := f.sums[i]
			if m.count {
				part = f.counts[i]
			}
			var err error
			if value, err = money.Add(value, part); err != nil {
				return nil, fmt.Errorf("total of %s: %w", code, err)
			}
		}
		if m.count {
			cells = append(cells, words.Int(value))
		} else {
			cells = append(cells, words.Number(money.Amount{Minor: value, Currency: code}))
		}
	}
	return cells, nil
}

func (f *figures) add(o *figures) error {
	for i := range f.sums {
		sum, err := money.Add(f.sums[i], o.sums[i])
		if err != nil {
			return fmt.Errorf("total: %w", err)
		}
		f.sums[i] = sum
		f.counts[i] += o.counts[i]
	}
	return nil
}
