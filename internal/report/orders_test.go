package report_test

import (
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func ordersOf(t *testing.T, filter reportconfig.Orders, list ...payment.Order) []map[string]string {
	t.Helper()
	return paymenttest.RowsOf(t, csvOf(t, paymenttest.Source{OrderList: list}, paymenttest.Report(filter, reportconfig.English), "2026-11-19"))
}

func TestAnOperationIsARowPerLineAndDestination(t *testing.T) {
	o := paymenttest.Order(t,
		paymenttest.Operation(t, payment.Refund, "r1", 3333,
			payment.OperationLine{LineID: "1", Amount: 3333, Destinations: []payment.Split{{PayoutDestination: "a", Amount: 3000}, {PayoutDestination: "b", Amount: 333}}},
			payment.OperationLine{LineID: "9", Amount: 0}),
		paymenttest.Operation(t, payment.Cancellation, "x1", 700),
		payment.Operation{Type: payment.Capture, ID: "failed", Amount: 1, At: paymenttest.At(t, "12:00")},
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
	o := paymenttest.Order(t, paymenttest.Operation(t, payment.Capture, "c1", 1000, payment.OperationLine{LineID: "1", Amount: 1000, Destinations: []payment.Split{{PayoutDestination: "a", Amount: 600}, {PayoutDestination: "b", Amount: 400}}}),
		paymenttest.Operation(t, payment.Capture, "c2", 50))
	if rows := ordersOf(t, reportconfig.Orders{Destinations: []string{"b"}}, o); len(rows) != 1 || rows[0]["Destination amount"] != "4.00" {
		t.Errorf("got %v", rows)
	}
}
