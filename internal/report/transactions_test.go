package report_test

import (
	"strings"
	"testing"
	"time"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func transactionsOf(t *testing.T, filter reportconfig.Transactions, list ...payment.Transaction) []map[string]string {
	t.Helper()
	return paymenttest.RowsOf(t, csvOf(t, paymenttest.Source{Sales: list}, paymenttest.Report(filter, reportconfig.English), "2026-11-19"))
}

func TestOnlySuccessfulCapturesAndRefundsWithinThePeriodAreMoney(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	failed := paymenttest.Event(t, "CAPTURE", "12:01", 500)
	failed.Success = false
	tx.Events = append(tx.Events, failed, paymenttest.Event(t, "INITIATE_CAPTURE", "12:02", 600), paymenttest.Event(t, "REFUND", "12:03", 700), paymenttest.Event(t, "CHARGEBACK", "12:04", 800),
		paymenttest.Event(t, "CAPTURE", "2026-11-18T23:59:59.999999999+01:00", 1), paymenttest.Event(t, "CAPTURE", "2026-11-19T00:00:00+01:00", 2),
		paymenttest.Event(t, "CAPTURE", "2026-11-19T23:59:59.999+01:00", 3), paymenttest.Event(t, "CAPTURE", "2026-11-20T00:00:00+01:00", 4))
	rows := transactionsOf(t, reportconfig.Transactions{}, tx)
	var got []string
	for _, r := range rows {
		got = append(got, r["Time"]+" "+r["Type"]+" "+r["Captured"]+" "+r["Refunded"]+" "+r["Net"])
	}
	want := "2026-11-19 00:00:00 Capture 0.02 0.00 0.02|2026-11-19 12:00:00 Capture 100.00 0.00 100.00|2026-11-19 12:03:00 Refund 0.00 -7.00 -7.00|2026-11-19 23:59:59 Capture 0.03 0.00 0.03"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

func TestTheSameEventCountsOnceAndTheNewestVersionWins(t *testing.T) {
	old, renewed := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "a", 10000)
	renewed.UpdatedAt, renewed.Status = old.UpdatedAt.Add(time.Hour), "PARTIALLY_REFUNDED"
	again := renewed.Events[1]
	again.ID, renewed.Events[1].ID = "e1", "e1"
	renewed.Events = append(renewed.Events, again, paymenttest.Event(t, "REFUND", "12:30", 100))
	gone, goneSince := paymenttest.Captured(t, "b", 5000), paymenttest.Captured(t, "b", 5000)
	goneSince.UpdatedAt = gone.UpdatedAt.Add(time.Minute)
	goneSince.Events = goneSince.Events[:1] // the capture turned out not to have happened
	for _, order := range [][]payment.Transaction{{old, renewed, gone, goneSince}, {renewed, old, goneSince, gone}, {renewed, goneSince, old, renewed, gone}} {
		rows := transactionsOf(t, reportconfig.Transactions{}, order...)
		if len(rows) != 2 || rows[0]["Status"] != "Partially refunded" || rows[0]["Net"] != "100.00" || rows[1]["Net"] != "-1.00" {
			t.Errorf("a capture and a refund of the newest version are wanted, whatever the order: %v", rows)
		}
	}
}

func TestVATFollowsTheNetAndFeesAreDinteros(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	vat, fee, more := int64(2000), int64(150), int64(25)
	tx.Events[1].VAT = &vat
	tx.Events[1].Settlements = []payment.EventSettlement{{ID: "s1", Fee: &fee}, {ID: "s2", Fee: &more}, {ID: "s1"}}
	refund := paymenttest.Event(t, "REFUND", "12:30", 10000)
	refund.VAT = &vat
	tx.Events = append(tx.Events, refund)
	rows := transactionsOf(t, reportconfig.Transactions{}, tx)
	if rows[0]["VAT"] != "20.00" || rows[0]["Fee"] != "1.75" || rows[0]["Settlement ID"] != "s1 s2" {
		t.Errorf("capture: %v", rows[0])
	}
	if rows[1]["VAT"] != "-20.00" || rows[1]["Fee"] != "" || rows[1]["Settlement ID"] != "" {
		t.Errorf("refund: %v", rows[1])
	}
}

func TestASellerSeesTheirShare(t *testing.T) {
	whole := paymenttest.SplitTransaction(t)
	part := paymenttest.SplitTransaction(t)
	part.Events[1].Amount = 200
	part.Events[1].Lines = []payment.Line{{ID: "2", Amount: 200}}
	own := paymenttest.SplitTransaction(t)
	own.Events[1].Splits = []payment.Split{{PayoutDestination: "b", Amount: 999}, {PayoutDestination: "c", Amount: 1}}
	lines := paymenttest.SplitTransaction(t)
	lines.Events[1].Lines = []payment.Line{{ID: "1", Amount: 1000, Splits: []payment.Split{{PayoutDestination: "b", Amount: 400}, {PayoutDestination: "b", Amount: 600}}}}
	owned := paymenttest.Captured(t, "o", 1000)
	owned.PayoutDestination, owned.Store.PayoutDestination = "b", "a"
	stored := paymenttest.Captured(t, "o", 1000)
	stored.Store.PayoutDestination = "b"
	refunded := paymenttest.SplitTransaction(t)
	refunded.Events[1].Splits = []payment.Split{{PayoutDestination: "a", Amount: 333}, {PayoutDestination: "b", Amount: 667}}
	refunded.Lines = nil
	refunded.Events = append(refunded.Events, paymenttest.Event(t, "REFUND", "12:30", 100))
	refundedLine := paymenttest.SplitTransaction(t)
	refundedLine.Events = append(refundedLine.Events, paymenttest.Event(t, "REFUND", "12:30", 600))
	refundedLine.Events[2].Lines = []payment.Line{{ID: "1", Amount: 600}}

	for _, c := range []struct {
		name    string
		tx      payment.Transaction
		sellers []string
		want    string // nets
	}{
		{"the whole by all lines", whole, []string{"a"}, "7.00"},
		{"the whole by all lines, the other", whole, []string{"b"}, "3.00"},
		{"several sellers get the sum", whole, []string{"a", "b"}, "10.00"},
		{"no share, no row", whole, []string{"c"}, ""},
		{"a part by its line", part, []string{"b"}, "1.50"},
		{"a part by its line, the other", part, []string{"a"}, "0.50"},
		{"the event's own splits come first", own, []string{"b"}, "9.99"},
		{"then those of the event's lines", lines, []string{"b"}, "10.00"},
		{"all to the transaction's payout destination", owned, []string{"b"}, "10.00"},
		{"which comes before the store's", owned, []string{"a"}, ""},
		{"else to the store's", stored, []string{"b"}, "10.00"},
		{"a refund without splits goes back as it was captured", refunded, []string{"a"}, "3.33 -0.33"},
		{"the parts of a refund sum to it", refunded, []string{"b"}, "6.67 -0.67"},
		{"a refund of one line goes back to its seller", refundedLine, []string{"b"}, "3.00"},
	} {
		var nets []string
		for _, row := range transactionsOf(t, reportconfig.Transactions{Sellers: c.sellers}, c.tx) {
			nets = append(nets, row["Net"])
		}
		if got := strings.Join(nets, " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAPartialShareHasNoVATFeeOrSettlement(t *testing.T) {
	tx := paymenttest.SplitTransaction(t)
	vat := int64(250)
	tx.Events[1].VAT, tx.Events[1].Settlements = &vat, []payment.EventSettlement{{ID: "s1", Fee: &vat}}
	rows := transactionsOf(t, reportconfig.Transactions{Sellers: []string{"a"}}, tx)
	if rows[0]["VAT"]+rows[0]["Fee"]+rows[0]["Settlement ID"] != "" || rows[0]["Seller"] != "a" {
		t.Errorf("got %v", rows[0])
	}
}
