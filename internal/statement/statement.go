// Package statement is what a reader is told of a report, in the reader's language: subject,
// headlines, tables, charts, what changed since the comparable period, what is missing, and
// whether it agrees with Dintero. Document and mail both print it, so they say the same. It
// refuses to compare with a period that was not made whole. It reads no source.
package statement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/reconcile"
	"rapport/internal/report"
	"rapport/locales"
	"rapport/reportconfig"
)

// Figures are what a report knows before it is put into words: its totals, what its data
// type looks like, and how it compares with Dintero's own figures.
type Figures struct {
	Words      *locales.Printer // of the report's language
	Layout     report.Layout
	Totals     *report.Totals
	Reconciled reconcile.Result
	Printed    func(string) string // a text as the document can print it; nil: there is none

	Settlements *Settlements // of a report of settlements
	Location    *time.Location

	own        money.Currency // the organization's
	answerWord string         // what the answer is called in place of the data type's word
	corrected  *Corrected     // of a correction
}

// An Account is whose reports these are.
type Account struct {
	ID           string // Dintero's
	Organization content.Organization
	Contact      string // who answers questions, for a reader outside the organization; may be empty
	Zone         string // IANA name of its zone, as printed
	Location     *time.Location
}

// A Statement is what document and mail both say of a report, in its language.
type Statement struct {
	Title, Subtitle string
	Period, Span    string
	number          string // of the report; "": it has none
	correction      bool
	Subject         string // of the mail
	Preview         string // what continues it
	Lead            string // the answer in a sentence, where there are no headlines
	Headlines       []content.Headline
	Check           content.Check
	Remarks         []string        // what is missing or odd
	Urgent          []content.Table // what somebody must act on
	Charts          []content.Chart
	Empty           string // said in place of rows when there are none
	Facts           []content.Fact
	Tables          []content.Table
	Notes           []string
	Currencies      []money.Currency // in the order in which all of it names them

	atRisk string // how much money is about to lapse; "" for none
}

// Compose writes the statement of a report whose figures are known.
func Compose(account Account, j report.Job, fs *Figures, m Previous, now time.Time) (s Statement, err error) {
	words, p := fs.Words, j.Period
	first, end := p.Days()
	fs.own = ownCurrency(account)
	dataTitle := words.Word("title." + string(j.Report.Data.DataType()))
	s = Statement{
		Title:  j.Report.Name,
		number: numberOf(j, m.Number),
		Period: words.Period(string(p.Schedule), first, end),
		Span:   words.Span(p.From, p.To, account.Zone),
		Empty:  words.Word(fs.Layout.Empty),
		Facts:  facts(account, j.Report.Data, fs, now), Notes: notes(fs, words), Currencies: fs.currencies(),
	}
	besides, err := besidesBank(fs)
	if err != nil {
		return s, err
	}
	s.Notes = slices.Concat(besides, s.Notes, checkScope(fs.Reconciled, words))
	if m.Corrected {
		s.Notes = append(s.Notes, words.Word("correction.compared", beforeWord(words, m)))
	}
	if s.Title == "" {
		s.Title = dataTitle
	} else if !strings.EqualFold(s.Title, dataTitle) {
		s.Subtitle = dataTitle
	}
	name := ""
	if j.Report.Part != nil {
		name = j.Report.Part.Name
		s.Subtitle = cmp.Or(name, s.Subtitle)
	}
	switch d := j.Report.Data.(type) {
	case reportconfig.Transactions:
		if len(d.Sellers) > 0 {
			fs.answerWord = "summary.net_share"
			s.Subtitle = words.Word("document.seller_share", cmp.Or(name, sellerNames(d.Sellers, fs.Totals)))
		}
	case reportconfig.Open:
		s.Span = words.Word("document.snapshot_at", words.DateTime(p.To), account.Zone)
		if len(d.Sellers) > 0 {
			s.Subtitle = words.Word("document.seller_open", cmp.Or(name, sellerNames(d.Sellers, fs.Totals)))
		}
	}
	s.Lead = s.Empty
	if fs.Totals.Rows > 0 && fs.Layout.Lead != nil {
		s.Lead = fs.Layout.Lead(fs.Totals, words)
	}
	if err := fs.describe(&s, m, j.Period); err != nil {
		return s, err
	}
	if j.Edition > 0 {
		s.Remarks = append([]string{words.Word("remark.again." + j.Reason)}, s.Remarks...)
	}
	fs.Location = account.Location
	describeGiftCards(fs, &s)
	if err := describeSettlements(fs, &s); err != nil {
		return s, err
	}
	s.Subject = subject(account.Organization, j, fs, s)
	s.Preview = previewText(j, fs, s)
	return s, nil
}

// describe adds all that a story says in figures.
func (fs *Figures) describe(s *Statement, m Previous, p calendar.Period) (err error) {
	if s.Headlines, err = fs.headlines(m); err != nil {
		return err
	}
	if s.Remarks, err = fs.remarks(m); err != nil {
		return err
	}
	if s.Charts, err = fs.charts(p); err != nil {
		return err
	}
	s.Check = fs.Check(fs.Words)
	s.atRisk = fs.riskAmounts(fs.Words)
	if s.Urgent, err = (expiry{fs}).tables(); err != nil {
		return err
	}
	if s.Tables, err = fs.tables(len(p.Noons())); err != nil {
		return err
	}
	changes, err := comparison{fs, m}.changes()
	if err == nil && changes != nil {
		s.Tables = append([]content.Table{*changes}, s.Tables...)
	}
	return err
}

// notes are the data type's, and a word on the currencies that nobody knows.
func notes(fs *Figures, words *locales.Printer) []string {
	var out []string
	for _, note := range fs.Layout.Notes {
		out = append(out, words.Word(note))
	}
	if fees, _ := (feeTotals{fs}).told(); fees {
		out = append(out, words.Word("document.fees_note"))
	}
	if len(fs.Totals.Unlisted) > 0 {
		var codes []string
		for _, code := range slices.Sorted(maps.Keys(fs.Totals.Unlisted)) {
			codes = append(codes, strconv.Quote(string(code)))
		}
		out = append(out, words.Word("document.unknown_currency", strings.Join(codes, ", ")))
	}
	return out
}

// numberOf is what the report is called by: its number, and which correction of it.
func numberOf(j report.Job, number int) string {
	if number == 0 {
		return ""
	}
	if j.Edition > 0 {
		return fmt.Sprintf("%d-%d", number, j.Edition)
	}
	return strconv.Itoa(number) // to be searched for, not read as an amount
}

// NumberWord is the report's number in words, "" without one.
func (s Statement) NumberWord(words *locales.Printer) string {
	if s.number == "" {
		return ""
	}
	if s.correction {
		return words.Word("correction.number", s.number)
	}
	return words.Word("document.number", s.number)
}
