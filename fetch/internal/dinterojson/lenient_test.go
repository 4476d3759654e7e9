package dinterojson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/payment"
)

const captured = `{"event":"CAPTURE","id":"c1","amount":12345,"created_at":"2026-11-19T10:00:00Z"`

// What only describes is read as far as it can be: a number is its text, an empty list an
// empty object and the other way round, and a whole number may be spelt otherwise.
func TestAnotherTypeOfWhichNothingIsLostIsReadAsThat(t *testing.T) {
	for _, test := range []struct {
		name, more string
		got        func(payment.Transaction) any
		want       string
	}{
		{"order number", `,"merchant_reference":1001`, func(t payment.Transaction) any { return t.MerchantReference }, "1001"},
		{"order number with a fraction", `,"merchant_reference":1001.0`, func(t payment.Transaction) any { return t.MerchantReference }, "1001.0"},
		{"order number past 64 bits", `,"merchant_reference":123456789012345678901234567890`, func(t payment.Transaction) any { return t.MerchantReference }, "123456789012345678901234567890"},
		{"store id", `,"store":{"id":42}`, func(t payment.Transaction) any { return t.Store.ID }, "42"},
		{"store name", `,"store":{"id":"s","name":7}`, func(t payment.Transaction) any { return t.Store.Name }, "7"},
		{"no card", `,"card":[]`, func(t payment.Transaction) any { return t.CardBrand }, ""},
		{"no store", `,"store":[]`, func(t payment.Transaction) any { return t.Store }, "{  }"},
		{"no events", `,"events":{}`, func(t payment.Transaction) any { return len(t.Events) }, "0"},
		{"no items", `,"items":{ }`, func(t payment.Transaction) any { return len(t.Lines) }, "0"},
		{"event reference", `,"events":[` + captured + `,"event_reference":9}]`, func(t payment.Transaction) any { return t.Events[0].Reference }, "9"},
		{"no settlements", `,"events":[` + captured + `,"settlements":[]}]`, func(t payment.Transaction) any { return t.Events[0].Settlements }, "[]"},
		{"VAT", `,"events":[` + captured + `,"calculated_vat_amount":2469.0}]`, func(t payment.Transaction) any { return *t.Events[0].VAT }, "2469"},
		{"fee", `,"events":[` + captured + `,"settlements":{"events":[{"settlement_id":7,"fee":1.2e2}]}}]`, func(t payment.Transaction) any {
			return fmt.Sprint(t.Events[0].Settlements[0].ID, " ", *t.Events[0].Settlements[0].Fee)
		}, "7 120"},
		{"amount of an event", `,"events":[{"event":"CAPTURE","amount":1.2345e4,"created_at":"2026-11-19T10:00:00Z"}]`, func(t payment.Transaction) any { return t.Events[0].Amount }, "12345"},
		{"split", `,"events":[` + captured + `,"splits":[{"payout_destination_id":17,"amount":12345.000}]}]`, func(t payment.Transaction) any { return t.Events[0].Splits }, "[{17 12345}]"},
		{"how long it lasts", `,"events":[{"event":"AUTHORIZE","metadata":{"klarna:authorization_expiration":"2026-12-15T08:00:00Z"}}]`, func(t payment.Transaction) any {
			return t.Events[0].Expires
		}, "2026-12-15 08:00:00 +0000 UTC"},
		{"metadata of another kind", `,"events":[{"event":"AUTHORIZE","metadata":[1,2]}]`, func(t payment.Transaction) any { return t.Events[0].Expires.IsZero() }, "true"},
	} {
		all, err := decodeTransactions(minimal(test.more))
		if err != nil || len(all) != 1 || all[0].Fault != nil || all[0].OwnerFault != nil || len(all[0].Unread) > 0 {
			t.Errorf("%s: %+v, %v", test.name, all, err)
			continue
		}
		if got := fmt.Sprint(test.got(all[0])); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		for _, e := range all[0].Events {
			if e.Fault != nil {
				t.Errorf("%s: %v", test.name, e.Fault)
			}
		}
	}
	all, err := decodeTransactions(`[{"id":"T1","amount":12345.0,"currency":"NOK","created_at":"2026-11-19T10:00:00Z"}]`)
	if err != nil || all[0].Amount != 12345 || all[0].Fault != nil {
		t.Errorf("12345.0: %+v, %v", all, err)
	}
}

// What cannot be read and only describes is blank, and said.
func TestADescribingFieldThatCannotBeReadIsBlankAndSaid(t *testing.T) {
	for more, want := range map[string]string{
		`,"merchant_reference":{"no":1}`:                           "merchant_reference: an object is not a text",
		`,"merchant_reference":true`:                               "merchant_reference: true is not a text",
		`,"store":{"id":"s","name":["Oslo"]}`:                      "store.name: an array is not a text",
		`,"card":"Visa"`:                                           "card: is a text, not an object",
		`,"card":[{"brand":"Visa"}]`:                               "card: is an array, not an object",
		`,"status":false`:                                          "status: false is not a text",
		`,"events":[` + captured + `,"settlements":"no"}]`:         "settlements: is a text, not an object",
		`,"events":[` + captured + `,"settlements":{"events":7}}]`: "events[0].settlements.events: is a number, not a list",
		`,"events":[` + captured + `,"event_reference":[1]}]`:      "events[0].event_reference: an array is not a text",
		`,"events":[{"event":"AUTHORIZE","metadata":{"klarna:authorization_expiration":"soon"}}]`:         `events[0].metadata.klarna:authorization_expiration: "soon" is not an RFC 3339 time`,
		`,"merchant_reference":"` + strings.Repeat("x", maxText+1) + `"`:                                  "…\" is longer than 64 KiB",
		`,"merchant_reference":{},"merchant_reference_2":{},"status":[1],"card":7,"payment_product":true`: "merchant_reference_2: an object is not a text",
	} {
		all, err := decodeTransactions(minimal(more))
		if err != nil || len(all) != 1 || all[0].Fault != nil || all[0].OwnerFault != nil {
			t.Errorf("%.80s: %+v, %v", more, all, err)
			continue
		}
		if got := strings.Join(all[0].Unread, "; "); !strings.Contains(got, want) {
			t.Errorf("%.80s: got %.200q, want %q", more, got, want)
		}
	}
}

// Whose a payment is describes it, but for a report that is cut to a store or a seller.
func TestAnOwnerThatCannotBeReadIsAFaultOfItsOwn(t *testing.T) {
	for more, want := range map[string]string{
		`,"store":"sc029"`:                                     "store: is a text, not an object",
		`,"store":{"id":{"$oid":1}}`:                           "store.id: an object is not a text",
		`,"payout_destination_id":["a"]`:                       "payout_destination_id: an array is not a text",
		`,"store":{"id":"s","payout_destination_id":{"id":1}}`: "store.payout_destination_id: an object is not a text",
	} {
		all, err := decodeTransactions(minimal(more))
		if err != nil || len(all) != 1 || all[0].Fault != nil || fmt.Sprint(all[0].OwnerFault) != want || !cmp.Equal(all[0].Unread, []string{want}) {
			t.Errorf("%s: %+v, %v", more, all, err)
		}
	}
}

// A fault of an event is that event's: its time says whose matter it is.
func TestAFaultOfAnEventIsThatEventsAlone(t *testing.T) {
	all, err := decodeTransactions(minimal(`,"events":[{"event":"CAPTURE","amount":1.5,"created_at":"2026-10-01T10:00:00Z"},` + captured + `}]`))
	if err != nil || all[0].Fault != nil || all[0].Events[0].Fault == nil || all[0].Events[0].CreatedAt.IsZero() || all[0].Events[1].Fault != nil {
		t.Errorf("%+v, %v", all, err)
	}
	all, err = decodeTransactions(minimal(`,"events":"none"`))
	if err != nil || all[0].Fault != nil || len(all[0].Events) != 1 || all[0].Events[0].Fault == nil || !all[0].Events[0].CreatedAt.IsZero() {
		t.Errorf("a list that cannot be read: %+v, %v", all, err)
	}
}

func TestOrdersAndGiftCardsAreReadAsKindly(t *testing.T) {
	var o payment.Order
	err := decodeFile(strings.NewReader(`{"id":"o1","order_id":1001,"currency":"NOK","store":[],"store_id":{"x":1},"items":[{"line_id":1,"id":7,"quantity":"2.50","gross_amount":100.0,"tax_lines":[{"amount":2e1,"percentage":15.0},{"amount":1,"percentage":"25"},{"amount":1,"percentage":"25 %"}]}],`+
		`"captures":[{"id":5,"amount":33.0,"created_at":"2026-11-19T10:00:00Z","payment_details":[],"items":{}},{"id":"c2","amount":1.5,"created_at":"2026-10-19T10:00:00Z","processed_by":{"a":1}},{"id":"c3"}],"refunds":{},"cancellations":"none"}`),
		convertWholeOrder, func(row payment.Order) error { o = row; return nil })
	if err != nil || o.Fault != nil || o.OrderID != "1001" || o.Lines[0].ItemID != "7" || o.Lines[0].Quantity != "2.5" || o.Lines[0].Gross != 100 || o.Lines[0].Taxes[0] != (payment.Tax{Percentage: "15", Amount: 20}) ||
		o.Lines[0].Taxes[1].Percentage != "25" || o.Lines[0].Taxes[2].Percentage != "" {
		t.Errorf("%+v, %v", o, err)
	}
	want := []string{"store_id: an object is not a text", `items[0].tax_lines[2].percentage: "25 %" is not a decimal number`, "captures[1].processed_by: an object is not a text"}
	if diff := cmp.Diff(want, o.Unread); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	faults := ""
	for _, op := range o.Operations {
		faults += fmt.Sprintf("%s %s %v %v\n", op.Type, op.ID, op.At.IsZero(), op.Fault)
	}
	if want := "capture 5 false <nil>\ncapture c2 false captures[1].amount: 1.5 is not an integer of minor units in 64 bits\ncapture c3 true captures[2].amount: is missing\ncancellation  true cancellations: is a text, not a list\n"; faults != want {
		t.Errorf("got:\n%swant:\n%s", faults, want)
	}
	var w payment.WalletTransaction
	err = decodeFile(strings.NewReader(`{"id":"w1","card_id":"c1","type":"fund","amount":"much","currency":"NOK","ref_id":7,"originated_by":{},"created_at":"2026-10-19T10:00:00Z"}`), convertWalletOf(""), func(row payment.WalletTransaction) error { w = row; return nil })
	if err != nil || w.Fault == nil || w.CreatedAt.IsZero() || w.Reference != "7" || !cmp.Equal(w.Unread, []string{"originated_by: an object is not a text"}) {
		t.Errorf("%+v, %v", w, err)
	}
}

// Two events with one id are one; where they differ nobody can tell which is right.
func TestEventsWithOneIDMustBeAlike(t *testing.T) {
	for events, fault := range map[string]bool{
		`{"id":"e1","event":"CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"},{"id":"e1","event":"CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"}`:                   false,
		`{"id":"e1","event":"CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"},{"id":"e1","event":"CAPTURE","amount":10000,"created_at":"2026-11-19T11:00:00Z"}`:               true,
		`{"id":"e1","event":"CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"},{"id":"e1","event":"CAPTURE","amount":5,"created_at":"2026-11-19T12:00:00Z"}`:                   true,
		`{"id":"e1","event":"CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"},{"id":"e2","event":"CAPTURE","amount":7,"created_at":"2026-11-19T11:00:00Z"}`:                   false,
		`{"id":"e1","event":"CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"},{"id":"e1","event":"REFUND","amount":7,"created_at":"2026-11-19T11:00:00Z"}`:                    false,
		`{"id":"e1","event":"CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"},{"id":"e1","event":"CAPTURE","success":false,"amount":7,"created_at":"2026-11-19T11:00:00Z"}`:   false,
		`{"request_id":"r","event":"CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"},{"request_id":"r","event":"CAPTURE","amount":6,"created_at":"2026-11-19T11:00:00Z"}`:     true,
		`{"event":"CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"},{"event":"CAPTURE","amount":6,"created_at":"2026-11-19T11:00:00Z"}`:                                       false,
		`{"id":"e1","event":"INITIATE_CAPTURE","amount":5,"created_at":"2026-11-19T11:00:00Z"},{"id":"e1","event":"INITIATE_CAPTURE","amount":6,"created_at":"2026-11-19T11:00:00Z"}`: false,
	} {
		all, err := decodeTransactions(`[{"id":"a","amount":10000,"currency":"NOK","status":"CAPTURED","created_at":"2026-11-19T10:00:00Z","events":[` + events + `]}]`)
		if err != nil || len(all) != 1 {
			t.Fatal(err)
		}
		if got := all[0].Events[0].Fault != nil; got != fault {
			t.Errorf("%s: %v", events, all[0].Events[0].Fault)
		}
	}
}
