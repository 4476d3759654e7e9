package builder

import (
	"fmt"
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

// unknownOf is what a report of a transaction says of money that it does not count.
func unknownOf(t *testing.T, data reportconfig.Data, tx payment.Transaction) string {
	t.Helper()
	batch := batchOf(t, "2026-11-19", paymenttest.Report(data, "no"))
	newBuilder(t, paymenttest.Source{Sales: []payment.Transaction{tx}}).buildAll(t.Context(), batch)
	if batch[0].err != nil {
		t.Fatal(batch[0].err)
	}
	var said []string
	for _, u := range unknownMoney(batch[0].figures.Totals) {
		said = append(said, fmt.Sprint(u.Count, " ", u.Type, " ", u.Sum))
	}
	return strings.Join(said, ", ")
}

// A transaction whose status says that money was taken, and whose events the source left out, is not
// passed by in silence.
func TestMoneyWithoutEventsIsNamed(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	tx.CreatedAt, tx.Events = paymenttest.At(t, "11:59"), nil
	tx.PayoutDestination = "a"
	for status, want := range map[string]string{"CAPTURED": "1 CAPTURED (events: 0) 10000", "PARTIALLY_REFUNDED": "1 PARTIALLY_REFUNDED (events: 0) 10000", "AUTHORIZED": "", "FAILED": ""} {
		tx.Status = status
		if got := unknownOf(t, reportconfig.Transactions{}, tx); got != want {
			t.Errorf("%s: %q is told", status, got)
		}
	}
	tx.Status = "CAPTURED"
	if got := unknownOf(t, reportconfig.Transactions{Sellers: []string{"a"}}, tx); got != "1 CAPTURED (events: 0) 0" {
		t.Errorf("a seller is told %q", got)
	}
	if got := unknownOf(t, reportconfig.Transactions{Sellers: []string{"b"}}, tx); got != "" {
		t.Errorf("another seller is told %q", got)
	}
	if tx.CreatedAt = paymenttest.At(t, "2026-11-18T12:00:00+01:00"); unknownOf(t, reportconfig.Transactions{}, tx) != "" {
		t.Error("it is told of another day")
	}
}

// A seller is told their share of a movement of unknown kind in a report of open transactions too.
func TestASellerIsToldTheirShareOfAnUnknownMovement(t *testing.T) {
	tx := paymenttest.SplitTransaction(t)
	tx.Status, tx.Events = "AUTHORIZED", []payment.Event{paymenttest.Event(t, "AUTHORIZE", "11:59", 0), paymenttest.Event(t, "CHARGEBACK", "12:30", 700)}
	for seller, want := range map[string]string{"": "1 CHARGEBACK 700", "a": "1 CHARGEBACK 0", "b": "1 CHARGEBACK 0", "c": ""} {
		data := reportconfig.Open{}
		if seller != "" {
			data.Sellers = []string{seller}
		}
		if got := unknownOf(t, data, tx); got != want {
			t.Errorf("seller %q is told %q", seller, got)
		}
	}
}

// Of two captures at the very same instant the second takes more than was authorised.
func TestCapturesAtOneInstantAreSummed(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 10000)
	second := tx.Events[1]
	tx.Events[1].ID, second.ID = "e1", "e2"
	tx.Events = append(tx.Events, second)
	batch := batchOf(t, "2026-11-19", paymenttest.Report(reportconfig.Transactions{}, "no"))
	newBuilder(t, paymenttest.Source{Sales: []payment.Transaction{tx}}).buildAll(t.Context(), batch)
	if batch[0].err != nil || batch[0].figures.Totals.Excess != 1 {
		t.Errorf("%d captures exceed, %v", batch[0].figures.Totals.Excess, batch[0].err)
	}
}
