package builder_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"log/slog"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rapport/fetch"
	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/message"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// What people met with reports like these, from the file to what they read. Each situation
// is one that somebody told of another program.

// paid is a transaction of a file: captured on the tests' day, with more members.
func paid(id string, minor int, more string) string {
	return sold(id, minor, more, movement("CAPTURE", id+"-c", fmt.Sprint(minor), "2026-11-19T10:00:00Z"))
}

// sold is a transaction with events of its own.
func sold(id string, minor int, more string, events ...string) string {
	return fmt.Sprintf(`{"id":"T12345678.%s","amount":%d,"currency":"NOK","created_at":"2026-11-19T07:00:00Z","merchant_reference":"ORD-%s","payment_product":"payex","payment_product_type":"payex.creditcard","status":"CAPTURED",`+
		`"store":{"id":"s1","name":"Oslo"},"events":[{"id":"a","event":"AUTHORIZE","created_at":"2026-11-19T07:00:00Z"},%s]%s}`, id, minor, id, strings.Join(events, ","), more)
}

func movement(kind, id, amount, at string) string {
	return fmt.Sprintf(`{"event":%q,"id":%q,"amount":%s,"created_at":%q}`, kind, id, amount, at)
}

// instead is a text with one member of it in another form.
func instead(text, old, new string) string {
	if !strings.Contains(text, old) {
		panic(old + " is not in " + text)
	}
	return strings.Replace(text, old, new, 1)
}

// situation is a report that was made of a file.
type situation struct {
	builder.Result
	csv, pdf, subject, text string
	attached                []string
	draft                   message.Draft
}

// setting is how it is made; the zero one is a daily report in Norwegian.
type setting struct {
	report *reportconfig.Report
	change func(*builder.Builder)
	period string
	room   int64
	forms  []reportconfig.ContentType // PDF and CSV, where there are none
}

// make makes the report of a file's lines, and reads all of it as its readers do.
func (s setting) make(t *testing.T, lines ...string) situation {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.ndjson")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.report == nil {
		s.report = paymenttest.Report(reportconfig.Transactions{}, "no")
	}
	if s.report.Name == "" {
		s.report.Name = "Dagsoppgjør"
	}
	if len(s.forms) > 0 {
		s.report.ContentTypes = s.forms
	} else if s.report.Data.DataType() != reportconfig.OrderOperations {
		s.report.ContentTypes = []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV}
	}
	b := shoptest.NewBuilder(t, fetch.Files{TransactionsFile: path, OrdersFile: path, WalletsFile: path}, nil, slog.New(slog.DiscardHandler))
	if s.change != nil {
		s.change(b)
	}
	if s.period == "" {
		s.period = "2026-11-19"
	}
	made := situation{Result: b.Build(t.Context(), paymenttest.Morning(t), []builder.Request{{Job: report.Job{Report: s.report, Period: paymenttest.Period(t, s.period)}, Dir: t.TempDir()}})[0]}
	if made.Err != nil {
		return made
	}
	for _, f := range made.Files {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if made.csv = string(data); f.ContentType == string(reportconfig.PDF) {
			made.pdf = string(data)
		}
	}
	composer := &message.Composer{Account: b.Account, From: mail.Address{Address: "rapport@fjordfisk.example"}, Envelope: "rapport@fjordfisk.example", Log: b.Log}
	var err error
	if made.draft, err = composer.Draft(made.Job, made.Statement, made.Now); err != nil {
		t.Fatal(err)
	}
	room := s.room
	if room == 0 {
		room = 10_000_000
	}
	files, err := made.draft.Attach(made.Files, room)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range files.Attachments {
		made.attached = append(made.attached, a.Name)
		if a.ContentType == "application/zip" {
			in, err := zip.NewReader(bytes.NewReader(a.Data), int64(len(a.Data)))
			if err != nil || len(in.File) != 1 {
				t.Fatalf("%s: %v", a.Name, err)
			}
			made.attached = append(made.attached, "("+in.File[0].Name+")")
		}
	}
	frozen, _, err := composer.Freeze(made.draft, files, made.Job, mail.Address{Address: "regnskap@fjordfisk.example"}, "")
	if err != nil {
		t.Fatal(err)
	}
	made.subject, made.text = shoptest.SubjectAndText(t, frozen.Frozen)
	made.text = strings.ReplaceAll(made.text, "\r\n", "\n")
	return made
}

// copied is the text of the PDF as one copies it.
func (s *situation) copied(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed")
	}
	read := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	read.Stdin = strings.NewReader(s.pdf)
	text, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\u00a0", " ")
}

func (s *situation) rows(t *testing.T) []map[string]string {
	t.Helper()
	if s.Err != nil {
		t.Fatal(s.Err)
	}
	return paymenttest.RowsOf(t, s.csv)
}

// column is a column of the CSV, with blanks between the cells.
func (s *situation) column(t *testing.T, name string) string {
	t.Helper()
	var cells []string
	for _, row := range s.rows(t) {
		cells = append(cells, row[name])
	}
	return strings.Join(cells, " ")
}

func TestANumberWhereATextBelongsIsThatText(t *testing.T) {
	s := setting{}.make(t, instead(sold("t1", 100, "", movement("CAPTURE", "c", "100", "2026-10-01T10:00:00Z")), `"merchant_reference":"ORD-t1"`, `"merchant_reference":1001`),
		instead(paid("t2", 200, ""), `"id":"s1"`, `"id":42`), instead(paid("t3", 12345, ""), `"merchant_reference":"ORD-t3"`, `"merchant_reference":1003`))
	if got := s.column(t, "Ordrereferanse") + " " + s.column(t, "Salgssted-ID"); got != "ORD-t2 1003 42 s1" || len(s.Warnings) > 0 {
		t.Errorf("got %s, %q", got, s.Warnings)
	}
}

func TestAWholeAmountInOtherSpellingIsThatAmountAndAFractionNone(t *testing.T) {
	for spelling, want := range map[string]string{"12345.0": "123,45", "1.2345e4": "123,45", "123450E-1": "123,45", "123.45": "", `"12345"`: "", "1e400": "", "-12345": "", "null": ""} {
		s := setting{}.make(t, instead(paid("t1", 12345, ""), `"amount":12345,"created_at":"2026-11-19T10`, `"amount":`+spelling+`,"created_at":"2026-11-19T10`))
		if want == "" {
			if s.Err == nil || !strings.Contains(s.Err.Error(), "transaction T12345678.t1: events[1].amount: ") {
				t.Errorf("%s: got %v", spelling, s.Err)
			}
			continue
		}
		if got := s.column(t, "Innløst"); got != want {
			t.Errorf("%s: got %s", spelling, got)
		}
	}
}

func TestADescribingFieldThatCannotBeReadIsBlankAndTheOperatorHears(t *testing.T) {
	s := setting{}.make(t, instead(paid("t1", 100, ""), `"name":"Oslo"`, `"name":{"nb":"Oslo"}`), paid("t2", 200, `,"card":"Visa"`), sold("t3", 300, `,"card":7`, movement("CAPTURE", "c", "300", "2026-10-01T10:00:00Z")))
	want := []string{"transaction T12345678.t1: store.name: an object is not a text; it is blank in the report", "transaction T12345678.t2: card: is a text, not an object; it is blank in the report"}
	if got := s.column(t, "Innløst"); got != "1,00 2,00" || !slices.Equal(s.Warnings, want) {
		t.Errorf("got %s, %q", got, s.Warnings)
	}
}

// What lies outside of a report's period or store stops nobody, and what may lie inside does.
func TestAFaultStopsThoseWhomItConcerns(t *testing.T) {
	fine := paid("fine", 100, "")
	stores := func(ids ...string) *reportconfig.Report {
		return paymenttest.Report(reportconfig.Transactions{Stores: ids}, "no")
	}
	for name, test := range map[string]struct {
		line   string
		report *reportconfig.Report
		stops  bool
	}{
		"an amount of another day":                {sold("t", 100, "", movement("CAPTURE", "c", "1.5", "2026-10-01T10:00:00Z")), nil, false},
		"an amount of this day":                   {sold("t", 100, "", movement("CAPTURE", "c", "1.5", "2026-11-19T12:00:00Z")), nil, true},
		"an amount of this day in another store":  {sold("t", 100, "", movement("CAPTURE", "c", "1.5", "2026-11-19T12:00:00Z")), stores("s2"), false},
		"a time that nobody can tell":             {sold("t", 100, "", movement("CAPTURE", "c", "100", "yesterday")), nil, true},
		"such a time in another store":            {sold("t", 100, "", movement("CAPTURE", "c", "100", "yesterday")), stores("s2"), false},
		"a currency of another day":               {instead(sold("t", 100, "", movement("CAPTURE", "c", "100", "2026-10-01T10:00:00Z")), `"NOK"`, `17`), nil, false},
		"a currency of this day":                  {instead(paid("t", 100, ""), `"NOK"`, `17`), nil, true},
		"an authorised amount of another day":     {instead(sold("t", 100, "", movement("CAPTURE", "c", "100", "2026-10-01T10:00:00Z")), `"amount":100,"currency"`, `"amount":"much","currency"`), nil, false},
		"a time of an authorisation":              {instead(paid("t", 100, ""), `"AUTHORIZE","created_at":"2026-11-19T07:00:00Z"`, `"AUTHORIZE","created_at":"morning"`), nil, false},
		"events that are none":                    {instead(sold("t", 100, "", "7"), `"events":[{"id":"a","event":"AUTHORIZE","created_at":"2026-11-19T07:00:00Z"},7]`, `"events":"none"`), nil, true},
		"a store that is none, of no store's":     {instead(paid("t", 100, ""), `{"id":"s1","name":"Oslo"}`, `"s1"`), nil, false},
		"a store that is none, of one store's":    {instead(paid("t", 100, ""), `{"id":"s1","name":"Oslo"}`, `"s1"`), stores("s1"), true},
		"such a store on another day":             {instead(sold("t", 100, "", movement("CAPTURE", "c", "100", "2026-10-01T10:00:00Z")), `{"id":"s1","name":"Oslo"}`, `"s1"`), stores("s1"), false},
		"a seller that is none, of a seller's":    {paid("t", 100, `,"payout_destination_id":{"id":"a"}`), paymenttest.Report(reportconfig.Transactions{Sellers: []string{"a"}}, "no"), true},
		"an amount of unknown kind":               {sold("t", 100, "", movement("CHARGEBACK", "c", `"100"`, "2026-11-19T12:00:00Z")), nil, true},
		"an amount of unknown kind, another day":  {sold("t", 100, "", movement("CHARGEBACK", "c", `"100"`, "2026-10-19T12:00:00Z")), nil, false},
		"a refund that failed":                    {sold("t", 100, "", `{"event":"REFUND","success":false,"amount":"x","created_at":7}`), nil, false},
		"too many events":                         {instead(paid("t", 100, ""), `"events":[`, `"events":[`+strings.Repeat("{},", 2000)), nil, true},
		"too many events of another store":        {instead(paid("t", 100, ""), `"events":[`, `"events":[`+strings.Repeat("{},", 2000)), stores("s2"), false},
		"too many names where nothing is printed": {instead(sold("t", 100, "", movement("CAPTURE", "c", "100", "2026-10-01T10:00:00Z")), `"id":`, `"metadata":`+manyNames(2000)+`,"id":`), nil, false},
	} {
		s := setting{report: test.report}.make(t, fine, test.line, fine)
		if (s.Err != nil) != test.stops || s.Err != nil && !strings.Contains(s.Err.Error(), "transaction T12345678.t: ") {
			t.Errorf("%s: got %v", name, s.Err)
		}
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"n%d":0,`, i)
	}
	return "{" + strings.TrimSuffix(b.String(), ",") + "}"
}

func TestMoneyOfUnknownKindIsToldAndNotCounted(t *testing.T) {
	s := setting{}.make(t, paid("t1", 500_000, ""), sold("t2", 700_000, "", movement("CAPTURE", "c", "700000", "2026-11-19T08:00:00Z"), movement("CHARGEBACK", "cb", "700000", "2026-11-19T15:00:00Z"),
		movement("CHARGEBACK", "cb", "700000", "2026-11-19T15:00:00Z"), movement("CHARGEBACK", "old", "1", "2026-10-19T15:00:00Z"), movement("INITIATE_REFUND", "i", "5", "2026-11-19T15:00:00Z"), movement("SETTLEMENT", "s", "5", "2026-11-19T15:00:00Z")),
		sold("t3", 100, "", movement("capture", "c", "100", "2026-11-19T08:00:00Z"), movement("REFUND_REVERSED", "r", "-50", "2026-11-19T08:00:00Z"), movement("NOTICE", "n", "0", "2026-11-19T08:00:00Z")))
	if got := s.column(t, "Innløst"); got != "7000,00 5000,00" || !strings.Contains(s.subject, "12 000,00 kr") {
		t.Errorf("it is counted: %s in %s", got, s.subject)
	}
	for _, want := range []string{
		"1 hendelse av typen CHARGEBACK, som Rapport ikke kjenner, er ikke regnet med: 7 000,00 kr.",
		"1 hendelse av typen capture, som Rapport ikke kjenner, er ikke regnet med: 1,00 kr.",
		"1 hendelse av typen REFUND_REVERSED, som Rapport ikke kjenner, er ikke regnet med: -0,50 kr.",
	} {
		if flat := strings.Join(strings.Fields(s.text), " "); !strings.Contains(flat, want) || !strings.Contains(s.copied(t), want) {
			t.Errorf("mail or PDF does not say %q:\n%s", want, s.text)
		}
	}
	if want := []builder.UnknownMoney{{"CHARGEBACK", "NOK", 1, 700_000}, {"REFUND_REVERSED", "NOK", 1, -50}, {"capture", "NOK", 1, 100}}; !slices.Equal(s.Unknown, want) || len(s.Warnings) != 3 || !s.Differs {
		t.Errorf("the operator hears %+v, %q", s.Unknown, s.Warnings)
	}
}

func TestMoneyOfUnknownKindAloneIsNoEmptyReport(t *testing.T) {
	s := setting{}.make(t, sold("t1", 100, "", movement("capture", "c", "100", "2026-11-19T08:00:00Z")))
	if s.Rows != 0 || !s.Differs || len(s.Unknown) != 1 || !strings.Contains(s.text, "som Rapport ikke kjenner") {
		t.Errorf("%d rows, %+v\n%s", s.Rows, s.Unknown, s.text)
	}
}

func TestMoneyOfUnknownKindIsASellersOwn(t *testing.T) {
	line := instead(sold("t1", 100, "", movement("CHARGEBACK", "c", "1000", "2026-11-19T08:00:00Z")), `"amount":1000,`, `"amount":1000,"splits":[{"payout_destination_id":"a","amount":700},{"payout_destination_id":"b","amount":300}],`)
	for seller, want := range map[string]int64{"a": 700, "b": 300, "c": 0} {
		s := setting{report: paymenttest.Report(reportconfig.Transactions{Sellers: []string{seller}}, "no")}.make(t, line)
		if want == 0 && len(s.Unknown) > 0 || want > 0 && (len(s.Unknown) != 1 || s.Unknown[0].Sum != want) {
			t.Errorf("%s: %+v, %v", seller, s.Unknown, s.Err)
		}
	}
}

func TestAGiftCardsMovementOfUnknownKindIsToldToo(t *testing.T) {
	s := setting{report: paymenttest.Report(reportconfig.Wallets{}, "no")}.make(t, `{"id":"w1","card_id":"k1","type":"expired","amount":5000,"currency":"NOK","created_at":"2026-11-19T10:00:00Z"}`)
	if s.Err != nil || s.Rows != 1 || len(s.Unknown) != 1 || !strings.Contains(strings.Join(strings.Fields(s.text), " "), "1 hendelse av typen expired, som Rapport ikke kjenner, er ikke regnet med: 50,00 kr.") {
		t.Errorf("%+v, %v\n%s", s.Unknown, s.Err, s.text)
	}
}

func TestAnAuthorisationLastsAsLongAsDinteroSays(t *testing.T) {
	open := func(id, authorised, more string) string {
		return instead(instead(sold(id, 80_000, "", "{}"), `,{}]`, "]"), `{"id":"a","event":"AUTHORIZE","created_at":"2026-11-19T07:00:00Z"}`,
			fmt.Sprintf(`{"id":"a","event":"AUTHORIZE","created_at":%q%s}`, authorised, more))
	}
	klarna := func(line string) string {
		return instead(instead(instead(line, `"CAPTURED"`, `"AUTHORIZED"`), `"payex"`, `"klarna"`), `"payex.creditcard"`, `"klarna.klarna"`)
	}
	extended := klarna(open("extended", "2026-10-15T08:00:00Z", `,"metadata":{"klarna:authorization_expiration":"2026-12-15T08:00:00Z"}`))
	again := instead(klarna(open("again", "2026-10-01T08:00:00Z", "")), `"AUTHORIZE","created_at":"2026-10-01T08:00:00Z"}`, `"AUTHORIZE","created_at":"2026-10-01T08:00:00Z"},{"id":"b","event":"AUTHORIZE","created_at":"2026-11-18T08:00:00Z"}`)
	s := setting{report: paymenttest.Report(reportconfig.Open{}, "no")}.make(t, extended, again, klarna(open("soon", "2026-10-24T08:00:00Z", "")), klarna(open("gone", "2026-10-14T08:00:00Z", "")),
		klarna(open("unread", "2026-11-18T08:00:00Z", `,"metadata":{"klarna:authorization_expiration":"later"}`)))
	if got := s.column(t, "Alder (dager)"); got != "49 36 35 26 1" && got != "48 36 35 26 1" {
		t.Errorf("the age is from the first: %s", got)
	}
	var urgent []string
	for _, table := range s.Statement.Urgent {
		for _, row := range table.Rows {
			urgent = append(urgent, row[1])
		}
	}
	if got := strings.Join(urgent, " "); got != "ORD-soon" || len(s.Statement.Remarks) != 1 || !strings.Contains(s.Statement.Remarks[0], "1 autorisasjon") {
		t.Errorf("urgent: %s; %q", got, s.Statement.Remarks)
	}
	if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "T12345678.unread: events[0].metadata.klarna:authorization_expiration") {
		t.Errorf("got %q", s.Warnings)
	}
}

func TestAVoucherThatTheMarketplacePaysIsAShareOfBothSigns(t *testing.T) {
	line := instead(paid("t1", 10_000, ""), `"amount":10000,"created_at"`, `"splits":[{"payout_destination_id":"sel1","amount":12000},{"payout_destination_id":"market","amount":-2000}],"amount":10000,"created_at"`)
	for seller, want := range map[string]string{"sel1": "120,00", "market": "-20,00"} {
		s := setting{report: paymenttest.Report(reportconfig.Transactions{Sellers: []string{seller}}, "no")}.make(t, line)
		if got := s.column(t, "Netto"); got != want {
			t.Errorf("%s: got %s", seller, got)
		}
	}
}

func TestVATOfThePartsIsThatOfTheWhole(t *testing.T) {
	operation := func(kind, id string, amount int, hour string) string {
		return fmt.Sprintf(`{"id":%q,"amount":%d,"created_at":"2026-11-%s:00:00Z","items":[{"line_id":1,"amount":%d}]}`, id, amount, hour, amount)
	}
	order := func(vat int, rates string, captures ...string) string {
		return fmt.Sprintf(`{"id":"o1","order_id":1001,"currency":"NOK","items":[{"line_id":1,"gross_amount":100,"tax_lines":[{"amount":%d,"percentage":15}%s]}],"captures":[%s],"refunds":[%s]}`,
			vat, rates, strings.Join(captures, ","), operation("refund", "r1", 100, "19T12"))
	}
	for name, test := range map[string]struct{ line, vat, rate string }{
		"three parts":                          {order(20, "", operation("capture", "c1", 33, "19T08"), operation("capture", "c2", 33, "19T09"), operation("capture", "c3", 34, "19T10")), "0,07 0,06 0,07 -0,20", "15 15 15 15"},
		"in the order in which they were made": {order(20, "", operation("capture", "c3", 34, "19T10"), operation("capture", "c1", 33, "19T08"), operation("capture", "c2", 33, "19T09")), "0,07 0,06 0,07 -0,20", "15 15 15 15"},
		"one of them on another day":           {order(20, "", operation("capture", "c1", 33, "18T08"), operation("capture", "c2", 33, "19T09"), operation("capture", "c3", 34, "19T10")), "0,06 0,07 -0,20", "15 15 15"},
		"a part alone":                         {order(20, "", operation("capture", "c1", 33, "19T08")), "0,07 -0,20", "15 15"},
		"one part twice":                       {order(20, "", operation("capture", "c1", 33, "19T08"), operation("capture", "c1", 33, "19T08")), "0,07 -0,20", "15 15"},
		"more than the line":                   {order(20, "", operation("capture", "c1", 100, "19T08"), operation("capture", "c2", 50, "19T09")), "0,20 0,10 -0,20", "15 15 15"},
		"one rate in two spellings":            {order(20, `,{"amount":0,"percentage":15.0},{"amount":0,"percentage":"15.00"}`, operation("capture", "c1", 100, "19T08")), "0,20 -0,20", "15 15"},
		"two rates":                            {order(20, `,{"amount":5,"percentage":2.50}`, operation("capture", "c1", 100, "19T08")), "0,25 -0,25", "15 + 2,5 15 + 2,5"},
	} {
		s := setting{report: paymenttest.Report(reportconfig.Orders{}, "no")}.make(t, test.line)
		if vat, rate := s.column(t, "Mva."), s.column(t, "Mva.-sats"); vat != test.vat || rate != test.rate {
			t.Errorf("%s: got %s at %s, want %s at %s", name, vat, rate, test.vat, test.rate)
		}
	}
}

// Any number of parts make the whole, each within a minor unit of its own.
func TestVATOfAnyPartsMakesTheWhole(t *testing.T) {
	for parts := 1; parts <= 60; parts += 7 {
		var captures []string
		for i := range parts {
			captures = append(captures, fmt.Sprintf(`{"id":"c%d","amount":10,"created_at":"2026-11-19T10:%02d:00Z","items":[{"line_id":"1","amount":10}]}`, i, i))
		}
		s := setting{report: paymenttest.Report(reportconfig.Orders{}, "en")}.make(t, fmt.Sprintf(`{"id":"o1","currency":"ISK","items":[{"line_id":"1","gross_amount":%d,"tax_lines":[{"amount":20}]}],"captures":[%s]}`, 10*parts, strings.Join(captures, ",")))
		sum, least, most := 0, 20, 0
		for _, row := range s.rows(t) {
			var n int
			if _, err := fmt.Sscan(row["VAT"], &n); err != nil {
				t.Fatal(err)
			}
			sum, least, most = sum+n, min(least, n), max(most, n)
		}
		if sum != 20 || most-least > 1 {
			t.Errorf("%d parts sum to %d, from %d to %d", parts, sum, least, most)
		}
	}
}

func TestAStoreIsItsIDAndItsNewestName(t *testing.T) {
	at := func(id, store, updated string) string {
		return instead(paid(id, 100_00, fmt.Sprintf(`,"updated_at":"2026-11-19T%s:00Z"`, updated)), `{"id":"s1","name":"Oslo"}`, store)
	}
	s := setting{}.make(t,
		at("t1", `{"id":"fjordfisk.no","name":"Nettbutikk"}`, "12:00"), at("t2", `{"id":"fjordfisk.no"}`, "13:00"),
		at("t3", `{"id":"s2","name":"Gammelt navn"}`, "11:00"), at("t4", `{"id":"s2","name":"Nytt navn"}`, "14:00"), at("t5", `{"id":"s2","name":"Gammelt navn"}`, "12:30"),
		at("t6", `{"id":"s3","name":"Trondheim "}`, "12:00"), at("t7", `{"id":"s3","name":"Trondheim"}`, "12:00"), at("t8", `{"id":"s4","name":"Åsane"}`, "12:00"), at("t9", `{"id":"s4","name":"A\u030asane"}`, "13:00"),
		at("u1", `{"id":"s5","name":"Tor\u0000get"}`, "12:00"), at("u2", `{"id":"s6","name":"torget"}`, "12:00"), at("u3", `{"name":"Uten id"}`, "12:00"), at("u4", `{"name":"Uten id "}`, "12:00"), at("u5", `{"id":"s7","name":"Torget"}`, "12:00"))
	var lines []string
	for _, table := range s.Statement.Tables {
		if table.Head[0] == "Salgssted" {
			for _, row := range table.Rows {
				lines = append(lines, row[0]+" "+strings.ReplaceAll(row[len(row)-1], "\u00a0", " "))
			}
		}
	}
	want := "Nettbutikk 200,00, Nytt navn 300,00, Tor get 100,00, torget (s6) 100,00, Torget (s7) 100,00, Trondheim 200,00, Uten id 200,00, Åsane 200,00, Sum 1 400,00"
	if got := strings.Join(lines, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := s.rows(t)[5]["Salgssted"]; got != "Trondheim " {
		t.Errorf("the CSV has it as it is: %q", got)
	}
}

func TestStoresThatThePaperCannotSpellAreToldApart(t *testing.T) {
	at := func(id, store string) string {
		return instead(paid(id, 100_00, ""), `{"id":"s1","name":"Oslo"}`, store)
	}
	s := setting{}.make(t, at("t1", `{"id":"s1","name":"𒀀𒀁"}`), at("t2", `{"id":"s2","name":"𒀂𒀃"}`), at("t3", `{"id":"s3","name":"𒁀𒁁"}`), at("t4", `{"id":"s4","name":"Łódź"}`), at("t5", `{"id":"𒀄"}`), at("t6", `{"id":"𒀅"}`))
	text := s.copied(t)
	for _, want := range []string{"?? (s1) ", "?? (s2) ", "?? (s3) ", "Łódź ", "?    ", "? #2 "} {
		if strings.Count(text, "\n"+want) != 1 {
			t.Errorf("%q is not one line:\n%s", want, text)
		}
	}
	if !strings.Contains(s.text, "𒀀𒀁 (s1)") {
		t.Errorf("the mail can spell it:\n%s", s.text)
	}
}

func TestStoresOfOtherScriptsAreSpelled(t *testing.T) {
	names := []string{"北京", "上海", "🐟🐟", "서울", "東京カメラ", "ร้านค้า", "दुकान", "ქართული"}
	var lines []string
	for i, name := range names {
		lines = append(lines, instead(paid(fmt.Sprintf("t%d", i), 100_00, ""), `{"id":"s1","name":"Oslo"}`, fmt.Sprintf(`{"id":"s%d","name":%q}`, i, name)))
	}
	s := setting{}.make(t, lines...)
	text := s.copied(t)
	for _, name := range names {
		if !strings.Contains(text, "\n"+name+" ") {
			t.Errorf("%q is not one line:\n%s", name, text)
		}
	}
	if strings.Contains(text, "vises som ?") {
		t.Errorf("the footnote has nothing to speak of:\n%s", text)
	}
}

func TestTheOwnCurrencyLeadsEverywhere(t *testing.T) {
	in := func(id, code string, minor int) string {
		return instead(paid(id, minor, ""), `"NOK"`, fmt.Sprintf("%q", code))
	}
	lines := []string{in("t1", "DKK", 5), in("t2", "NOK", 100_000_00), in("t3", "SEK", 7), in("t4", "SEK", 8)}
	for zone, want := range map[string][]string{"Europe/Oslo": {"NOK", "SEK", "DKK"}, "Europe/Copenhagen": {"DKK", "SEK", "NOK"}, "America/New_York": {"SEK", "DKK", "NOK"}} {
		s := setting{change: func(b *builder.Builder) {
			b.Account.Zone = zone
			if zone != "Europe/Oslo" {
				b.Account.Organization.Number = ""
			}
		}}.make(t, lines...)
		order := func(text string) bool {
			at := -1
			for _, code := range want {
				next := strings.Index(text, code)
				if next <= at {
					return false
				}
				at = next
			}
			return true
		}
		copied := s.copied(t)
		_, sums, _ := strings.Cut(copied, "\nSum ")
		if !order(s.subject) || !order(s.text) || !order(copied) || !order(sums) {
			t.Errorf("%s: want %v in\n%s\n%s\n%s", zone, want, s.subject, s.text, copied)
		}
	}
}

func TestNamesAreWholeOnPageOneAndTheSubjectGivesUpItsMiddle(t *testing.T) {
	const legal = "Stiftelsen for bevaring og formidling av kystkultur langs Helgelandskysten"
	name := "Dagsoppgjør for alle de fysiske salgsstedene våre i Trøndelag SA"
	if n := utf8.RuneCountInString(name); n != 64 {
		t.Fatalf("the name has %d letters", n)
	}
	rep := paymenttest.Report(reportconfig.Transactions{}, "no")
	rep.Name = name
	var lines []string
	for i, code := range []string{"NOK", "SEK", "DKK", "EUR"} {
		lines = append(lines, instead(paid(fmt.Sprint("t", i), 123_456_789_00, ""), `"NOK"`, fmt.Sprintf("%q", code)))
	}
	s := setting{report: rep, change: func(b *builder.Builder) { b.Account.Organization.Name = legal }}.make(t, lines...)
	first, _, _ := strings.Cut(s.copied(t), "\f")
	flat := strings.Join(strings.Fields(first), " ")
	for _, whole := range []string{legal, "Dagsoppgjør for alle de", "fysiske salgsstedene", "Trøndelag SA"} {
		if !strings.Contains(flat, whole) {
			t.Errorf("page one does not say %q:\n%s", whole, first)
		}
	}
	if n := utf8.RuneCountInString(s.subject); n > 200 || !strings.HasPrefix(s.subject, name+" tor 19.11: NOK 123 456 789,00") || !strings.HasSuffix(s.subject, " – "+legal+" 940155223") {
		t.Errorf("%d letters: %s", n, s.subject)
	}
	rep.Name = ""
	long := setting{report: rep, change: func(b *builder.Builder) {
		b.Account.Organization.Name = strings.Repeat("Svært langt navn ", 10) + "AS"
	}}.make(t, lines...)
	if n := utf8.RuneCountInString(long.subject); n > 200 || !strings.HasSuffix(long.subject, " AS 940155223") {
		t.Errorf("%d letters: %s", n, long.subject)
	}
}

func TestAMinusThatIsCopiedIsANumber(t *testing.T) {
	s := setting{}.make(t, paid("t1", 100_00, ""), sold("t2", 20_00, "", movement("REFUND", "r", "252875", "2026-11-19T12:00:00Z")))
	if copied := s.copied(t); !strings.Contains(copied, "-2 528,75") || strings.ContainsRune(copied, '−') {
		t.Errorf("the PDF:\n%s", copied)
	}
	if !strings.Contains(s.text, "-2 528,75") || strings.ContainsRune(s.text+s.subject, '−') {
		t.Errorf("the mail: %s\n%s", s.subject, s.text)
	}
}

func TestACSVThatHasNoRoomArrivesAsAnArchiveThatEverybodyOpens(t *testing.T) {
	var lines []string
	for i := range 3000 {
		lines = append(lines, paid(fmt.Sprintf("t%05d", i), i, ""))
	}
	rep := paymenttest.Report(reportconfig.Transactions{}, "no")
	s := setting{report: rep, room: 1_100_000}.make(t, lines...)
	if want := "dagsoppgjoer_2026-11-19.pdf dagsoppgjoer_2026-11-19.zip (dagsoppgjoer_2026-11-19.csv)"; strings.Join(s.attached, " ") != want {
		t.Errorf("attached: %q", s.attached)
	}
	if flat := strings.Join(strings.Fields(s.text), " "); !strings.Contains(flat, "CSV-filen er pakket i dagsoppgjoer_2026-11-19.zip") {
		t.Errorf("the mail does not say so:\n%s", s.text)
	}
	none := setting{report: rep, room: 140_000}.make(t, lines...)
	if flat := strings.Join(strings.Fields(none.text), " "); len(none.attached) > 0 || !strings.Contains(flat, "! For store for e-post og derfor ikke vedlagt: dagsoppgjoer_2026-11-19.pdf, dagsoppgjoer_2026-11-19.csv. Avsenderen har filene i arkivet.") ||
		strings.Index(flat, "For store") > strings.Index(flat, "Per betalingsmåte") {
		t.Errorf("%q\n%.1500s", none.attached, none.text)
	}
}

func TestWhatAMailHasNoRoomForHasItsSums(t *testing.T) {
	var lines []string
	for i := range 46 {
		minor, name := 10_00+i, fmt.Sprintf("Butikk %02d", i)
		if i == 45 {
			minor, name = 999_999_00, "Ørsta hovedlager"
		}
		lines = append(lines, instead(paid(fmt.Sprint("t", i), minor, ""), `{"id":"s1","name":"Oslo"}`, fmt.Sprintf(`{"id":"s%d","name":%q}`, i, name)))
	}
	s := setting{}.make(t, lines...)
	_, stores, _ := strings.Cut(strings.ReplaceAll(s.text, "\u00a0", " "), "Per salgssted")
	if !strings.Contains(stores, "Ørsta hovedlager") || !strings.Contains(strings.Join(strings.Fields(stores), " "), "og 16 til 161,20 Innløsninger 16 · Innløst 161,20 -") || strings.Contains(stores, ": \n") || strings.Contains(stores, ":\n\n") {
		t.Errorf("%s", stores)
	}
	for _, table := range s.draft.Content.Tables {
		for _, most := range []int{30, 20, 12, 6, 3, 1} {
			if short := table.Shortened(most); len(table.Rows) > 3 && (len(short.Rows) != most+2 || !contains(short, "Ørsta hovedlager") || short.More != 0) {
				t.Errorf("of %d: %v", most, short.Rows)
			}
		}
	}
}

func contains(t content.Table, cell string) bool {
	return slices.ContainsFunc(t.Rows, func(row []string) bool { return slices.Contains(row, cell) })
}

func TestTwiceCapturedIsCountedTwiceAndSaid(t *testing.T) {
	again := movement("CAPTURE", "c1", "10000", "2026-11-19T10:00:00Z")
	s := setting{}.make(t, sold("t1", 100_00, "", again, again), sold("t2", 100_00, "", movement("CAPTURE", "c1", "10000", "2026-11-19T11:00:00.001Z"), movement("CAPTURE", "c2", "10000", "2026-11-19T11:00:00.073Z")))
	if got := s.column(t, "Innløst"); got != "100,00 100,00 100,00" || !strings.Contains(strings.Join(s.Statement.Remarks, " "), "1 innløsning tok mer enn det som var autorisert: ORD-t2.") {
		t.Errorf("got %s, %q", got, s.Statement.Remarks)
	}
}

func TestALogoThatNobodySeesIsTheOperatorsMatter(t *testing.T) {
	s := setting{change: func(b *builder.Builder) { b.Account.Organization.Logo = []byte("RIFF\x00\x00\x00\x00WEBPVP8 ") }}.make(t, paid("t1", 1, ""))
	if s.Err != nil || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "WebP") || strings.Contains(s.copied(t), "ogo") {
		t.Errorf("%q, %v", s.Warnings, s.Err)
	}
}

func TestMoreCurrenciesThanThereAreWaitAndSaySo(t *testing.T) {
	var lines []string
	for i := range 1001 {
		lines = append(lines, instead(paid(fmt.Sprint("t", i), 1, ""), `"NOK"`, fmt.Sprintf(`"X%d"`, i)))
	}
	if s := (setting{}).make(t, lines...); s.Err == nil || !strings.Contains(s.Err.Error(), "totals by currency: more than there is room for") {
		t.Errorf("got %v", s.Err)
	}
}

func TestAMonthOfManyCurrenciesSaysOnEachPageWhatItIs(t *testing.T) {
	codes := strings.Fields("NOK SEK DKK EUR USD GBP PLN ISK CHF CAD AUD JPY CNY CZK HUF RON BGN TRY INR BRL MXN ZAR SGD HKD NZD THB ILS AED SAR KWD QAR CLP COP PEN UAH")
	var lines []string
	for d := range 28 {
		for i, code := range codes {
			lines = append(lines, instead(sold(fmt.Sprintf("t%d-%d", d, i), 100, "", movement("CAPTURE", "c", "100", time.Date(2026, 11, 1+d, 10, 0, i, 0, time.UTC).Format(time.RFC3339))), `"NOK"`, fmt.Sprintf("%q", code)))
		}
	}
	rep := paymenttest.Report(reportconfig.Transactions{}, "no")
	rep.Schedule = calendar.Monthly
	s := setting{report: rep, period: "2026-11"}.make(t, lines...)
	pages := strings.Split(s.copied(t), "\f")
	for i, page := range pages {
		for _, line := range strings.Split(page, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "USD ") && i > 0 && !strings.Contains(page, "fortsettelse") && !strings.Contains(page, "Sum") && !strings.Contains(page, "2026 ") {
				t.Errorf("page %d does not say of what its sums are:\n%s", i+1, page)
			}
		}
	}
}
