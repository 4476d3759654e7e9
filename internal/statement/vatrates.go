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

// vatRates are the totals of VAT.
type vatRates struct{ *Figures }

// groups are the rates of a currency, the highest first, then what Dintero says no rate and no
// VAT of; none where it says no VAT at all.
func (fs vatRates) groups(code money.Currency) (list []report.Group) {
	told := false
	for g := range fs.Totals.Groups[report.PerVAT] {
		if g.Code == code {
			list, told = append(list, g), told || g.Name != report.UntoldVAT
		}
	}
	if !told {
		return nil
	}
	slices.SortFunc(list, func(a, b report.Group) int {
		x, xErr := strconv.ParseFloat(a.Name, 64)
		y, yErr := strconv.ParseFloat(b.Name, 64)
		if (xErr == nil) != (yErr == nil) {
			return map[bool]int{true: -1, false: 1}[xErr == nil]
		}
		return cmp.Or(cmp.Compare(y, x), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// label is what people call a rate.
func (fs vatRates) label(rate string) string {
	switch rate {
	case report.UntoldRate:
		return fs.Words.Word("vat.untold_rate")
	case report.UntoldVAT:
		return fs.Words.Word("vat.untold")
	}
	return fs.Words.Decimal(rate) + "\u00a0%"
}

// codes are those of which any VAT is known.
func (fs vatRates) codes() (some []money.Currency) {
	all := map[money.Currency]bool{}
	for g := range fs.Totals.Groups[report.PerVAT] {
		all[g.Code] = true
	}
	for _, code := range slices.SortedFunc(maps.Keys(all), fs.compareCurrencies()) {
		if len(fs.groups(code)) > 0 {
			some = append(some, code)
		}
	}
	return some
}

// table sums the VAT by rate, as Dintero calculates it: nothing is worked out from a rate.
func (fs vatRates) table() (*content.Table, error) {
	codes, words := fs.codes(), fs.Words
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
		sum, groups := report.Sums{}, fs.groups(code)
		for _, g := range groups {
			f := fs.Totals.Groups[report.PerVAT][g]
			line(fs.label(g.Name), code, f, g.Name != report.UntoldVAT)
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

// values is the table of VAT for programs.
func (fs vatRates) values() (out []ValueTable) {
	words := fs.Words
	made := ValueTable{Title: words.Word("summary.vat"), Head: []string{
		words.Word("summary.vat_rate"), words.Word("column.currency"), words.Word("summary.with_vat"), words.Word("summary.vat_sum"),
	}}
	for _, code := range fs.codes() {
		for _, g := range fs.groups(code) {
			f, rate, vat := fs.Totals.Groups[report.PerVAT][g], content.TextOf(fs.label(g.Name)), content.Value{}
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
