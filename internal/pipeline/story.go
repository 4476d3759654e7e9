package pipeline

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/money"
	"rapport/locales"
	"rapport/render"
	"rapport/reportconfig"
)

// A story is what document and mail both say of a report, in its language.
type story struct {
	title, subtitle string
	period, span    string
	lead            string // the answer in a sentence
	empty           string // said in place of rows when there are none
	facts           []render.Fact
	notes           []string
}

// tell writes the story of a report whose totals are known.
func (r *Runner) tell(j Job, b *built, now time.Time) story {
	words, p := b.words, j.Period
	dataTitle := words.Word("title." + string(j.Report.Data.DataType()))
	s := story{
		title:  j.Report.Name,
		period: words.Period(string(p.Schedule), p.From, p.To),
		span:   words.Span(p.From, p.To, r.Zone),
		empty:  words.Word(b.shape.empty),
		facts: []render.Fact{
			{Label: words.Word("document.account"), Value: r.Account},
			{Label: words.Word("document.filters"), Value: filters(j.Report.Data, words)},
			{Label: words.Word("document.data_read"), Value: words.DateTime(now.In(r.Location)) + " (" + r.Zone + ")"},
		},
		notes: notes(b, words),
	}
	if s.title == "" {
		s.title = dataTitle
	} else if !strings.EqualFold(s.title, dataTitle) {
		s.subtitle = dataTitle
	}
	s.lead = s.empty
	if b.totals.rows > 0 {
		s.lead = b.shape.lead(b.totals, words)
	}
	return s
}

// filters says what the report is cut to.
func filters(data reportconfig.Data, words *locales.Printer) string {
	var parts []string
	add := func(filter string, values []string) {
		if len(values) > 0 {
			parts = append(parts, words.Word("filter."+filter)+": "+strings.Join(values, ", "))
		}
	}
	switch d := data.(type) {
	case reportconfig.Transactions:
		add("store_id", d.Stores)
		add("payout_destination_id", d.Sellers)
	case reportconfig.Open:
		add("store_id", d.Stores)
		if d.OlderThanDays > 0 {
			add("older_than_days", []string{words.Count("days", int64(d.OlderThanDays))})
		}
	case reportconfig.Orders:
		add("operation_payout_destination", d.Destinations)
	}
	if len(parts) == 0 {
		return words.Word("document.no_filters")
	}
	return strings.Join(parts, "; ")
}

// notes are the data type's, and a word on the currencies that nobody knows.
func notes(b *built, words *locales.Printer) []string {
	var out []string
	for _, note := range b.shape.notes {
		out = append(out, words.Word(note))
	}
	if len(b.totals.unlisted) > 0 {
		var codes []string
		for _, code := range slices.Sorted(maps.Keys(b.totals.unlisted)) {
			codes = append(codes, strconv.Quote(string(code)))
		}
		out = append(out, words.Word("document.unknown_currency", strings.Join(codes, ", ")))
	}
	return out
}

// amounts lists the sum of some measures in each currency, the one with most rows first.
func amounts(t *totals, words *locales.Printer, measures ...int) string {
	groups := t.groups[perCurrency]
	var parts []string
	for _, g := range sortedGroups(groups, rowsPerCurrency(groups), perCurrency) {
		var sum int64
		for _, m := range measures {
			sum += groups[g].sums[m] // the tables have added these with a check before
		}
		amount := money.Amount{Minor: sum, Currency: g.code}
		if len(groups) == 1 {
			return words.Money(amount)
		}
		parts = append(parts, words.MoneyByCode(amount)) // one of several is named as the others are
	}
	return strings.Join(parts, ", ")
}
