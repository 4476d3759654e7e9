package report_test

import (
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func TestWhatIsLeftOverIsTheOwners(t *testing.T) {
	line := payment.Line{ID: "1", Amount: 1000, Splits: []payment.Split{{PayoutDestination: "a", Amount: 800}}}
	byLine, byEvent, ownLine, part := paymenttest.Captured(t, "x", 1000), paymenttest.Captured(t, "x", 1000), paymenttest.Captured(t, "x", 1000), paymenttest.Captured(t, "x", 1000)
	byLine.Lines = []payment.Line{line}
	byEvent.Events[1].Splits = line.Splits
	ownLine.Events[1].Lines = []payment.Line{line}
	part.Lines, part.Events[1].Amount = []payment.Line{line}, 500
	part.Events[1].Lines = []payment.Line{{ID: "1", Amount: 500}}
	for name, c := range map[string]struct {
		tx   payment.Transaction
		want string
	}{"by the transaction's line": {byLine, "2.00"}, "by the event": {byEvent, "2.00"}, "by its own line": {ownLine, "2.00"}, "a part": {part, "1.00"}} {
		c.tx.PayoutDestination = "owner"
		if rows := transactionsOf(t, reportconfig.Transactions{Sellers: []string{"owner"}}, c.tx); len(rows) != 1 || rows[0]["Net"] != c.want {
			t.Errorf("%s: got %v, want %s", name, rows, c.want)
		}
	}
}

func TestTheSellerColumnNamesThoseWhoHaveAPart(t *testing.T) {
	rows := transactionsOf(t, reportconfig.Transactions{Sellers: []string{"b", "c", "a"}}, paymenttest.SplitTransaction(t))
	if rows[0]["Seller"] != "b a" {
		t.Errorf("got %q", rows[0]["Seller"])
	}
}
