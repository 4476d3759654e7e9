package statement

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
)

// tables are the totals per currency, then by operation, method, store and day where
// there is more than one to tell apart.
func (fs *Figures) tables(days int) ([]content.Table, error) {
	var out []content.Table
	for _, section := range []struct {
		by          report.Dimension
		title, head string
		least       int
	}{
		{report.PerCurrency, "summary.totals", "", 1}, {report.PerOperation, "summary.by_operation", "column.operation", 1},
		{report.PerAge, "summary.by_age", "summary.age", 1}, {report.PerProvider, "summary.by_provider", "column.provider", 2}, {report.PerMethod, "summary.by_method", "column.payment_method", 1}, {report.PerStore, "summary.by_store", "column.store", 2}, {report.PerDay, "summary.by_day", "summary.day", 2},
	} {
		groups := fs.Totals.Groups[section.by]
		names := map[string]bool{}
		for g := range groups {
			names[g.Name] = true
		}
		switch {
		case len(groups) == 0, len(names) < section.least, section.by == report.PerDay && days < 2:
			continue
		case section.by == report.PerCurrency && len(fs.Layout.Answer.Of) > 0: // the headlines have said it
			continue
		}
		made, err := fs.tableBy(section.by, section.title, section.head)
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	vat, err := (vatRates{fs}).table()
	if vat != nil {
		out = append(out, *vat)
	}
	return out, err
}

// groupTable is the table of one dimension.
type groupTable struct {
	*Figures
	by       report.Dimension
	labelled bool // its lines have names
	single   bool // all is in one currency, which stands in the title
}

// tableBy writes a dimension out. With one currency only, that stands in the title and
// the last line sums the others; with several, each line names its own and none sums.
// Operations are never summed.
func (fs *Figures) tableBy(by report.Dimension, title, head string) (content.Table, error) {
	groups, codes := fs.Totals.Groups[by], fs.currencies()
	single := len(codes) == 1 && by != report.PerCurrency
	t := groupTable{Figures: fs, by: by, labelled: head != "", single: single}
	summed := single && by != report.PerOperation // what is authorised and then captured is the same money
	out := t.heading(title, head)
	if single {
		out.Title += " (" + string(codes[0]) + ")"
	}
	sum, labels := report.Sums{}, fs.groupLabels(by)
	lines := t.sortedGroups(labels)
	for _, g := range lines {
		cells, err := t.line(labels[g.Name], g.Code, groups[g])
		if err != nil {
			return content.Table{}, err
		}
		out.Rows = append(out.Rows, cells)
		if !summed {
			continue
		}
		if err := sum.Add(groups[g]); err != nil {
			return content.Table{}, err
		}
	}
	if err := t.rank(&out, lines); err != nil || !summed || len(out.Rows) < 2 {
		return out, err
	}
	total, err := t.line(fs.Words.Word("summary.sum"), codes[0], &sum)
	out.Rows, out.Total = append(out.Rows, total), true
	return out, err
}

// line is a row of a table: what it is of, the currency unless all are in one, the figures.
func (t groupTable) line(label string, code money.Currency, f *report.Sums) ([]string, error) {
	var cells []string
	if t.labelled {
		cells = append(cells, label)
	}
	if !t.single {
		cells = append(cells, string(code))
	}
	figures, err := t.measureCells(f, code)
	return append(cells, figures...), err
}

// rank says which lines of a table are the largest and what stands for the others where it is
// cut: how many they are, and their sums in each currency.
func (t groupTable) rank(out *content.Table, lines []report.Group) error {
	if !t.labelled {
		return nil
	}
	groups, sizes := t.Totals.Groups[t.by], make([]float64, len(lines))
	for i, g := range lines {
		sizes[i] = t.size(groups[g], g.Code)
	}
	sums, counts := map[money.Currency]*report.Sums{}, map[money.Currency]int64{}
	add := func(i int) error {
		g := lines[i]
		if sums[g.Code] == nil {
			sums[g.Code] = &report.Sums{}
		}
		counts[g.Code]++
		return sums[g.Code].Add(groups[g])
	}
	return out.RankRows(sizes, add, func() (rows [][]string, err error) {
		for _, code := range t.currencies() {
			if counts[code] == 0 {
				continue
			}
			cells, err := t.line(t.Words.Word("document.more", t.Words.Int(counts[code])), code, sums[code])
			if err != nil {
				return nil, err
			}
			rows = append(rows, cells)
		}
		return rows, nil
	})
}

// size is what a group comes to, in major units.
func (t groupTable) size(f *report.Sums, code money.Currency) float64 {
	of, sum := t.Layout.Answer.Of, 0.0
	if len(of) == 0 {
		of = []int{0}
	}
	for _, i := range of {
		sum += float64(f.Sums[i])
	}
	digits, _ := code.Decimals()
	return math.Abs(sum) / math.Pow10(digits)
}

// heading is a table with its head: what it is grouped by, the currency unless all are in
// one, and the measures.
func (t groupTable) heading(title, head string) content.Table {
	words, out := t.Words, content.Table{Title: t.Words.Word(title)}
	if head != "" {
		out.Head, out.Right = append(out.Head, words.Word(head)), append(out.Right, false)
	}
	if !t.single {
		out.Head, out.Right = append(out.Head, words.Word("column.currency")), append(out.Right, false)
	}
	for _, m := range (feeTotals{t.Figures}).measuresOf(t.by) {
		out.Head, out.Right = append(out.Head, words.Word(m.Head)), append(out.Right, true)
	}
	if n := len(out.Head); len((feeTotals{t.Figures}).measuresOf(t.by)) > len(t.Layout.Measures) {
		out.Lead = n - 2 // not the fees
	}
	return out
}

// sortedGroups orders lines: days by date, all else by label as Norwegians sort, then the
// currencies in their order.
func (t groupTable) sortedGroups(labels map[string]string) []report.Group {
	collator := collate.New(language.Danish) // å last, aa as å: what "nb" of this library gets wrong
	compare := t.compareCurrencies()
	return slices.SortedFunc(maps.Keys(t.Totals.Groups[t.by]), func(a, b report.Group) int {
		byName := cmp.Compare(a.Name, b.Name)
		switch t.by {
		case report.PerDay:
		case report.PerAge:
			byName = cmp.Compare(report.AgeIndex(a.Name), report.AgeIndex(b.Name))
		case report.PerOperation:
			byName = cmp.Or(collator.CompareString(a.Name, b.Name), byName)
		default:
			byName = cmp.Or(collator.CompareString(labels[a.Name], labels[b.Name]), byName)
		}
		return cmp.Or(byName, compare(a.Code, b.Code))
	})
}

func (fs *Figures) groupLabel(name string, by report.Dimension) string {
	words := fs.Words
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
	case report.PerStore:
		name = fs.Totals.Store(name)
	case report.PerMethod:
		name = report.MethodName(words, name)
	}
	return cmp.Or(name, words.Word("document.none"))
}

func (t groupTable) measureCells(f *report.Sums, code money.Currency) ([]string, error) {
	var cells []string
	words := t.Words
	for _, m := range (feeTotals{t.Figures}).measuresOf(t.by) {
		value, err := measured(m, f)
		if err != nil {
			return nil, fmt.Errorf("total of %s: %w", code, err)
		}
		switch {
		case m.Count:
			cells = append(cells, words.Int(value))
		case isUntold(m, f):
			cells = append(cells, "")
		default:
			cells = append(cells, words.Number(money.Amount{Minor: value, Currency: code}))
		}
	}
	return cells, nil
}
