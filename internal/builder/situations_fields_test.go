package builder_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

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
