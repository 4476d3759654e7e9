package pipeline

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/reportconfig"
)

// TestPartsSumToTheWhole draws transactions with splits everywhere and nowhere. Whatever is
// known, the parts of all sum to the event; whatever is not is an error, never a guess.
func TestPartsSumToTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	told, untold := 0, 0
	for range 20_000 {
		tx := randomTransaction(t, r)
		for i := range tx.Events {
			e := &tx.Events[i]
			if e.Type != captureEvent && e.Type != refundEvent {
				continue
			}
			parts, err := partsOf(&tx, e)
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
			if whole, err := share(&tx, e, everyone); err != nil || whole != e.Amount && concerns(&tx, everyone) {
				t.Fatalf("everyone together gets %d of %d, %v", whole, e.Amount, err)
			}
		}
	}
	if told < 5000 || untold < 500 {
		t.Errorf("%d events were told and %d were not: too few to prove anything", told, untold)
	}
}

func randomTransaction(t *testing.T, r *rand.Rand) fetch.Transaction {
	tx := fetch.Transaction{ID: "t", Currency: "NOK"}
	if r.IntN(2) == 0 {
		tx.PayoutDestination = "owner"
	}
	for i := range 1 + r.IntN(3) {
		line := fetch.Line{ID: string(rune('1' + i)), Amount: r.Int64N(1000)}
		if r.IntN(3) > 0 {
			line.Splits = randomSplits(r, line.Amount)
		}
		tx.Lines = append(tx.Lines, line)
		tx.Amount += line.Amount
	}
	for i := range 1 + r.IntN(3) {
		kind := captureEvent
		if i > 0 && r.IntN(2) == 0 {
			kind = refundEvent
		}
		e := fetch.Event{Type: kind, Success: true, Amount: tx.Amount, CreatedAt: at(t, "12:00").Add(time.Duration(i) * time.Minute)}
		if r.IntN(2) == 0 {
			e.Amount = r.Int64N(tx.Amount + 1)
		}
		switch r.IntN(4) {
		case 0:
			e.Splits = randomSplits(r, e.Amount)
		case 1:
			e.Lines = []fetch.Line{{ID: string(rune('1' + r.IntN(4))), Amount: r.Int64N(e.Amount + 1)}}
		case 2:
			amount := r.Int64N(e.Amount + 1)
			e.Lines = []fetch.Line{{ID: "1", Amount: amount, Splits: randomSplits(r, amount)}}
		}
		tx.Events = append(tx.Events, e)
	}
	return tx
}

// randomSplits are of amount, of less, or now and then of more than it.
func randomSplits(r *rand.Rand, amount int64) []fetch.Split {
	var splits []fetch.Split
	for _, seller := range []string{"a", "b", "c"}[:1+r.IntN(3)] {
		part := r.Int64N(amount + 1)
		if r.IntN(10) > 0 {
			amount -= part
		}
		splits = append(splits, fetch.Split{PayoutDestination: seller, Amount: part})
	}
	return splits
}

func TestWhatIsLeftOverIsTheOwners(t *testing.T) {
	line := fetch.Line{ID: "1", Amount: 1000, Splits: []fetch.Split{{PayoutDestination: "a", Amount: 800}}}
	byLine, byEvent, ownLine, part := captured(t, "x", 1000), captured(t, "x", 1000), captured(t, "x", 1000), captured(t, "x", 1000)
	byLine.Lines = []fetch.Line{line}
	byEvent.Events[1].Splits = line.Splits
	ownLine.Events[1].Lines = []fetch.Line{line}
	part.Lines, part.Events[1].Amount = []fetch.Line{line}, 500
	part.Events[1].Lines = []fetch.Line{{ID: "1", Amount: 500}}
	for name, c := range map[string]struct {
		tx   fetch.Transaction
		want string
	}{"by the transaction's line": {byLine, "2.00"}, "by the event": {byEvent, "2.00"}, "by its own line": {ownLine, "2.00"}, "a part": {part, "1.00"}} {
		c.tx.PayoutDestination = "owner"
		if rows := transactionsOf(t, reportconfig.Transactions{Sellers: []string{"owner"}}, c.tx); len(rows) != 1 || rows[0]["Net"] != c.want {
			t.Errorf("%s: got %v, want %s", name, rows, c.want)
		}
	}
}

func TestSharesAreNotGuessed(t *testing.T) {
	twice := splitTransaction(t)
	twice.Lines[1].ID = "1"
	twice.Events[1].Amount, twice.Events[1].Lines = 400, []fetch.Line{{ID: "1", Amount: 400}}
	nameless := splitTransaction(t)
	nameless.Lines[0].ID = ""
	nameless.Events[1].Amount, nameless.Events[1].Lines = 400, []fetch.Line{{Amount: 400}}
	over := splitTransaction(t)
	over.Events[1].Splits = []fetch.Split{{PayoutDestination: "a", Amount: 800}, {PayoutDestination: "b", Amount: 800}}
	negative := splitTransaction(t)
	negative.Events[1].Splits = []fetch.Split{{PayoutDestination: "a", Amount: 1100}, {PayoutDestination: "b", Amount: -100}}
	for name, tx := range map[string]fetch.Transaction{"a line id twice": twice, "no line id": nameless, "splits of more": over, "a negative split": negative} {
		if amount, err := share(&tx, &tx.Events[1], []string{"a"}); err == nil || !strings.Contains(err.Error(), "cannot be told") {
			t.Errorf("%s: got %d, %v", name, amount, err)
		}
	}
}

func TestARefundGoesBackByWhatWasCapturedBefore(t *testing.T) {
	tx := captured(t, "x", 1000)
	tx.Events[1].Amount, tx.Events[1].ID = 500, "c1"
	tx.Events[1].Splits = []fetch.Split{{PayoutDestination: "a", Amount: 500}}
	again, failed, second, later := tx.Events[1], tx.Events[1], event(t, captureEvent, "12:10", 500), event(t, captureEvent, "14:00", 9000)
	failed.ID, failed.Success = "c9", false
	second.ID, second.Splits = "c2", []fetch.Split{{PayoutDestination: "b", Amount: 500}}
	later.ID, later.Splits = "c3", []fetch.Split{{PayoutDestination: "b", Amount: 9000}}
	refund := event(t, refundEvent, "13:00", 90)
	refund.Lines = []fetch.Line{{ID: "unknown", Amount: 90}}
	tx.Events = append(tx.Events, again, failed, second, later, refund)
	if amount, err := share(&tx, &tx.Events[6], []string{"a"}); err != nil || amount != 45 {
		t.Errorf("half was captured for a, once, before the refund: got %d, %v", amount, err)
	}
}

func TestTheSellerColumnNamesThoseWhoHaveAPart(t *testing.T) {
	rows := transactionsOf(t, reportconfig.Transactions{Sellers: []string{"b", "c", "a"}}, splitTransaction(t))
	if rows[0]["Seller"] != "b a" {
		t.Errorf("got %q", rows[0]["Seller"])
	}
}
