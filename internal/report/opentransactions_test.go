package report_test

import (
	"testing"
	"time"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func openOf(t *testing.T, filter reportconfig.Open, list ...payment.Transaction) []map[string]string {
	t.Helper()
	return paymenttest.RowsOf(t, csvOf(t, paymenttest.Source{Sales: list}, paymenttest.Report(filter, reportconfig.English), "2026-11-19"))
}

func TestOpenIsMidnightsTruth(t *testing.T) {
	before, after := "2026-11-19T23:59:59+01:00", "2026-11-20T00:00:00+01:00"
	with := func(e payment.Event, status string) payment.Event {
		e.Status = status
		return e
	}
	unauthorised := paymenttest.Authorised(t, "ON_HOLD")
	unauthorised.Events = []payment.Event{paymenttest.Event(t, "INITIATE", before, 0)}
	future := paymenttest.Authorised(t, "AUTHORIZED")
	future.Events[0].CreatedAt = paymenttest.At(t, after)
	timeless := paymenttest.Authorised(t, "AUTHORIZED")
	timeless.CreatedAt, timeless.Events[0].CreatedAt = paymenttest.At(t, before), time.Time{}
	for _, c := range []struct {
		name string
		tx   payment.Transaction
		want string // remaining; empty: not open
	}{
		{"authorised, the event says not when", timeless, "100.00"},
		{"authorised", paymenttest.Authorised(t, "AUTHORIZED"), "100.00"},
		{"partly captured before", paymenttest.Authorised(t, "PARTIALLY_CAPTURED", paymenttest.Event(t, "CAPTURE", before, 4000)), "60.00"},
		{"partly captured after", paymenttest.Authorised(t, "PARTIALLY_CAPTURED", paymenttest.Event(t, "CAPTURE", after, 4000)), "100.00"},
		{"captured since", paymenttest.Authorised(t, "CAPTURED", with(paymenttest.Event(t, "CAPTURE", after, 10000), "CAPTURED")), "100.00"},
		{"captured since, the event says nothing", paymenttest.Authorised(t, "CAPTURED", paymenttest.Event(t, "CAPTURE", after, 10000)), "100.00"},
		{"captured before", paymenttest.Authorised(t, "CAPTURED", with(paymenttest.Event(t, "CAPTURE", before, 10000), "CAPTURED")), ""},
		{"captured in part, yet finished before", paymenttest.Authorised(t, "CAPTURED", with(paymenttest.Event(t, "CAPTURE", before, 9000), "CAPTURED")), ""},
		{"finished before, refunded since", paymenttest.Authorised(t, "REFUNDED", with(paymenttest.Event(t, "CAPTURE", before, 9000), "CAPTURED"), with(paymenttest.Event(t, "REFUND", after, 9000), "REFUNDED")), ""},
		{"the same, the events out of order", paymenttest.Authorised(t, "REFUNDED", with(paymenttest.Event(t, "REFUND", after, 9000), "REFUNDED"), with(paymenttest.Event(t, "CAPTURE", before, 9000), "CAPTURED")), ""},
		{"voided since", paymenttest.Authorised(t, "AUTHORIZATION_VOIDED", paymenttest.Event(t, "VOID", after, 0)), "100.00"},
		{"voided before", paymenttest.Authorised(t, "AUTHORIZATION_VOIDED", paymenttest.Event(t, "VOID", before, 0)), ""},
		{"rest voided before", paymenttest.Authorised(t, "PARTIALLY_CAPTURED", paymenttest.Event(t, "CAPTURE", before, 4000), paymenttest.Event(t, "VOID", before, 0)), ""},
		{"voided, and no event tells when", paymenttest.Authorised(t, "AUTHORIZATION_VOIDED"), ""},
		{"declined", paymenttest.Authorised(t, "DECLINED"), ""},
		{"on hold and authorised", paymenttest.Authorised(t, "ON_HOLD"), "100.00"},
		{"on hold, not authorised", unauthorised, ""},
		{"authorised since", future, ""},
		{"refunded in part", paymenttest.Authorised(t, "PARTIALLY_CAPTURED_REFUNDED", paymenttest.Event(t, "CAPTURE", before, 4000), paymenttest.Event(t, "REFUND", before, 1000)), "60.00"},
		{"a status that is new to us", paymenttest.Authorised(t, "CHARGEBACK"), "100.00"},
	} {
		rows := openOf(t, reportconfig.Open{}, c.tx)
		got := ""
		if len(rows) > 0 {
			got = rows[0]["Remaining"]
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	rows := openOf(t, reportconfig.Open{}, paymenttest.Authorised(t, "PARTIALLY_CAPTURED_REFUNDED", paymenttest.Event(t, "CAPTURE", before, 4000), paymenttest.Event(t, "REFUND", before, 1000)))
	if rows[0]["Age (days)"] != "2" || rows[0]["Captured"] != "40.00" || rows[0]["Refunded"] != "-10.00" || rows[0]["Authorised amount"] != "100.00" || rows[0]["Authorised"] != "2026-11-17 12:00:00" {
		t.Errorf("the row: %v", rows[0])
	}
}

func TestOlderThanIsStrict(t *testing.T) {
	tx := paymenttest.Authorised(t, "AUTHORIZED")
	for when, want := range map[string]int{
		"2026-11-17T00:00:00+01:00": 0, "2026-11-16T23:59:59.999+01:00": 1, "2026-11-17T00:00:01+01:00": 0,
	} {
		tx.Events[0].CreatedAt = paymenttest.At(t, when)
		if rows := openOf(t, reportconfig.Open{OlderThanDays: 3}, tx); len(rows) != want {
			t.Errorf("authorised %s: %d rows older than 3 days, want %d", when, len(rows), want)
		}
	}
}

func TestANewerVersionThatIsNotOpenTakesTheOldOneAway(t *testing.T) {
	old := paymenttest.Authorised(t, "AUTHORIZED")
	voided := paymenttest.Authorised(t, "AUTHORIZATION_VOIDED", paymenttest.Event(t, "VOID", "2026-11-19T20:00:00+01:00", 0))
	voided.UpdatedAt = old.UpdatedAt.Add(1)
	if rows := openOf(t, reportconfig.Open{}, voided, old); len(rows) != 0 {
		t.Errorf("got %v", rows)
	}
}
