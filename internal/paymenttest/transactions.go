package paymenttest

import (
	"math/rand/v2"
	"testing"
	"time"

	"rapport/internal/payment"
)

// Authorised is a transaction of 100.00, authorised two and a half days before the snapshot.
func Authorised(t testing.TB, status string, more ...payment.Event) payment.Transaction {
	tx := Captured(t, "a", 10000)
	tx.Status = status
	tx.Events = append([]payment.Event{Event(t, "AUTHORIZE", "2026-11-17T12:00:00+01:00", 0)}, more...)
	return tx
}

func OneSale(t testing.TB) Source {
	return Source{Sales: []payment.Transaction{Captured(t, "a", 12345)}}
}

func RandomTransaction(t testing.TB, r *rand.Rand) payment.Transaction {
	tx := payment.Transaction{ID: "t", Currency: "NOK"}
	if r.IntN(2) == 0 {
		tx.PayoutDestination = "owner"
	}
	for i := range 1 + r.IntN(3) {
		line := payment.Line{ID: string(rune('1' + i)), Amount: r.Int64N(1000)}
		if r.IntN(3) > 0 {
			line.Splits = randomSplits(r, line.Amount)
		}
		tx.Lines = append(tx.Lines, line)
		tx.Amount += line.Amount
	}
	for i := range 1 + r.IntN(3) {
		kind := payment.EventCapture
		if i > 0 && r.IntN(2) == 0 {
			kind = payment.EventRefund
		}
		e := payment.Event{Type: kind, Success: true, Amount: tx.Amount, CreatedAt: At(t, "12:00").Add(time.Duration(i) * time.Minute)}
		if r.IntN(2) == 0 {
			e.Amount = r.Int64N(tx.Amount + 1)
		}
		switch r.IntN(4) {
		case 0:
			e.Splits = randomSplits(r, e.Amount)
		case 1:
			e.Lines = []payment.Line{{ID: string(rune('1' + r.IntN(4))), Amount: r.Int64N(e.Amount + 1)}}
		case 2:
			amount := r.Int64N(e.Amount + 1)
			e.Lines = []payment.Line{{ID: "1", Amount: amount, Splits: randomSplits(r, amount)}}
		}
		tx.Events = append(tx.Events, e)
	}
	return tx
}

// randomSplits are of amount, of less, or now and then of more than it.
func randomSplits(r *rand.Rand, amount int64) []payment.Split {
	var splits []payment.Split
	for _, seller := range []string{"a", "b", "c"}[:1+r.IntN(3)] {
		part := r.Int64N(amount + 1)
		if r.IntN(10) > 0 {
			amount -= part
		}
		splits = append(splits, payment.Split{PayoutDestination: seller, Amount: part})
	}
	return splits
}

// Event is a successful one.
func Event(t testing.TB, kind, when string, amount int64) payment.Event {
	return payment.Event{Type: kind, Success: true, CreatedAt: At(t, when), Amount: amount}
}

// Captured is a transaction of NOK amount, captured whole on the tests' day.
func Captured(t testing.TB, id string, amount int64) payment.Transaction {
	return payment.Transaction{
		ID: id, Amount: amount, Currency: "NOK", Status: "CAPTURED", ProductType: "vipps", Product: "vipps",
		Store: payment.Store{ID: "sc029", Name: "Oslo"}, UpdatedAt: At(t, "13:00"),
		Events: []payment.Event{Event(t, "AUTHORIZE", "11:59", 0), Event(t, "CAPTURE", "12:00", amount)},
	}
}

// SplitTransaction has a line of seller a (600) and one of a and b (100 and 300).
func SplitTransaction(t testing.TB) payment.Transaction {
	tx := Captured(t, "s", 1000)
	tx.Lines = []payment.Line{
		{ID: "1", Amount: 600, Splits: []payment.Split{{PayoutDestination: "a", Amount: 600}}},
		{ID: "2", Amount: 400, Splits: []payment.Split{{PayoutDestination: "a", Amount: 100}, {PayoutDestination: "b", Amount: 300}}},
	}
	return tx
}
