package statement

import (
	"cmp"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/locales"
)

// expiringTable is the table of money about to lapse, what has least time left first.
func (fs *Figures) expiringTable() []content.Table {
	if len(fs.Totals.Expiring) == 0 {
		return nil
	}
	words := fs.Words
	out := content.Table{Title: words.Word("summary.lapses"), Right: []bool{true, false, false, true}, Head: []string{
		words.Word("summary.days_left"), words.Word("column.merchant_reference"), words.Word("column.payment_method"), words.Word("column.remaining"),
	}}
	var all int64
	for _, r := range fs.Totals.AtRisk {
		all += r.Count
	}
	for _, l := range fs.Totals.Expiring {
		out.Rows = append(out.Rows, []string{words.Int(l.Left), cmp.Or(l.Reference, l.Id), l.Method, fs.amount(l.Remaining)})
	}
	if more := all - int64(len(fs.Totals.Expiring)); more > 0 {
		out.Rows = append(out.Rows, []string{"", words.Word("document.more", words.Int(more)), "", ""})
	}
	return []content.Table{out}
}

// riskAmounts says how much is at risk: "12 300,00 kr går snart ut".
func (fs *Figures) riskAmounts(words *locales.Printer) string {
	var parts []string
	for _, g := range fs.currencies() {
		if r := fs.Totals.AtRisk[g.Code]; r.Count > 0 {
			parts = append(parts, fs.amount(money.Amount{Minor: r.Sum, Currency: g.Code}))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	if more := len(parts) - 1; more > 0 {
		parts = []string{parts[0], words.Count("subject.more_currencies", int64(more))}
	}
	return words.Word("subject.at_risk", strings.Join(parts, " "))
}
