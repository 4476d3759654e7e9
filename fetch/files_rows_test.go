package fetch

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/payment"
)

func TestAnOrderOfAFileHoldsItsOperations(t *testing.T) {
	const content = `{"id":"o-1","order_id":"5001","status":"open","store":{"id":"sc029"},"currency":"NOK","created_at":"2026-11-19T09:00:00+01:00",
		"customer":{"email":"x@y.no"},
		"items":[{"id":"4711","line_id":1,"description":"Torsk","quantity":2.50,"gross_amount":25000,"tax_lines":[{"amount":3261,"percentage":15}]},
			{"line_id":2,"quantity":1,"gross_amount":-500,"tax_lines":[{"amount":-65,"percentage":12.5}]}],
		"captures":[{"id":"c1","amount":25000,"success":true,"created_at":"2026-11-19T10:00:00Z","processed_at":"2026-11-19T10:00:05Z","processed_by":"dintero-checkout",
			"payment_details":{"psp":"Bambora","payment_id":"p1","payment_product":"bambora","payment_product_type":"bambora.creditcard","card":{"masked_pan":"x"}},
			"items":[{"line_id":1,"amount":25000,"payout":{"rule_id":"r","destinations":[{"destination":"fiskeri","amount":20000},{"destination":"oss","amount":5000}]}}]}],
		"authorizations":[{"id":"a1","amount":25000,"created_at":"2026-11-19T08:00:00Z","payment_details":{"payment_product":"bambora"}}],
		"refunds":[{"id":"r1","amount":500,"created_at":"2026-11-20T08:00:00Z","success":false}],"cancellations":null}`
	path := file(t, "orders", strings.ReplaceAll(content, "\n", ""))
	var all []payment.Order
	for o, err := range (Files{OrdersFile: path}).Orders(t.Context(), november19) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	at := func(day, hour, sec int) time.Time { return time.Date(2026, 11, day, hour, 0, sec, 0, time.UTC) }
	want := []payment.Order{{
		ID: "o-1", OrderID: "5001", Status: "open", StoreID: "sc029", Currency: "NOK",
		Lines: []payment.OrderLine{
			{LineID: "1", ItemID: "4711", Description: "Torsk", Quantity: "2.5", Gross: 25000, Taxes: []payment.Tax{{Percentage: "15", Amount: 3261}}},
			{LineID: "2", Quantity: "1", Gross: -500, Taxes: []payment.Tax{{Percentage: "12.5", Amount: -65}}},
		},
		Operations: []payment.Operation{
			{Type: payment.Authorization, ID: "a1", Amount: 25000, Success: true, At: at(19, 8, 0), PSP: "bambora"},
			{Type: payment.Capture, ID: "c1", Amount: 25000, Success: true, At: at(19, 10, 5), ProcessedBy: "dintero-checkout",
				PSP: "Bambora", PaymentID: "p1", ProductType: "bambora.creditcard",
				Lines: []payment.OperationLine{{LineID: "1", Amount: 25000, Destinations: []payment.Split{{PayoutDestination: "fiskeri", Amount: 20000}, {PayoutDestination: "oss", Amount: 5000}}}}},
			{Type: payment.Refund, ID: "r1", Amount: 500},
		},
	}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAFaultyOrderIsToldByField(t *testing.T) {
	order := func(more string) string { return `{"id":"o","currency":"NOK"` + more + `}` }
	for content, want := range map[string]string{
		`{"currency":"NOK"}`: "order without id: id: is missing",
		`{"id":"o"}`:         "currency: is missing",
		order(`,"items":[{"tax_lines":[{"percentage":25}]}]`):                                                                                            "items[0].tax_lines[0].amount: is missing",
		order(`,"captures":[{"amount":1,"created_at":"2026-11-19T10:00:00Z"}]`):                                                                          "captures[0].id: is missing",
		order(`,"refunds":[{"id":"r","created_at":"2026-11-19T10:00:00Z"}]`):                                                                             "refunds[0].amount: is missing",
		order(`,"cancellations":[{"id":"r","amount":1}]`):                                                                                                "cancellations[0].created_at: is missing",
		order(`,"captures":[{"id":"r","amount":1,"processed_at":"2026-11-19","created_at":null}]`):                                                       `captures[0].processed_at: "2026-11-19" is not an RFC 3339 time`,
		order(`,"captures":[{"id":"r","amount":1,"created_at":"2026-11-19T10:00:00Z","items":[{"line_id":1}]}]`):                                         "captures[0].items[0].amount: is missing",
		order(`,"captures":[{"id":"r","amount":1,"created_at":"2026-11-19T10:00:00Z","items":[{"amount":1,"payout":{"destinations":[{"amount":1}]}}]}]`): "captures[0].items[0].payout.destinations[0].destination: is missing",
	} {
		for o, err := range (Files{OrdersFile: file(t, "orders", content)}).Orders(t.Context(), payment.Query{}) {
			if err == nil {
				err = o.Fault
			}
			for _, op := range o.Operations {
				if err == nil {
					err = op.Fault
				}
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		}
	}
}

func TestAWalletTransactionOfAFileNamesItsCard(t *testing.T) {
	const whole = `{"id":"w1","card_id":"c1","type":"drawdown","amount":5000,"currency":"NOK","ref_id":"r","parent_id":"p","originated_by":"kasse 1","created_at":"2026-11-19T10:00:00Z","metadata":{"order_id":"x"}}`
	path := file(t, "wallets", whole)
	for w, err := range (Files{WalletsFile: path}).Wallets(t.Context(), payment.Query{}) {
		want := payment.WalletTransaction{ID: "w1", CardID: "c1", Type: "drawdown", Amount: 5000, Currency: "NOK", Reference: "r",
			ParentID: "p", OriginatedBy: "kasse 1", CreatedAt: time.Date(2026, 11, 19, 10, 0, 0, 0, time.UTC)}
		if diff := cmp.Diff(want, w); err != nil || diff != "" {
			t.Errorf("got %v, -want +got:\n%s", err, diff)
		}
	}
	for from, to := range map[string]string{
		`"card_id":"c1",`: ``, `"type":"drawdown",`: ``, `5000`: `-5000`, `"NOK"`: `null`, `"2026-11-19T10:00:00Z"`: `""`, `"id":"w1",`: ``,
	} {
		for w, err := range (Files{WalletsFile: file(t, "wallets", strings.Replace(whole, from, to, 1))}).Wallets(t.Context(), payment.Query{}) {
			if err == nil && w.Fault == nil {
				t.Errorf("%s for %s was accepted", to, from)
			}
		}
	}
}
