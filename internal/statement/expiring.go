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

// expiry is how long the open transactions can still be captured.
type expiry struct{ *Figures }

// tables are those of what is past its time, the latest first, as it may still be
// captured, and of what is about to be, which has least time left first.
func (fs expiry) tables() (out []content.Table, err error) {
	for _, one := range []struct {
		title, head string
		list        []report.Expiring
		all         map[money.Currency]report.Amounts
		sign        int64
	}{
		{"summary.lapses", "summary.days_left", fs.Totals.Expiring, fs.Totals.AtRisk, 1},
		{"summary.lapsed", "summary.days_past", fs.Totals.Lapsed, fs.Totals.Expired, -1},
	} {
		if len(one.list) == 0 {
			continue
		}
		words := fs.Words
		table := content.Table{Title: words.Word(one.title), Right: []bool{false, true, false, true}, Head: []string{
			words.Word("column.merchant_reference"), words.Word(one.head), words.Word("column.payment_method"), words.Word("column.remaining"),
		}}
		rest := maps.Clone(one.all)
		table.Rest = [][][]string{fs.restRows(rest)}
		for i, l := range one.list {
			table.Rank = append(table.Rank, i)
			table.Rows = append(table.Rows, []string{cmp.Or(l.Reference, l.Id), words.Int(one.sign * l.Left), cmp.Or(report.MethodName(words, l.Method), words.Word("document.none")), fs.amount(l.Remaining)})
			left := rest[l.Remaining.Currency]
			sum, err := money.Sub(left.Sum, l.Remaining.Minor)
			if err != nil {
				return nil, fmt.Errorf("money about to lapse: %w", err)
			}
			rest[l.Remaining.Currency] = report.Amounts{Count: left.Count - 1, Sum: sum}
			table.Rest = append(table.Rest, fs.restRows(rest))
		}
		more := table.Rest[len(one.list)]
		table.Rows, table.Left = append(table.Rows, more...), len(more)
		out = append(out, table)
	}
	return out, nil
}

// restRows say what those come to that are not listed.
func (fs expiry) restRows(rest map[money.Currency]report.Amounts) (rows [][]string) {
	for _, code := range fs.currencies() {
		if more := rest[code]; more.Count > 0 {
			rows = append(rows, []string{fs.Words.Word("document.more", fs.Words.Int(more.Count)), "", "", fs.amount(money.Amount{Minor: more.Sum, Currency: code})})
		}
	}
	return rows
}

// remark says how much is past its time.
func (fs expiry) remark() []string {
	var count int64
	var amounts []string
	for _, code := range fs.currencies() {
		if lapsed := fs.Totals.Expired[code]; lapsed.Count > 0 {
			count += lapsed.Count
			amounts = append(amounts, fs.amount(money.Amount{Minor: lapsed.Sum, Currency: code}))
		}
	}
	if count == 0 {
		return nil
	}
	return []string{fs.Words.Count("remark.lapsed", count, strings.Join(amounts, ", "))}
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
