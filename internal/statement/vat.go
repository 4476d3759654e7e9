package statement

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
)

// vatGroups are the rates of a currency, the highest first, then what Dintero says no rate and no
// VAT of; none where it says no VAT at all.
func (fs *Figures) vatGroups(code money.Currency) (groups []report.Group) {
	told := false
	for g := range fs.Totals.Groups[report.PerVAT] {
		if g.Code == code {
			groups, told = append(groups, g), told || g.Name != report.UntoldVAT
		}
	}
	if !told {
		return nil
	}
	slices.SortFunc(groups, func(a, b report.Group) int {
		x, xErr := strconv.ParseFloat(a.Name, 64)
		y, yErr := strconv.ParseFloat(b.Name, 64)
		if (xErr == nil) != (yErr == nil) {
			return map[bool]int{true: -1, false: 1}[xErr == nil]
		}
		return cmp.Or(cmp.Compare(y, x), cmp.Compare(a.Name, b.Name))
	})
	return groups
}

// vatLabel is what people call a rate.
func (fs *Figures) vatLabel(rate string) string {
	switch rate {
	case report.UntoldRate:
		return fs.Words.Word("vat.untold_rate")
	case report.UntoldVAT:
		return fs.Words.Word("vat.untold")
	}
	return fs.Words.Decimal(rate) + "\u00a0%"
}

// vatCurrencies are those of which any VAT is known.
func (fs *Figures) vatCurrencies() (codes []money.Currency) {
	all := map[money.Currency]bool{}
	for g := range fs.Totals.Groups[report.PerVAT] {
		all[g.Code] = true
	}
	for _, code := range slices.SortedFunc(maps.Keys(all), compareCurrencies(fs)) {
		if len(fs.vatGroups(code)) > 0 {
			codes = append(codes, code)
		}
	}
	return codes
}

// vatTable sums the VAT by rate, as Dintero calculates it: nothing is worked out from a rate.
func (fs *Figures) vatTable() (*content.Table, error) {
	codes, words := fs.vatCurrencies(), fs.Words
	if len(codes) == 0 {
		return nil, nil
	}
	single := len(codes) == 1
	out := &content.Table{Title: words.Word("summary.vat"), Paper: true}
	if single {
		out.Title += " (" + string(codes[0]) + ")"
	} else {
		out.Head, out.Right = append(out.Head, words.Word("column.currency")), append(out.Right, false)
	}
	out.Head = append(out.Head, words.Word("summary.vat_rate"), words.Word("summary.with_vat"), words.Word("summary.vat_sum"))
	out.Right = append(out.Right, false, true, true)
	line := func(label string, code money.Currency, f *report.Sums, told bool) {
		var cells []string
		if !single {
			cells = append(cells, string(code))
		}
		cells = append(cells, label)
		vat := ""
		if told {
			vat = words.Number(money.Amount{Minor: f.Sums[1], Currency: code})
		}
		out.Rows = append(out.Rows, append(cells, words.Number(money.Amount{Minor: f.Sums[0], Currency: code}), vat))
	}
	for _, code := range codes {
		sum, groups := report.Sums{}, fs.vatGroups(code)
		for _, g := range groups {
			f := fs.Totals.Groups[report.PerVAT][g]
			line(fs.vatLabel(g.Name), code, f, g.Name != report.UntoldVAT)
			if err := sum.Add(f); err != nil {
				return nil, err
			}
		}
		if len(groups) > 1 {
			line(words.Word("summary.sum"), code, &sum, true)
			out.Total = single
		}
	}
	return out, nil
}

// vatValues is the table of VAT for programs.
func (fs *Figures) vatValues() (out []ValueTable) {
	words := fs.Words
	made := ValueTable{Title: words.Word("summary.vat"), Head: []string{
		words.Word("summary.vat_rate"), words.Word("column.currency"), words.Word("summary.with_vat"), words.Word("summary.vat_sum"),
	}}
	for _, code := range fs.vatCurrencies() {
		for _, g := range fs.vatGroups(code) {
			f, rate, vat := fs.Totals.Groups[report.PerVAT][g], content.TextOf(fs.vatLabel(g.Name)), content.Value{}
			if _, err := strconv.ParseFloat(g.Name, 64); err == nil {
				rate = content.DecimalOf(g.Name)
			}
			if g.Name != report.UntoldVAT {
				vat = content.MoneyOf(f.Sums[1], code)
			}
			made.Rows = append(made.Rows, []content.Value{rate, content.TextOf(string(code)), content.MoneyOf(f.Sums[0], code), vat})
		}
	}
	if len(made.Rows) == 0 {
		return nil
	}
	return []ValueTable{made}
}
