package paymenttest

import (
	"testing"

	"rapport/fetch"
)

func Order(t *testing.T, ops ...fetch.Operation) fetch.Order {
	return fetch.Order{
		ID: "internal", OrderID: "1001", Status: "closed", StoreID: "sc029", Currency: "NOK", UpdatedAt: At(t, "13:00"),
		Lines: []fetch.OrderLine{
			{LineID: "1", ItemID: "torsk", Description: "Torsk", Quantity: "2.5", Gross: 10000, Taxes: []fetch.Tax{{Percentage: "15", Amount: 1305}}},
			{LineID: "2", ItemID: "pose", Gross: -500, Taxes: []fetch.Tax{{Percentage: "25.0", Amount: -100}}},
		},
		Operations: ops,
	}
}

func Operation(t *testing.T, kind fetch.OperationType, id string, amount int64, lines ...fetch.OperationLine) fetch.Operation {
	return fetch.Operation{Type: kind, ID: id, Amount: amount, Success: true, At: At(t, "12:00"), PSP: "Bambora", PaymentID: "p1", ProductType: "bambora.creditcard", ProcessedBy: "dintero-checkout", Lines: lines}
}
