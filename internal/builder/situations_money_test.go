package builder_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

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
			urgent = append(urgent, row[0])
		}
	}
	if got := strings.Join(urgent, " "); got != "ORD-soon ORD-gone" || len(s.Statement.Remarks) != 1 || !strings.Contains(s.Statement.Remarks[0], "1 autorisasjon") {
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
