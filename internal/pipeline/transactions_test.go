package pipeline

import (
	"math"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/reportconfig"
)

// event is a successful one.
func event(t *testing.T, kind, when string, amount int64) fetch.Event {
	return fetch.Event{Type: kind, Success: true, CreatedAt: at(t, when), Amount: amount}
}

// captured is a transaction of NOK amount, captured whole on the tests' day.
func captured(t *testing.T, id string, amount int64) fetch.Transaction {
	return fetch.Transaction{
		ID: id, Amount: amount, Currency: "NOK", Status: "CAPTURED", ProductType: "vipps", Product: "vipps",
		Store: fetch.Store{ID: "sc029", Name: "Oslo"}, UpdatedAt: at(t, "13:00"),
		Events: []fetch.Event{event(t, "AUTHORIZE", "11:59", 0), event(t, "CAPTURE", "12:00", amount)},
	}
}

func transactionsOf(t *testing.T, filter reportconfig.Transactions, list ...fetch.Transaction) []map[string]string {
	t.Helper()
	return rowsOf(t, csvOf(t, things{transactions: list}, report(filter, reportconfig.English), "2026-11-19"))
}

func TestOnlySuccessfulCapturesAndRefundsWithinThePeriodAreMoney(t *testing.T) {
	tx := captured(t, "a", 10000)
	failed := event(t, "CAPTURE", "12:01", 500)
	failed.Success = false
	tx.Events = append(tx.Events, failed, event(t, "INITIATE_CAPTURE", "12:02", 600), event(t, "REFUND", "12:03", 700), event(t, "CHARGEBACK", "12:04", 800),
		event(t, "CAPTURE", "2026-11-18T23:59:59.999999999+01:00", 1), event(t, "CAPTURE", "2026-11-19T00:00:00+01:00", 2),
		event(t, "CAPTURE", "2026-11-19T23:59:59.999+01:00", 3), event(t, "CAPTURE", "2026-11-20T00:00:00+01:00", 4))
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
	old, renewed := captured(t, "a", 10000), captured(t, "a", 10000)
	renewed.UpdatedAt, renewed.Status = old.UpdatedAt.Add(time.Hour), "PARTIALLY_REFUNDED"
	again := renewed.Events[1]
	again.ID, renewed.Events[1].ID = "e1", "e1"
	renewed.Events = append(renewed.Events, again, event(t, "REFUND", "12:30", 100))
	gone, goneSince := captured(t, "b", 5000), captured(t, "b", 5000)
	goneSince.UpdatedAt = gone.UpdatedAt.Add(time.Minute)
	goneSince.Events = goneSince.Events[:1] // the capture turned out not to have happened
	for _, order := range [][]fetch.Transaction{{old, renewed, gone, goneSince}, {renewed, old, goneSince, gone}, {renewed, goneSince, old, renewed, gone}} {
		rows := transactionsOf(t, reportconfig.Transactions{}, order...)
		if len(rows) != 2 || rows[0]["Status"] != "Partially refunded" || rows[0]["Net"] != "100.00" || rows[1]["Net"] != "-1.00" {
			t.Errorf("a capture and a refund of the newest version are wanted, whatever the order: %v", rows)
		}
	}
}

func TestVATFollowsTheNetAndFeesAreDinteros(t *testing.T) {
	tx := captured(t, "a", 10000)
	vat, fee, more := int64(2000), int64(150), int64(25)
	tx.Events[1].VAT = &vat
	tx.Events[1].Settlements = []fetch.Settlement{{ID: "s1", Fee: &fee}, {ID: "s2", Fee: &more}, {ID: "s1"}}
	refund := event(t, "REFUND", "12:30", 10000)
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

// splitTransaction has a line of seller a (600) and one of a and b (100 and 300).
func splitTransaction(t *testing.T) fetch.Transaction {
	tx := captured(t, "s", 1000)
	tx.Lines = []fetch.Line{
		{ID: "1", Amount: 600, Splits: []fetch.Split{{PayoutDestination: "a", Amount: 600}}},
		{ID: "2", Amount: 400, Splits: []fetch.Split{{PayoutDestination: "a", Amount: 100}, {PayoutDestination: "b", Amount: 300}}},
	}
	return tx
}

func TestASellerSeesTheirShare(t *testing.T) {
	whole := splitTransaction(t)
	part := splitTransaction(t)
	part.Events[1].Amount = 200
	part.Events[1].Lines = []fetch.Line{{ID: "2", Amount: 200}}
	own := splitTransaction(t)
	own.Events[1].Splits = []fetch.Split{{PayoutDestination: "b", Amount: 999}, {PayoutDestination: "c", Amount: 1}}
	lines := splitTransaction(t)
	lines.Events[1].Lines = []fetch.Line{{ID: "1", Amount: 1000, Splits: []fetch.Split{{PayoutDestination: "b", Amount: 400}, {PayoutDestination: "b", Amount: 600}}}}
	owned := captured(t, "o", 1000)
	owned.PayoutDestination, owned.Store.PayoutDestination = "b", "a"
	stored := captured(t, "o", 1000)
	stored.Store.PayoutDestination = "b"
	refunded := splitTransaction(t)
	refunded.Events[1].Splits = []fetch.Split{{PayoutDestination: "a", Amount: 333}, {PayoutDestination: "b", Amount: 667}}
	refunded.Lines = nil
	refunded.Events = append(refunded.Events, event(t, "REFUND", "12:30", 100))
	refundedLine := splitTransaction(t)
	refundedLine.Events = append(refundedLine.Events, event(t, "REFUND", "12:30", 600))
	refundedLine.Events[2].Lines = []fetch.Line{{ID: "1", Amount: 600}}

	for _, c := range []struct {
		name    string
		tx      fetch.Transaction
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

func TestAShareThatCannotBeToldMakesTheReportWait(t *testing.T) {
	part := splitTransaction(t)
	part.Events[1].Amount = 200
	strange := splitTransaction(t)
	strange.Events[1].Lines = []fetch.Line{{ID: "9", Amount: 1000}}
	for _, tx := range []fetch.Transaction{part, strange} {
		s := newShop(t, things{transactions: []fetch.Transaction{tx}}, report(reportconfig.Transactions{Sellers: []string{"a"}}, "no"))
		if o := s.run(); !o.Waiting || !strings.Contains(s.events[0].Error, "cannot be told") {
			t.Errorf("got %+v, %+v", o, s.events)
		}
		s = newShop(t, s.source, report(reportconfig.Transactions{Sellers: []string{"z"}}, "no"))
		if o := s.run(); o != (Outcome{}) {
			t.Errorf("a seller it does not concern waits too: %+v", s.events)
		}
	}
	part.Lines[1].Splits = part.Lines[0].Splits
	part.Lines[1].Splits[0].Amount = 400
	part.Lines[0].Splits = []fetch.Split{{PayoutDestination: "a", Amount: 600}}
	s := newShop(t, things{transactions: []fetch.Transaction{part}}, report(reportconfig.Transactions{Sellers: []string{"a"}}, "no"))
	if o := s.run(); o != (Outcome{}) || sumOf(t, s.archived("2026-11-19")["csv"], "Netto") != "2,00" {
		t.Errorf("any part of what is all theirs is theirs: %+v, %s", o, s.said())
	}
}

func TestAPartialShareHasNoVATFeeOrSettlement(t *testing.T) {
	tx := splitTransaction(t)
	vat := int64(250)
	tx.Events[1].VAT, tx.Events[1].Settlements = &vat, []fetch.Settlement{{ID: "s1", Fee: &vat}}
	rows := transactionsOf(t, reportconfig.Transactions{Sellers: []string{"a"}}, tx)
	if rows[0]["VAT"]+rows[0]["Fee"]+rows[0]["Settlement ID"] != "" || rows[0]["Seller"] != "a" {
		t.Errorf("got %v", rows[0])
	}
}

func TestATotalThatOverflowsMakesTheReportWait(t *testing.T) {
	s := newShop(t, things{transactions: []fetch.Transaction{captured(t, "a", math.MaxInt64), captured(t, "b", 1)}}, report(reportconfig.Transactions{}, "no"))
	if o := s.run(); !o.Waiting || !strings.Contains(s.events[0].Error, "total of NOK") {
		t.Errorf("got %+v, %+v", o, s.events)
	}
}
