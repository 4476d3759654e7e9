package statement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/internal/text"
	"rapport/locales"
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

// inCurrency is the group of all rows of a currency.
func (fs *Figures) inCurrency(code money.Currency) *report.Sums {
	return fs.Totals.Groups[report.PerCurrency][report.Group{Code: code}]
}

// headlines are the answer in each currency.
func (fs *Figures) headlines(m Previous) ([]content.Headline, error) {
	a, words := fs.Layout.Answer, fs.Words
	if len(a.Of) == 0 {
		return nil, nil
	}
	var out []content.Headline
	for _, code := range fs.currencies() {
		f := fs.inCurrency(code)
		sum, err := fs.answerOf(f)
		if err != nil {
			return nil, err
		}
		now := money.Amount{Minor: sum, Currency: code}
		h := content.Headline{Label: words.Word(cmp.Or(fs.answerWord, a.Word)), Amount: fs.amount(now)}
		if len(m.Periods) > 0 {
			_, then, err := m.Periods[0].Sum("currency", "", code, fs.answerMeasures()...)
			if err != nil {
				return nil, err
			}
			h.Change = changeText(words, now, money.Amount{Minor: then, Currency: code}, beforeWord(words, m), fs.amount)
		}
		if risk := fs.Totals.AtRisk[code]; risk.Count > 0 {
			h.Parts = append(h.Parts, content.Part{
				Label: words.Word("summary.at_risk"), Count: words.Count("lead.authorisations", risk.Count),
				Amount: words.Number(money.Amount{Minor: risk.Sum, Currency: code}),
			})
		}
		for _, part := range a.Parts {
			p := content.Part{Label: words.Word(part.Word), Amount: words.Number(money.Amount{Minor: f.Sums[part.Of], Currency: code})}
			if part.Count != "" {
				p.Count = words.Count(part.Count, f.Counts[part.Of])
			}
			h.Parts = append(h.Parts, p)
		}
		if fs.Layout.Income {
			parts, err := (feeTotals{fs}).parts(f, code)
			if err != nil {
				return nil, err
			}
			h.Parts = append(h.Parts, parts...)
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
	out := fs.unknownRemarks(words)
	out = slices.Concat(out, (expiry{fs}).remark(), fs.missing(m))
	if !fs.Layout.Income {
		return out, nil
	}
	for _, code := range fs.currencies() {
		sum, err := fs.answerOf(fs.inCurrency(code))
		if err != nil {
			return nil, err
		}
		if sum < 0 {
			out = append(out, words.Word("remark.negative", string(code)))
		}
	}
	if n := fs.Totals.Excess; n > 0 {
		references := strings.Join(fs.Totals.Exceeded, ", ")
		if int64(len(fs.Totals.Exceeded)) < n && len(fs.Totals.Exceeded) == report.MaxExceeded {
			references += ", …"
		}
		out = append(out, words.Count("remark.exceeded", n, text.ForeignLine(references)))
	}
	return out, nil
}

// unknownRemarks say what money is in no figure, as nobody knows what its type means: the
// type, how many, how much in each currency.
func (fs *Figures) unknownRemarks(words *locales.Printer) (out []string) {
	compare := fs.compareCurrencies()
	byType := map[string][]report.Group{}
	for g := range fs.Totals.Unknown {
		byType[g.Name] = append(byType[g.Name], g)
	}
	for _, kind := range slices.Sorted(maps.Keys(byType)) {
		groups, count, amounts := byType[kind], int64(0), []string(nil)
		slices.SortFunc(groups, func(a, b report.Group) int { return compare(a.Code, b.Code) })
		for _, g := range groups {
			sum := fs.Totals.Unknown[g]
			count += sum.Count
			amounts = append(amounts, fs.amount(money.Amount{Minor: sum.Sum, Currency: g.Code}))
		}
		out = append(out, words.Count("remark.unknown_money", count, text.ForeignLine(cmp.Or(kind, words.Word("document.none"))), strings.Join(amounts, ", ")))
	}
	return out
}
