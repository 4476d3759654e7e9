package statement

import (
	"fmt"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
)

// answerOf is the answer of one group of rows, in minor units.
func (fs *Figures) answerOf(f *report.Sums) (sum int64, err error) {
	for _, i := range fs.Layout.Answer.Of {
		if sum, err = money.Add(sum, f.Sums[i]); err != nil {
			return 0, fmt.Errorf("total: %w", err)
		}
	}
	return sum, nil
}

// answerMeasures are the answer's measures as the ledger calls them.
func (fs *Figures) answerMeasures() []string {
	var names []string
	for _, i := range fs.Layout.Answer.Of {
		names = append(names, fs.Layout.Ledgered[i])
	}
	return names
}

// mainCurrency is the one with most rows.
func (fs *Figures) mainCurrency() (money.Currency, bool) {
	for _, g := range fs.currencies() {
		return g.Code, true
	}
	return "", false
}

// currencies are the groups of the currencies, the one with most rows first.
func (fs *Figures) currencies() []report.Group {
	groups := fs.Totals.Groups[report.PerCurrency]
	return sortedGroups(groups, rowsPerCurrency(groups), report.PerCurrency)
}

// headlines are the answer in each currency.
func (fs *Figures) headlines(m Previous) ([]content.Headline, error) {
	a, words := fs.Layout.Answer, fs.Words
	if len(a.Of) == 0 {
		return nil, nil
	}
	var out []content.Headline
	for _, g := range fs.currencies() {
		f := fs.Totals.Groups[report.PerCurrency][g]
		sum, err := fs.answerOf(f)
		if err != nil {
			return nil, err
		}
		now := money.Amount{Minor: sum, Currency: g.Code}
		h := content.Headline{Label: words.Word(a.Word), Amount: fs.amount(now)}
		if len(m.Periods) > 0 {
			_, then, err := m.Periods[0].sum("currency", "", g.Code, fs.answerMeasures()...)
			if err != nil {
				return nil, err
			}
			h.Change = changeText(words, now, money.Amount{Minor: then, Currency: g.Code}, fs.beforeWord(m), fs.amount)
		}
		if risk := fs.Totals.AtRisk[g.Code]; risk.Count > 0 {
			h.Parts = append(h.Parts, content.Part{
				Label: words.Word("summary.at_risk"), Count: words.Count("lead.authorisations", risk.Count),
				Amount: words.Number(money.Amount{Minor: risk.Sum, Currency: g.Code}),
			})
		}
		for _, part := range a.Parts {
			p := content.Part{Label: words.Word(part.Word), Amount: words.Number(money.Amount{Minor: f.Sums[part.Of], Currency: g.Code})}
			if part.Count != "" {
				p.Count = words.Count(part.Count, f.Counts[part.Of])
			}
			h.Parts = append(h.Parts, p)
		}
		out = append(out, h)
	}
	return out, nil
}

// amount is an amount with its currency: one of several is named as the others are.
func (fs *Figures) amount(a money.Amount) string {
	if len(fs.Totals.Groups[report.PerCurrency]) > 1 {
		return fs.Words.MoneyByCode(a)
	}
	return fs.Words.Money(a)
}

// remarks are what is missing or odd, the worst first.
func (fs *Figures) remarks(m Previous) ([]string, error) {
	words := fs.Words
	var out []string
	for _, g := range fs.currencies() {
		if lapsed := fs.Totals.Expired[g.Code]; lapsed.Count > 0 {
			out = append(out, words.Count("remark.lapsed", lapsed.Count, fs.amount(money.Amount{Minor: lapsed.Sum, Currency: g.Code})))
		}
	}
	out = append(out, fs.missing(m)...)
	if !fs.Layout.Income {
		return out, nil
	}
	for _, g := range fs.currencies() {
		sum, err := fs.answerOf(fs.Totals.Groups[report.PerCurrency][g])
		if err != nil {
			return nil, err
		}
		if sum < 0 {
			out = append(out, words.Word("remark.negative", string(g.Code)))
		}
	}
	return out, nil
}
