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
func (b *built) answerOf(f *figures) (sum int64, err error) {
	for _, i := range b.shape.answer.of {
		if sum, err = money.Add(sum, f.sums[i]); err != nil {
			return 0, fmt.Errorf("total: %w", err)
		}
	}
	return sum, nil
}

// answerMeasures are the answer's measures as the ledger calls them.
func (b *built) answerMeasures() []string {
	var names []string
	for _, i := range b.shape.answer.of {
		names = append(names, b.shape.counted[i])
	}
	return names
}

// mainCurrency is the one with most rows.
func (b *built) mainCurrency() (money.Currency, bool) {
	for _, g := range b.currencies() {
		return g.code, true
	}
	return "", false
}

// currencies are the groups of the currencies, the one with most rows first.
func (b *built) currencies() []group {
	groups := b.totals.groups[perCurrency]
	return sortedGroups(groups, rowsPerCurrency(groups), perCurrency)
}

// headlines are the answer in each currency.
func (b *built) headlines(m memory) ([]render.Headline, error) {
	a, words := b.shape.answer, b.words
	if len(a.of) == 0 {
		return nil, nil
	}
	var out []render.Headline
	for _, g := range b.currencies() {
		f := b.totals.groups[perCurrency][g]
		sum, err := b.answerOf(f)
		if err != nil {
			return nil, err
		}
		now := money.Amount{Minor: sum, Currency: g.code}
		h := render.Headline{Label: words.Word(a.word), Amount: b.amount(now)}
		if len(m.before) > 0 {
			_, then, err := m.before[0].of("currency", "", g.code, b.answerMeasures()...)
			if err != nil {
				return nil, err
			}
			h.Change = change(words, now, money.Amount{Minor: then, Currency: g.code}, b.before(m), b.amount)
		}
		if risk := b.totals.atRisk[g.code]; risk.count > 0 {
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
func (b *built) amount(a money.Amount) string {
	if len(b.totals.groups[perCurrency]) > 1 {
		return b.words.MoneyByCode(a)
	}
	return b.words.Money(a)
}

// remarks are what is missing or odd, the worst first.
func (b *built) remarks(m memory) ([]string, error) {
	words := b.words
	var out []string
	for _, g := range b.currencies() {
		if lapsed := b.totals.lapsed[g.code]; lapsed.count > 0 {
			out = append(out, words.Count("remark.lapsed", lapsed.count, b.amount(money.Amount{Minor: lapsed.sum, Currency: g.code})))
		}
	}
	out = append(out, b.missing(m)...)
	if !b.shape.income {
		return out, nil
	}
	for _, g := range b.currencies() {
		sum, err := b.answerOf(b.totals.groups[perCurrency][g])
		if err != nil {
			return nil, err
		}
		if sum < 0 {
			out = append(out, words.Word("remark.negative", string(g.code)))
		}
	}
	return out, nil
}
