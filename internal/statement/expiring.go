package statement

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/locales"
)

// expiringTable is the table of money about to lapse, what has least time left first.
func (fs *Figures) expiringTable() ([]content.Table, error) {
	if len(fs.Totals.Expiring) == 0 {
		return nil, nil
	}
	words := fs.Words
	out := content.Table{Title: words.Word("summary.lapses"), Right: []bool{true, false, false, true}, Head: []string{
		words.Word("summary.days_left"), words.Word("column.merchant_reference"), words.Word("column.payment_method"), words.Word("column.remaining"),
	}}
	rest := maps.Clone(fs.Totals.AtRisk)
	for _, l := range fs.Totals.Expiring {
		out.Rows = append(out.Rows, []string{words.Int(l.Left), cmp.Or(l.Reference, l.Id), cmp.Or(report.MethodName(words, l.Method), words.Word("document.none")), fs.amount(l.Remaining)})
		left := rest[l.Remaining.Currency]
		sum, err := money.Sub(left.Sum, l.Remaining.Minor)
		if err != nil {
			return nil, fmt.Errorf("money about to lapse: %w", err)
		}
		rest[l.Remaining.Currency] = report.Amounts{Count: left.Count - 1, Sum: sum}
	}
	for _, code := range fs.currencies() {
		if more := rest[code]; more.Count > 0 {
			out.Rows = append(out.Rows, []string{"", words.Word("document.more", words.Int(more.Count)), "", fs.amount(money.Amount{Minor: more.Sum, Currency: code})})
		}
	}
	return []content.Table{out}, nil
}

// riskAmounts says how much is at risk: "12 300,00 kr går snart ut".
func (fs *Figures) riskAmounts(words *locales.Printer) string {
	var parts []string
	for _, code := range fs.currencies() {
		if r := fs.Totals.AtRisk[code]; r.Count > 0 {
			parts = append(parts, fs.amount(money.Amount{Minor: r.Sum, Currency: code}))
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
