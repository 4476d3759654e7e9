// Package beforeafter holds the totals of a report before and after a correction beside each
// other, in each currency. It refuses a sum that overflows, and compares no two currencies.
package beforeafter

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/locales"
)

// A Change is the totals before and after.
type Change struct{ Before, After []ledger.Total }

// sums are totals by what they are of, without label, count and sum.
type sums map[ledger.Total]ledger.Total

func sumsOf(totals []ledger.Total) sums {
	s := sums{}
	for _, t := range totals {
		key := t
		key.Label, key.Count, key.Sum = "", 0, 0
		s[key] = t
	}
	return s
}

// sum is that of some measures of a group, and how many rows they had.
func (s sums) sum(dimension, name string, code money.Currency, measures ...string) (count, sum int64, err error) {
	for _, measure := range measures {
		t := s[ledger.Total{Dimension: dimension, Name: name, Currency: string(code), Measure: measure}]
		if sum, err = money.Add(sum, t.Sum); err != nil {
			return 0, 0, fmt.Errorf("total: %w", err)
		}
		count += t.Count
	}
	return count, sum, nil
}

// Answer is the answer of a report in a currency before and after, and by how much it changed.
func (c Change) Answer(l report.Layout, code money.Currency) (before, after, by int64, err error) {
	var names []string
	for _, i := range l.Answer.Of {
		names = append(names, l.Ledgered[i])
	}
	if _, before, err = sumsOf(c.Before).sum("currency", "", code, names...); err != nil {
		return 0, 0, 0, err
	}
	if _, after, err = sumsOf(c.After).sum("currency", "", code, names...); err != nil {
		return 0, 0, 0, err
	}
	if by, err = money.Sub(after, before); err != nil {
		return 0, 0, 0, fmt.Errorf("difference: %w", err)
	}
	return before, after, by, nil
}

// codes are the currencies of before and after: the own, then by code.
func (c Change) codes(first money.Currency) []money.Currency {
	all := map[money.Currency]bool{}
	for _, t := range slices.Concat(c.Before, c.After) {
		all[money.Currency(t.Currency)] = true
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b money.Currency) int { return cmp.Or(isFirst(b, first)-isFirst(a, first), cmp.Compare(a, b)) })
}

// Codes are the currencies of which a figure has changed; if none has, the first.
func (c Change) Codes(first money.Currency) []money.Currency {
	figures := func(all []ledger.Total, code money.Currency) sums {
		return sumsOf(slices.DeleteFunc(slices.Clone(all), func(t ledger.Total) bool { return t.Currency != string(code) }))
	}
	all := c.codes(first)
	changed := slices.DeleteFunc(slices.Clone(all), func(code money.Currency) bool {
		return maps.Equal(figures(c.Before, code), figures(c.After, code))
	})
	if len(changed) == 0 {
		return all[:min(len(all), 1)]
	}
	return changed
}

// A Figure is a measure of a group, before and after.
type Figure struct {
	Label         string
	Code          money.Currency
	Count         bool
	Before, After int64
}

// Cells are what the figure is of, before, after and the change, in words.
func (f Figure) Cells(words *locales.Printer) []string {
	said := func(n int64) string { return words.Number(money.Amount{Minor: n, Currency: f.Code}) }
	by := words.Signed(money.Amount{Minor: f.After - f.Before, Currency: f.Code})
	if f.Count {
		said = words.Int
		by = words.Int(f.After - f.Before)
		if f.After > f.Before {
			by = "+" + by
		}
	}
	if f.Before == f.After {
		by = said(0)
	}
	return []string{f.Label, said(f.Before), said(f.After), by}
}

// Figures are the totals before and after: per currency, or per operation where that is
// what the data type sums by.
func (c Change) Figures(words *locales.Printer, l report.Layout, first money.Currency) (out []Figure, err error) {
	before, after := sumsOf(c.Before), sumsOf(c.After)
	for _, code := range c.codes(first) {
		for _, g := range c.groups(code) {
			for _, m := range l.Measures {
				f := Figure{Label: string(code) + " " + strings.ToLower(words.Word(m.Head)), Code: code, Count: m.Count}
				if g.Name != "" {
					f.Label = string(code) + " " + words.WordOr("operation."+g.Name, g.Name) + ", " + strings.ToLower(words.Word(m.Head))
				}
				var names []string
				for _, i := range m.Of {
					names = append(names, l.Ledgered[i])
				}
				counts := [2]int64{}
				if counts[0], f.Before, err = before.sum(g.Dimension, g.Name, code, names...); err != nil {
					return nil, err
				}
				if counts[1], f.After, err = after.sum(g.Dimension, g.Name, code, names...); err != nil {
					return nil, err
				}
				if m.Count {
					f.Before, f.After = counts[0], counts[1]
				}
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// groups are those of a currency that the figures are of.
func (c Change) groups(code money.Currency) (groups []ledger.Total) {
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

func isFirst(code, first money.Currency) int {
	if code == first {
		return 1
	}
	return 0
}

// Text is what the operator is told of the answer: "NOK 100.00 → 150.00 (+50.00)".
func (c Change) Text(l report.Layout) (string, error) {
	if len(l.Answer.Of) == 0 {
		return "", nil
	}
	var out []string
	for _, code := range c.Codes("") {
		before, after, by, err := c.Answer(l, code)
		if err != nil {
			return "", err
		}
		text := func(minor int64) string { return money.Amount{Minor: minor, Currency: code}.Decimal(".") }
		sign := ""
		if by > 0 {
			sign = "+"
		}
		out = append(out, fmt.Sprintf("%s %s → %s (%s%s)", code, text(before), text(after), sign, text(by)))
	}
	return strings.Join(out, ", "), nil
}
