package pipeline

import (
	"testing"

	"rapport/fetch"
	"rapport/reportconfig"
)

func order(t *testing.T, ops ...fetch.Operation) fetch.Order {
	return fetch.Order{
		ID: "internal", OrderID: "1001", Status: "closed", StoreID: "sc029", Currency: "NOK", UpdatedAt: at(t, "13:00"),
		Lines: []fetch.OrderLine{
			{LineID: "1", ItemID: "torsk", Description: "Torsk", Quantity: "2.5", Gross: 10000, Taxes: []fetch.Tax{{Percentage: "15", Amount: 1305}}},
			{LineID: "2", ItemID: "pose", Gross: -500, Taxes: []fetch.Tax{{Percentage: "25.0", Amount: -100}}},
		},
		Operations: ops,
	}
}

func operation(t *testing.T, kind fetch.OperationType, id string, amount int64, lines ...fetch.OperationLine) fetch.Operation {
	return fetch.Operation{Type: kind, ID: id, Amount: amount, Success: true, At: at(t, "12:00"), PSP: "Bambora", PaymentID: "p1", ProductType: "bambora.creditcard", ProcessedBy: "dintero-checkout", Lines: lines}
}

func ordersOf(t *testing.T, filter reportconfig.Orders, list ...fetch.Order) []map[string]string {
	t.Helper()
	return rowsOf(t, csvOf(t, things{orders: list}, report(filter, reportconfig.English), "2026-11-19"))
}

func TestAnOperationIsARowPerLineAndDestination(t *testing.T) {
	o := order(t,
		operation(t, fetch.Refund, "r1", 3333,
			fetch.OperationLine{LineID: "1", Amount: 3333, Destinations: []fetch.Split{{PayoutDestination: "a", Amount: 3000}, {PayoutDestination: "b", Amount: 333}}},
			fetch.OperationLine{LineID: "9", Amount: 0}),
		operation(t, fetch.Cancellation, "x1", 700),
		fetch.Operation{Type: fetch.Capture, ID: "failed", Amount: 1, At: at(t, "12:00")},
	)
	rows := ordersOf(t, reportconfig.Orders{}, o)
	if len(rows) != 4 {
		t.Fatalf("%d rows: %v", len(rows), rows)
	}
	first := rows[0]
	for column, want := range map[string]string{
		"Operation": "Refund", "Order ID": "1001", "Order status": "Closed", "Store ID": "sc029", "Line ID": "1", "Item ID": "torsk", "Quantity": "2.5",
		"Payout destination": "a", "Line amount": "-33.33", "Destination amount": "-30.00", "Operation amount": "-33.33", "VAT rate": "15", "VAT": "-4.35",
		"Payment provider": "Bambora", "Payment ID": "p1", "Payment method": "bambora.creditcard", "Processed by": "dintero-checkout",
	} {
		if first[column] != want {
			t.Errorf("%s: got %q, want %q", column, first[column], want)
		}
	}
	if rows[1]["Destination amount"] != "-3.33" || rows[2]["Line ID"] != "9" || rows[2]["VAT"] != "" || rows[2]["Destination amount"] != "" {
		t.Errorf("rows 2 and 3: %v %v", rows[1], rows[2])
	}
	if rows[3]["Operation"] != "Cancellation" || rows[3]["Operation amount"] != "-7.00" || rows[3]["Line amount"]+rows[3]["Line ID"]+rows[3]["VAT"] != "" {
		t.Errorf("an operation without lines is one row with blanks: %v", rows[3])
	}
}

func TestADestinationFilterKeepsItsRows(t *testing.T) {
	o := order(t, operation(t, fetch.Capture, "c1", 1000, fetch.OperationLine{LineID: "1", Amount: 1000, Destinations: []fetch.Split{{PayoutDestination: "a", Amount: 600}, {PayoutDestination: "b", Amount: 400}}}),
		operation(t, fetch.Capture, "c2", 50))
	if rows := ordersOf(t, reportconfig.Orders{Destinations: []string{"b"}}, o); len(rows) != 1 || rows[0]["Destination amount"] != "4.00" {
		t.Errorf("got %v", rows)
	}
}

func TestAnOperationIsCountedOnceInTheTotals(t *testing.T) {
	lines := []fetch.OperationLine{{LineID: "1", Amount: 600}, {LineID: "2", Amount: 400}}
	r := newBuilder(t, things{orders: []fetch.Order{order(t, operation(t, fetch.Capture, "c1", 1000, lines...), operation(t, fetch.Capture, "c2", 1000, lines...))}})
	b, err := r.buildOne(t.Context(), Job{Report: report(reportconfig.Orders{}, "no"), Period: parsePeriod(t, "2026-11-19")}, t.TempDir(), morning(t))
	if err != nil {
		t.Fatal(err)
	}
	f := b.figures.totals.groups[perOperation][group{"capture", "NOK"}]
	if f.counts[0] != 2 || f.sums[0] != 2000 || b.figures.totals.rows != 4 {
		t.Errorf("two operations of 10.00 in four rows: %+v, %d rows", f, b.figures.totals.rows)
	}
}

func TestWalletMovementsHaveTheirSigns(t *testing.T) {
	var list []fetch.WalletTransaction
	for i, kind := range []string{"fund", "drawdown", "pending_capture", "voided", "expired"} {
		list = append(list, fetch.WalletTransaction{ID: string(rune('a' + i)), CardID: "card", Type: kind, Amount: 1000 + int64(i), Currency: "NOK", CreatedAt: at(t, "12:00")})
	}
	list = append(list, fetch.WalletTransaction{ID: "late", CardID: "card", Type: "fund", Amount: 1, Currency: "NOK", CreatedAt: at(t, "2026-11-20T00:00:00+01:00")})
	rows := rowsOf(t, csvOf(t, things{movements: list}, report(reportconfig.Wallets{}, reportconfig.English), "2026-11-19"))
	var got string
	for _, r := range rows {
		got += r["Type"] + " " + r["Amount"] + ", "
	}
	if want := "Load 10.00, Use -10.01, Reserved 10.02, Released 10.03, expired 10.04, "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r := newBuilder(t, things{movements: list})
	b, err := r.buildOne(t.Context(), Job{Report: report(reportconfig.Wallets{}, "no"), Period: parsePeriod(t, "2026-11-19")}, t.TempDir(), morning(t))
	if err != nil {
		t.Fatal(err)
	}
	if net := b.statement.headlines[0].Amount; net != "\u22120,01\u00a0kr" {
		t.Errorf("net is loaded less used: %s", net)
	}
}
