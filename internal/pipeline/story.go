package pipeline

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/locales"
	"rapport/render"
	"rapport/reportconfig"
)

// A story is what document and mail both say of a report, in its language.
type story struct {
	title, subtitle string
	period, span    string
	number          int    // of the report; 0: it has none
	subject         string // of the mail
	preview         string // what continues it
	lead            string // the answer in a sentence, where there are no headlines
	headlines       []render.Headline
	check           render.Check
	remarks         []string // what is missing or odd
	urgent          []table  // what somebody must act on
	charts          []render.Chart
	empty           string // said in place of rows when there are none
	facts           []render.Fact
	tables          []table
	notes           []string

	answer []string // what the subject says of it
	atRisk string   // how much money is about to lapse; "" for none
}

// tell writes the story of a report whose totals are known.
func (r *Runner) tell(j Job, b *built, m memory, now time.Time) (s story, err error) {
	words, p := b.words, j.Period
	dataTitle := words.Word("title." + string(j.Report.Data.DataType()))
	s = story{
		title:  j.Report.Name,
		number: m.number,
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
	if b.totals.rows > 0 && b.shape.lead != nil {
		s.lead = b.shape.lead(b.totals, words)
	}
	if err := b.figure(&s, m, j.Period); err != nil {
		return s, err
	}
	s.answer = answered(b, s, words)
	s.subject = r.subject(j, b, s)
	s.preview = preview(j, b, s)
	return s, nil
}

// figure adds all that a story says in figures.
func (b *built) figure(s *story, m memory, p reportconfig.Period) (err error) {
	if s.headlines, err = b.headlines(m); err != nil {
		return err
	}
	if s.remarks, err = b.remarks(m); err != nil {
		return err
	}
	if s.charts, err = b.charts(p); err != nil {
		return err
	}
	s.check = b.check(b.words)
	s.urgent, s.atRisk = b.lapses(), b.riskAmounts(b.words)
	if s.tables, err = tables(b.totals, b.shape, b.words, len(noons(p))); err != nil {
		return err
	}
	changes, err := b.changes(m)
	if err == nil && changes != nil {
		s.tables = append([]table{*changes}, s.tables...)
	}
	return err
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
