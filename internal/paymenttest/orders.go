package paymenttest

import (
	"rapport/internal/payment"
	"testing"
)

func Order(t testing.TB, ops ...payment.Operation) payment.Order {
	return payment.Order{
		ID: "internal", OrderID: "1001", Status: "closed", StoreID: "sc029", Currency: "NOK", UpdatedAt: At(t, "13:00"),
		Lines: []payment.OrderLine{
			{LineID: "1", ItemID: "torsk", Description: "Torsk", Quantity: "2.5", Gross: 10000, Taxes: []payment.Tax{{Percentage: "15", Amount: 1305}}},
			{LineID: "2", ItemID: "pose", Gross: -500, Taxes: []payment.Tax{{Percentage: "25.0", Amount: -100}}},
		},
		Operations: ops,
	}
}

func Operation(t testing.TB, kind payment.OperationType, id string, amount int64, lines ...payment.OperationLine) payment.Operation {
	return payment.Operation{Type: kind, ID: id, Amount: amount, Success: true, At: At(t, "12:00"), PSP: "Bambora", PaymentID: "p1", ProductType: "bambora.creditcard", ProcessedBy: "dintero-checkout", Lines: lines}
}
