package report_test

import (
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/reportconfig"
)

func TestACopyIsNeverCountedBesideAnother(t *testing.T) {
	one := paymenttest.Captured(t, "a", 10000)
	one.Events[1].ID = "e1"
	other := paymenttest.Captured(t, "a", 10000) // the same updated_at, the events in another order
	other.Events[1].ID = "e1"
	other.Events[0], other.Events[1] = other.Events[1], other.Events[0]
	undated, alsoUndated := one, other
	undated.UpdatedAt, alsoUndated.UpdatedAt = one.CreatedAt, one.CreatedAt
	for _, list := range [][]payment.Transaction{{one, other}, {other, one}, {undated, alsoUndated}, {one, one, one}} {
		if rows := transactionsOf(t, reportconfig.Transactions{}, list...); len(rows) != 1 || rows[0]["Net"] != "100.00" {
			t.Errorf("got %v", rows)
		}
	}
}

func TestATransactionThatMovedToAnotherStoreLeftTheFirst(t *testing.T) {
	old, moved := paymenttest.Captured(t, "a", 100), paymenttest.Captured(t, "a", 100)
	moved.Store.ID, moved.UpdatedAt = "sc031", old.UpdatedAt.Add(1)
	for _, list := range [][]payment.Transaction{{old, moved}, {moved, old}} {
		if rows := transactionsOf(t, reportconfig.Transactions{Stores: []string{"sc029"}}, list...); len(rows) != 0 {
			t.Errorf("got %v", rows)
		}
		if rows := transactionsOf(t, reportconfig.Transactions{Stores: []string{"sc031"}}, list...); len(rows) != 1 {
			t.Errorf("got %v", rows)
		}
	}
}

func TestARequestCountsOnceWhereEventsHaveNoIDs(t *testing.T) {
	tx := paymenttest.Captured(t, "a", 100)
	tx.Events[1].RequestID = "r1"
	tx.Events = append(tx.Events, tx.Events[1], paymenttest.Event(t, payment.EventCapture, "12:00", 100))
	if rows := transactionsOf(t, reportconfig.Transactions{}, tx); len(rows) != 2 {
		t.Errorf("two captures are wanted, the second has no request: %v", rows)
	}
	open := paymenttest.Authorised(t, "PARTIALLY_CAPTURED", paymenttest.Event(t, payment.EventCapture, "12:00", 4000))
	open.Events[1].ID = "e1"
	open.Events = append(open.Events, open.Events[1])
	if rows := openOf(t, reportconfig.Open{}, open); rows[0]["Remaining"] != "60.00" {
		t.Errorf("the same capture lessens what remains once: %v", rows)
	}
}

func TestOperationsOfOneIDKeepTheDatasOrder(t *testing.T) {
	z := paymenttest.Order(t, paymenttest.Operation(t, payment.Capture, "1", 100))
	z.ID, z.OrderID = "z", "z"
	a := paymenttest.Order(t, paymenttest.Operation(t, payment.Capture, "1", 100))
	a.ID, a.OrderID = "a", "a"
	if rows := ordersOf(t, reportconfig.Orders{}, z, a); len(rows) != 2 || rows[0]["Order ID"] != "z" {
		t.Errorf("got %v", rows)
	}
	twice := paymenttest.Order(t, paymenttest.Operation(t, payment.Capture, "1", 100), paymenttest.Operation(t, payment.Capture, "1", 100), paymenttest.Operation(t, payment.Refund, "1", -100))
	if rows := ordersOf(t, reportconfig.Orders{}, twice); len(rows) != 2 || rows[1]["Operation amount"] != "-1.00" {
		t.Errorf("an operation counts once in its collection, and a negative refund stays negative: %v", rows)
	}
}

// TestAListingThatRepeatsItselfIsNotTrusted: what comes again and again is kept in memory.
func TestAListingThatRepeatsItselfIsNotTrusted(t *testing.T) {
	d := report.NewDedup(t.TempDir())
	for range 600 {
		if err := d.Add(strings.Repeat("x", 60_000), 1, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Settle(func([]byte) error { return nil }); err == nil || !strings.Contains(err.Error(), "cannot be trusted") {
		t.Error(err)
	}
}
