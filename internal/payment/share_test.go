package payment_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

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
	negative.Events[1].Splits = []payment.Split{{PayoutDestination: "a", Amount: 1100}, {PayoutDestination: "b", Amount: -200}}
	lines := paymenttest.SplitTransaction(t)
	lines.Events[1].Lines = []payment.Line{{ID: "1", Amount: 600}, {ID: "2", Amount: 401}}
	lines.Lines[1].Amount, lines.Lines[1].Splits[1].Amount = 401, 301
	for name, tx := range map[string]payment.Transaction{"lines of more": lines, "a line id twice": twice, "no line id": nameless, "splits of more": over, "a negative split that does not make the whole": negative} {
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

// A voucher that the marketplace pays: one part is more than the whole, another less than nothing.
func TestPartsOfBothSignsThatMakeTheWholeAreParts(t *testing.T) {
	tx := paymenttest.Captured(t, "x", 10_000)
	tx.Events[1].Splits = []payment.Split{{PayoutDestination: "seller", Amount: 12_000}, {PayoutDestination: "market", Amount: -2_000}}
	tx.Events = append(tx.Events, paymenttest.Event(t, payment.EventRefund, "13:00", 3_333), paymenttest.Event(t, payment.EventRefund, "14:00", 1))
	for i, want := range map[int][2]int64{1: {12_000, -2_000}, 2: {4_000, -667}, 3: {1, 0}} {
		seller, err := payment.Share(&tx, &tx.Events[i], []string{"seller"})
		market, err2 := payment.Share(&tx, &tx.Events[i], []string{"market"})
		if err != nil || err2 != nil || seller != want[0] || market != want[1] || seller+market != tx.Events[i].Amount {
			t.Errorf("event %d of %d: %d and %d, want %v; %v, %v", i, tx.Events[i].Amount, seller, market, want, err, err2)
		}
	}
	tx.Events[1].Splits, tx.Events[1].Lines = nil, []payment.Line{{ID: "1", Amount: 5_000}}
	tx.Events[1].Amount = 5_000
	tx.Lines = []payment.Line{{ID: "1", Amount: 10_000, Splits: []payment.Split{{PayoutDestination: "seller", Amount: 12_000}, {PayoutDestination: "market", Amount: -2_000}}}}
	if amount, err := payment.Share(&tx, &tx.Events[1], []string{"market"}); err != nil || amount != -1_000 {
		t.Errorf("half of a line: %d, %v", amount, err)
	}
}

// TestWhatWasCapturedOfALineRemainsForNobody.
func TestWhatWasCapturedOfALineRemainsForNobody(t *testing.T) {
	tx := paymenttest.SplitTransaction(t)
	tx.Events[1].Amount, tx.Events[1].Lines = 600, []payment.Line{{ID: "1", Amount: 600}}
	for seller, want := range map[string]int64{"a": 100, "b": 300, "c": 0} {
		if left, err := payment.Remaining(&tx, 600, tx.Events[1].CreatedAt.Add(1), []string{seller}); err != nil || left != want {
			t.Errorf("%s: %d, %v", seller, left, err)
		}
	}
}

// TestASettlementsDateIsTheShops, but where the source says a date alone.
func TestASettlementsDateIsTheShops(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	late := payment.Settlement{SettledAt: time.Date(2026, 11, 19, 23, 30, 0, 0, time.UTC)}
	if got := late.Date(oslo).Format(time.DateOnly); got != "2026-11-20" {
		t.Error(got)
	}
	if late.DateOnly = true; late.Date(oslo).Format(time.DateOnly) != "2026-11-19" {
		t.Error(late.Date(oslo))
	}
}
