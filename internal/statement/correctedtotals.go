package statement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/content"
	"rapport/internal/ledger"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/locales"
)

// Corrected is what a correction changes.
type Corrected struct {
	Added, Removed int64 // rows
	Back           bool  // the period has rows again that it had before
	Before, After  []ledger.Total
	Made           time.Time // the first report
	Number, Which  int       // its number, and which correction this is; a correction before it is what changed last
	Last           int       // which correction came before; 0: none
}

// ComposeCorrection writes the statement of a correction, of what changed alone.
func ComposeCorrection(account Account, j report.Job, fs *Figures, c Corrected, now time.Time) (s Statement, err error) {
	words := fs.Words
	first, end := j.Period.Days()
	fs.own, fs.corrected = ownCurrency(account), &c
	title := words.Word("title." + string(j.Report.Data.DataType()))
	s = Statement{
		Title: cmp.Or(j.Report.Name, title), Subtitle: words.Word("correction.title", strconv.Itoa(c.Which), correctedNumber(fs)), number: numberOf(j, c.Number), correction: true,
		Period: words.Period(string(j.Period.Schedule), first, end), Span: words.Span(j.Period.From, j.Period.To, account.Zone), Empty: words.Word(fs.Layout.Empty),
		Facts: []content.Fact{
			{Label: words.Word("document.account"), Value: account.ID},
			{Label: words.Word("document.filters"), Value: filters(j.Report.Data, words)},
			{Label: words.Word("correction.of"), Value: words.Capital(correctedNumber(fs)) + ", " + words.DateTime(c.Made.In(account.Location))},
			{Label: words.Word("document.data_read"), Value: words.DateTime(now.In(account.Location)) + " (" + account.Zone + ")"},
		},
		Notes: append([]string{words.Word("correction.note", words.Capital(correctedNumber(fs)))}, notes(fs, words)...), Currencies: fs.currencies(), Check: fs.Check(words),
	}
	s.Lead = ChangeSentence(words, c, account.Location)
	s.Remarks = []string{s.Lead}
	if s.Headlines, err = correctedHeadlines(fs); err != nil {
		return s, err
	}
	t, err := correctedTable(words, fs.Layout, c, fs.own)
	if err != nil {
		return s, err
	}
	s.Tables = []content.Table{t}
	s.Subject = subject(account.Organization, j, fs, s)
	s.Preview = s.Lead
	return s, nil
}

// correctedNumber is what the first report is called: "report no. 12".
func correctedNumber(fs *Figures) string {
	return reportNumber(fs.Words, fs.corrected.Number)
}

func reportNumber(words *locales.Printer, number int) string {
	if number == 0 {
		return words.Word("correction.the_report")
	}
	return words.Word("correction.report", strconv.Itoa(number))
}

// ChangeSentence says in one sentence what has changed, and since when.
func ChangeSentence(words *locales.Printer, c Corrected, zone *time.Location) string {
	var what []string
	if c.Added > 0 {
		what = append(what, words.Count("correction.rows_added", c.Added))
	}
	if c.Removed > 0 {
		what = append(what, words.Count("correction.rows_removed", c.Removed))
	}
	since := words.Word("correction.since", reportNumber(words, c.Number), words.DateTime(c.Made.In(zone)))
	if c.Last > 0 {
		since = words.Word("correction.since_last", fmt.Sprintf("%d-%d", c.Number, c.Last))
	}
	text := words.Capital(strings.Join(what, " "+words.Word("correction.and")+" ")) + " " + since + "."
	if c.Back {
		text += " " + words.Word("correction.back")
	}
	return text
}

// correctedHeadlines are by how much the answer has changed, in each currency.
func correctedHeadlines(fs *Figures) (out []content.Headline, err error) {
	a, words := fs.Layout.Answer, fs.Words
	if len(a.Of) == 0 {
		return nil, nil
	}
	before, after := pastOf(fs.corrected.Before), pastOf(fs.corrected.After)
	for _, code := range changedCodes(*fs.corrected, fs.own) {
		_, then, err := before.sum("currency", "", code, fs.answerMeasures()...)
		if err != nil {
			return nil, err
		}
		_, now, err := after.sum("currency", "", code, fs.answerMeasures()...)
		if err != nil {
			return nil, err
		}
		by, err := money.Sub(now, then)
		if err != nil {
			return nil, fmt.Errorf("difference: %w", err)
		}
		amount := func(minor int64) string { return words.Number(money.Amount{Minor: minor, Currency: code}) }
		out = append(out, content.Headline{
			Label: words.Word("correction.difference_of", strings.ToLower(words.Word(a.Word))), Amount: signed(fs, money.Amount{Minor: by, Currency: code}),
			Parts: []content.Part{{Label: words.Word("correction.before"), Amount: amount(then)}, {Label: words.Word("correction.after"), Amount: amount(now)}},
		})
	}
	return out, nil
}

// changedCodes are the currencies of which a figure has changed; if none has, the first.
func changedCodes(c Corrected, first money.Currency) []money.Currency {
	figures := func(all []ledger.Total, code money.Currency) pastTotals {
		return pastOf(slices.DeleteFunc(slices.Clone(all), func(t ledger.Total) bool { return t.Currency != string(code) }))
	}
	all := correctedCodes(c, first)
	changed := slices.DeleteFunc(slices.Clone(all), func(code money.Currency) bool {
		return maps.Equal(figures(c.Before, code), figures(c.After, code))
	})
	if len(changed) == 0 {
		return all[:min(len(all), 1)]
	}
	return changed
}

// signed is an amount as a change, with its currency.
func signed(fs *Figures, a money.Amount) string {
	if a.Minor > 0 {
		return "+" + fs.amount(a)
	}
	return fs.amount(a)
}

// correctedCodes are the currencies of before and after: the own, then by code.
func correctedCodes(c Corrected, first money.Currency) []money.Currency {
	all := map[money.Currency]bool{}
	for _, t := range slices.Concat(c.Before, c.After) {
		all[money.Currency(t.Currency)] = true
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b money.Currency) int { return cmp.Or(own(b, first)-own(a, first), cmp.Compare(a, b)) })
}

// ChangeOfTotals is what the operator is told of the totals: "NOK 100.00 → 150.00 (+50.00)".
func ChangeOfTotals(l report.Layout, c Corrected) (string, error) {
	var out []string
	before, after := pastOf(c.Before), pastOf(c.After)
	var names []string
	for _, i := range l.Answer.Of {
		names = append(names, l.Ledgered[i])
	}
	if len(names) == 0 {
		return "", nil
	}
	for _, code := range changedCodes(c, "") {
		_, then, err := before.sum("currency", "", code, names...)
		if err != nil {
			return "", err
		}
		_, now, err := after.sum("currency", "", code, names...)
		if err != nil {
			return "", err
		}
		text := func(minor int64) string { return money.Amount{Minor: minor, Currency: code}.Decimal(".") }
		by, err := money.Sub(now, then)
		if err != nil {
			return "", fmt.Errorf("difference: %w", err)
		}
		sign := ""
		if by > 0 {
			sign = "+"
		}
		out = append(out, fmt.Sprintf("%s %s → %s (%s%s)", code, text(then), text(now), sign, text(by)))
	}
	return strings.Join(out, ", "), nil
}

// correctedAnswers are the answer of a correction as a subject gives it: which report it is of, and
// by how much that changes.
func correctedAnswers(fs *Figures, s Statement, plain bool) [][]string {
	of := fs.Words.Word("correction.subject", correctedNumber(fs))
	if plain || len(s.Headlines) == 0 {
		return [][]string{{of}}
	}
	return [][]string{append([]string{of}, amounts(s.Headlines, 3, fs.Words)...), append([]string{of}, amounts(s.Headlines, 1, fs.Words)...), {of}}
}
