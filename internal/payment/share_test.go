package payment_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
)

// TestPartsSumToTheWhole draws transactions with splits everywhere and nowhere. Whatever is
// known, the parts of all sum to the event; whatever is not is an error, never a guess.
func TestPartsSumToTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	told, untold := 0, 0
	for range 20_000 {
		tx := paymenttest.RandomTransaction(t, r)
		for i := range tx.Events {
			e := &tx.Events[i]
			if e.Type != payment.EventCapture && e.Type != payment.EventRefund {
				continue
			}
			parts, err := payment.PartsOf(&tx, e)
			if err != nil {
				untold++
				continue
			}
			told++
			var sum int64
			for _, part := range parts {
				sum += part.Amount
			}
			if sum != e.Amount {
				t.Fatalf("%s of %d: parts %+v sum to %d\n%+v", e.Type, e.Amount, parts, sum, tx)
			}
			everyone := []string{"a", "b", "c", "owner", ""}
			if whole, err := payment.Share(&tx, e, everyone); err != nil || whole != e.Amount && payment.Concerns(&tx, everyone) {
				t.Fatalf("everyone together gets %d of %d, %v", whole, e.Amount, err)
			}
		}
	}
	if told < 5000 || untold < 500 {
		t.Errorf("%d events were told and %d were not: too few to prove anything", told, untold)
	}
}

func TestSharesAreNotGuessed(t *testing.T) {
	twice := paymenttest.SplitTransaction(t)
	twice.Lines[1].ID = "1"
	twice.Events[1].Amount, twice.Events[1].Lines = 400, []payment.Line{{ID: "1", Amount: 400}}
	nameless := paymenttest.SplitTransaction(t)
	nameless.Lines[0].ID = ""
	nameless.Events[1].Amount, nameless.Events[1].Lines = 400, []payment.Line{{Amount: 400}}
	over := paymenttest.SplitTransaction(t)
	over.Events[1].Splits = []payment.Split{{PayoutDestination: "a", Amount: 800}, {PayoutDestination: "b", Amount: 800}}
	negative := paymenttest.SplitTransaction(t)
	negative.Events[1].Splits = []payment.Split{{PayoutDestination: "a", Amount: 1100}, {PayoutDestination: "b", Amount: -100}}
	for name, tx := range map[string]payment.Transaction{"a line id twice": twice, "no line id": nameless, "splits of more": over, "a negative split": negative} {
		if amount, err := payment.Share(&tx, &tx.Events[1], []string{"a"}); err == nil || !strings.Contains(err.Error(), "cannot be told") {
			t.Errorf("%s: got %d, %v", name, amount, err)
		}
	}
}

func TestARefundGoesBackByWhatWasCapturedBefore(t *testing.T) {
	tx := paymenttest.Captured(t, "x", 1000)
	tx.Events[1].Amount, tx.Events[1].ID = 500, "c1"
	tx.Events[1].Splits = []payment.Split{{PayoutDestination: "a", Amount: 500}}
	again, failed, second, later := tx.Events[1], tx.Events[1], paymenttest.Event(t, payment.EventCapture, "12:10", 500), paymenttest.Event(t, payment.EventCapture, "14:00", 9000)
	failed.ID, failed.Success = "c9", false
	second.ID, second.Splits = "c2", []payment.Split{{PayoutDestination: "b", Amount: 500}}
	later.ID, later.Splits = "c3", []payment.Split{{PayoutDestination: "b", Amount: 9000}}
	refund := paymenttest.Event(t, payment.EventRefund, "13:00", 90)
	refund.Lines = []payment.Line{{ID: "unknown", Amount: 90}}
	tx.Events = append(tx.Events, again, failed, second, later, refund)
	if amount, err := payment.Share(&tx, &tx.Events[6], []string{"a"}); err != nil || amount != 45 {
		t.Errorf("half was captured for a, once, before the refund: got %d, %v", amount, err)
	}
}
