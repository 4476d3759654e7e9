package statement

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/beforeafter"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/locales"
)

// Corrected is what a correction changes.
type Corrected struct {
	Added, Removed int64 // rows
	Back           bool  // the period has rows again that it had before
	beforeafter.Change
	Made          time.Time // the first report
	Number, Which int       // its number, and which correction this is; a correction before it is what changed last
	Last          int       // which correction came before; 0: none
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
		Facts: facts(account, j.Report.Data, fs, now),
		Notes: append([]string{words.Word("correction.note", words.Capital(correctedNumber(fs)))}, notes(fs, words)...), Currencies: fs.currencies(), Check: fs.Check(words),
	}
	of := content.Fact{Label: words.Word("correction.of"), Value: words.Capital(correctedNumber(fs)) + ", " + words.DateTime(c.Made.In(account.Location))}
	s.Facts = slices.Insert(s.Facts, len(s.Facts)-1, of) // before when the data was read
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
	for _, code := range fs.corrected.Codes(fs.own) {
		then, now, by, err := fs.corrected.Answer(fs.Layout, code)
		if err != nil {
			return nil, err
		}
		amount := func(minor int64) string { return words.Number(money.Amount{Minor: minor, Currency: code}) }
		out = append(out, content.Headline{
			Label: words.Word("correction.difference_of", strings.ToLower(words.Word(a.Word))), Amount: signed(fs, money.Amount{Minor: by, Currency: code}),
			Parts: []content.Part{{Label: words.Word("correction.before"), Amount: amount(then)}, {Label: words.Word("correction.after"), Amount: amount(now)}},
		})
	}
	return out, nil
}

// signed is an amount as a change, with its currency.
func signed(fs *Figures, a money.Amount) string {
	if a.Minor > 0 {
		return "+" + fs.amount(a)
	}
	return fs.amount(a)
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

func correctedTable(words *locales.Printer, l report.Layout, c Corrected, first money.Currency) (content.Table, error) {
	t := content.Table{
		Title: words.Word("correction.totals"), Whole: true, Right: []bool{false, true, true, true},
		Head: []string{words.Word("correction.figure"), words.Word("correction.before"), words.Word("correction.after"), words.Word("summary.change")},
	}
	figures, err := c.Figures(words, l, first)
	for _, f := range figures {
		t.Rows = append(t.Rows, f.Cells(words))
	}
	return t, err
}

// correctedValues are the totals before and after as values.
func correctedValues(fs *Figures) ([]ValueTable, error) {
	heading, err := correctedTable(fs.Words, fs.Layout, *fs.corrected, fs.own)
	if err != nil {
		return nil, err
	}
	figures, err := fs.corrected.Figures(fs.Words, fs.Layout, fs.own)
	t := ValueTable{Title: heading.Title, Head: heading.Head}
	for _, f := range figures {
		row := []content.Value{content.TextOf(f.Label)}
		for _, n := range []int64{f.Before, f.After, f.After - f.Before} {
			if f.Count {
				row = append(row, content.IntegerOf(n))
			} else {
				row = append(row, content.MoneyOf(n, f.Code))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return []ValueTable{t}, err
}
