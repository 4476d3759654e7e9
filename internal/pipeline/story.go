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

// Figures are what a report knows before it is put into words: its totals, what its data
// type looks like, and how it compares with Dintero's own figures.
type Figures struct {
	words          *locales.Printer // of the report's language
	shape          shape
	totals         *totals
	reconciliation reconciliation
}

// An Account is whose reports these are.
type Account struct {
	ID           string // Dintero's
	Organization render.Organization
	Zone         string // IANA name of its zone, as printed
	Location     *time.Location
}

// A Statement is what document and mail both say of a report, in its language.
type Statement struct {
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

// compose writes the statement of a report whose figures are known.
func compose(account Account, j Job, fs *Figures, m memory, now time.Time) (s Statement, err error) {
	words, p := fs.words, j.Period
	dataTitle := words.Word("title." + string(j.Report.Data.DataType()))
	s = Statement{
		title:  j.Report.Name,
		number: m.number,
		period: words.Period(string(p.Schedule), p.From, p.To),
		span:   words.Span(p.From, p.To, account.Zone),
		empty:  words.Word(fs.shape.empty),
		facts: []render.Fact{
			{Label: words.Word("document.account"), Value: account.ID},
			{Label: words.Word("document.filters"), Value: filters(j.Report.Data, words)},
			{Label: words.Word("document.data_read"), Value: words.DateTime(now.In(account.Location)) + " (" + account.Zone + ")"},
		},
		notes: notes(fs, words),
	}
	if s.title == "" {
		s.title = dataTitle
	} else if !strings.EqualFold(s.title, dataTitle) {
		s.subtitle = dataTitle
	}
	s.lead = s.empty
	if fs.totals.rows > 0 && fs.shape.lead != nil {
		s.lead = fs.shape.lead(fs.totals, words)
	}
	if err := fs.figure(&s, m, j.Period); err != nil {
		return s, err
	}
	s.answer = answered(fs, s, words)
	s.subject = subject(account.Organization, j, fs, s)
	s.preview = preview(j, fs, s)
	return s, nil
}

// figure adds all that a story says in figures.
func (fs *Figures) figure(s *Statement, m memory, p reportconfig.Period) (err error) {
	if s.headlines, err = fs.headlines(m); err != nil {
		return err
	}
	if s.remarks, err = fs.remarks(m); err != nil {
		return err
	}
	if s.charts, err = fs.charts(p); err != nil {
		return err
	}
	s.check = fs.check(fs.words)
	s.urgent, s.atRisk = fs.lapses(), fs.riskAmounts(fs.words)
	if s.tables, err = tables(fs.totals, fs.shape, fs.words, len(noons(p))); err != nil {
		return err
	}
	changes, err := fs.changes(m)
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
func notes(fs *Figures, words *locales.Printer) []string {
	var out []string
	for _, note := range fs.shape.notes {
		out = append(out, words.Word(note))
	}
	if len(fs.totals.unlisted) > 0 {
		var codes []string
		for _, code := range slices.Sorted(maps.Keys(fs.totals.unlisted)) {
			codes = append(codes, strconv.Quote(string(code)))
		}
		out = append(out, words.Word("document.unknown_currency", strings.Join(codes, ", ")))
	}
	return out
}

// numbered is the report's number in words, "" without one.
func (s Statement) numbered(words *locales.Printer) string {
	if s.number == 0 {
		return ""
	}
	return words.Word("document.number", strconv.Itoa(s.number)) // to be searched for, not read as an amount
}
