package pipeline

import (
	"fmt"

	"rapport/internal/money"
	"rapport/render"
)

// An answer is the figure that a report is opened for, in each currency.
type answer struct {
	word  string // what it is called
	of    []int  // the measures that it sums; none: the report has no such figure
	parts []answerPart
}

// An answerPart is one measure that the answer is made of.
type answerPart struct {
	word, count string // the word for it, and for its rows with their number; "" for no number
	of          int
}

// answerOf is the answer of one group of rows, in minor units.
func (fs *Figures) answerOf(f *groupSums) (sum int64, err error) {
	for _, i := range fs.shape.answer.of {
		if sum, err = money.Add(sum, f.sums[i]); err != nil {
			return 0, fmt.Errorf("total: %w", err)
		}
	}
	return sum, nil
}

// answerMeasures are the answer's measures as the ledger calls them.
func (fs *Figures) answerMeasures() []string {
	var names []string
	for _, i := range fs.shape.answer.of {
		names = append(names, fs.shape.counted[i])
	}
	return names
}

// mainCurrency is the one with most rows.
func (fs *Figures) mainCurrency() (money.Currency, bool) {
	for _, g := range fs.currencies() {
		return g.code, true
	}
	return "", false
}

// currencies are the groups of the currencies, the one with most rows first.
func (fs *Figures) currencies() []group {
	groups := fs.totals.groups[perCurrency]
	return sortedGroups(groups, rowsPerCurrency(groups), perCurrency)
}

// headlines are the answer in each currency.
func (fs *Figures) headlines(m memory) ([]render.Headline, error) {
	a, words := fs.shape.answer, fs.words
	if len(a.of) == 0 {
		return nil, nil
	}
	var out []render.Headline
	for _, g := range fs.currencies() {
		f := fs.totals.groups[perCurrency][g]
		sum, err := fs.answerOf(f)
		if err != nil {
			return nil, err
		}
		now := money.Amount{Minor: sum, Currency: g.code}
		h := render.Headline{Label: words.Word(a.word), Amount: fs.amount(now)}
		if len(m.before) > 0 {
			_, then, err := m.before[0].of("currency", "", g.code, fs.answerMeasures()...)
			if err != nil {
				return nil, err
			}
			h.Change = change(words, now, money.Amount{Minor: then, Currency: g.code}, fs.before(m), fs.amount)
		}
		if risk := fs.totals.atRisk[g.code]; risk.count > 0 {
			h.Parts = append(h.Parts, render.Part{
				Label: words.Word("summary.at_risk"), Count: words.Count("lead.authorisations", risk.count),
				Amount: words.Number(money.Amount{Minor: risk.sum, Currency: g.code}),
			})
		}
		for _, part := range a.parts {
			p := render.Part{Label: words.Word(part.word), Amount: words.Number(money.Amount{Minor: f.sums[part.of], Currency: g.code})}
			if part.count != "" {
				p.Count = words.Count(part.count, f.counts[part.of])
			}
			h.Parts = append(h.Parts, p)
		}
		out = append(out, h)
	}
	return out, nil
}

// amount is an amount with its currency: one of several is named as the others are.
func (fs *Figures) amount(a money.Amount) string {
	if len(fs.totals.groups[perCurrency]) > 1 {
		return fs.words.MoneyByCode(a)
	}
	return fs.words.Money(a)
}

// remarks are what is missing or odd, the worst first.
func (fs *Figures) remarks(m memory) ([]string, error) {
	words := fs.words
	var out []string
	for _, g := range fs.currencies() {
		if lapsed := fs.totals.lapsed[g.code]; lapsed.count > 0 {
			out = append(out, words.Count("remark.lapsed", lapsed.count, fs.amount(money.Amount{Minor: lapsed.sum, Currency: g.code})))
		}
	}
	out = append(out, fs.missing(m)...)
	if !fs.shape.income {
		return out, nil
	}
	for _, g := range fs.currencies() {
		sum, err := fs.answerOf(fs.totals.groups[perCurrency][g])
		if err != nil {
			return nil, err
		}
		if sum < 0 {
			out = append(out, words.Word("remark.negative", string(g.code)))
		}
	}
	return out, nil
}
