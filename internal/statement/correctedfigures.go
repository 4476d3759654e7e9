package statement

import (
	"cmp"
	"rapport/internal/content"
	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/locales"
	"slices"
	"strings"
)

// A figure is a measure of a group, before and after.
type figure struct {
	label         string
	code          money.Currency
	count         bool
	before, after int64
}

func (f figure) cells(words *locales.Printer) []string {
	said := func(n int64) string { return words.Number(money.Amount{Minor: n, Currency: f.code}) }
	by := words.Signed(money.Amount{Minor: f.after - f.before, Currency: f.code})
	if f.count {
		said = words.Int
		by = words.Int(f.after - f.before)
		if f.after > f.before {
			by = "+" + by
		}
	}
	if f.before == f.after {
		by = said(0)
	}
	return []string{f.label, said(f.before), said(f.after), by}
}

// correctedFigures are the totals before and after: per currency, or per operation where that is
// what the data type sums by.
func correctedFigures(words *locales.Printer, l report.Layout, c Corrected, first money.Currency) (out []figure, err error) {
	before, after := pastOf(c.Before), pastOf(c.After)
	for _, code := range correctedCodes(c, first) {
		for _, g := range correctedGroups(c, code) {
			for _, m := range l.Measures {
				f := figure{label: string(code) + " " + strings.ToLower(words.Word(m.Head)), code: code, count: m.Count}
				if g.Name != "" {
					f.label = string(code) + " " + words.WordOr("operation."+g.Name, g.Name) + ", " + strings.ToLower(words.Word(m.Head))
				}
				var names []string
				for _, i := range m.Of {
					names = append(names, l.Ledgered[i])
				}
				counts := [2]int64{}
				if counts[0], f.before, err = before.sum(g.Dimension, g.Name, code, names...); err != nil {
					return nil, err
				}
				if counts[1], f.after, err = after.sum(g.Dimension, g.Name, code, names...); err != nil {
					return nil, err
				}
				if m.Count {
					f.before, f.after = counts[0], counts[1]
				}
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// correctedGroups are those of a currency that the figures are of.
func correctedGroups(c Corrected, code money.Currency) (groups []ledger.Total) {
	seen := map[ledger.Total]bool{}
	for _, t := range slices.Concat(c.Before, c.After) {
		g := ledger.Total{Dimension: t.Dimension, Name: t.Name}
		if t.Currency == string(code) && (t.Dimension == "currency" || t.Dimension == "operation") && !seen[g] {
			seen[g] = true
			groups = append(groups, g)
		}
	}
	slices.SortFunc(groups, func(a, b ledger.Total) int {
		return cmp.Or(cmp.Compare(a.Dimension, b.Dimension), cmp.Compare(a.Name, b.Name))
	})
	return groups
}

func correctedTable(words *locales.Printer, l report.Layout, c Corrected, first money.Currency) (content.Table, error) {
	t := content.Table{
		Title: words.Word("correction.totals"), Whole: true, Right: []bool{false, true, true, true},
		Head: []string{words.Word("correction.figure"), words.Word("correction.before"), words.Word("correction.after"), words.Word("summary.change")},
	}
	figures, err := correctedFigures(words, l, c, first)
	for _, f := range figures {
		t.Rows = append(t.Rows, f.cells(words))
	}
	return t, err
}

// correctedValues are the totals before and after as values.
func correctedValues(fs *Figures) ([]ValueTable, error) {
	heading, err := correctedTable(fs.Words, fs.Layout, *fs.corrected, fs.own)
	if err != nil {
		return nil, err
	}
	figures, err := correctedFigures(fs.Words, fs.Layout, *fs.corrected, fs.own)
	t := ValueTable{Title: heading.Title, Head: heading.Head}
	for _, f := range figures {
		row := []content.Value{content.TextOf(f.label)}
		for _, n := range []int64{f.before, f.after, f.after - f.before} {
			if f.count {
				row = append(row, content.IntegerOf(n))
			} else {
				row = append(row, content.MoneyOf(n, f.code))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return []ValueTable{t}, err
}
