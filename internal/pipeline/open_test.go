package pipeline

import (
	"testing"
	"time"

	"rapport/fetch"
	"rapport/reportconfig"
)

func openOf(t *testing.T, filter reportconfig.Open, list ...fetch.Transaction) []map[string]string {
	t.Helper()
	return rowsOf(t, csvOf(t, things{transactions: list}, report(filter, reportconfig.English), "2026-11-19"))
}

// authorised is a transaction of 100.00, authorised two and a half days before the snapshot.
func authorised(t *testing.T, status string, more ...fetch.Event) fetch.Transaction {
	tx := captured(t, "a", 10000)
	tx.Status = status
	tx.Events = append([]fetch.Event{event(t, "AUTHORIZE", "2026-11-17T12:00:00+01:00", 0)}, more...)
	return tx
}

func TestOpenIsMidnightsTruth(t *testing.T) {
	before, after := "2026-11-19T23:59:59+01:00", "2026-11-20T00:00:00+01:00"
	with := func(e fetch.Event, status string) fetch.Event {
		e.Status = status
		return e
	}
	unauthorised := authorised(t, "ON_HOLD")
	unauthorised.Events = []fetch.Event{event(t, "INITIATE", before, 0)}
	future := authorised(t, "AUTHORIZED")
	future.Events[0].CreatedAt = at(t, after)
	timeless := authorised(t, "AUTHORIZED")
	timeless.CreatedAt, timeless.Events[0].CreatedAt = at(t, before), time.Time{}
	for _, c := range []struct {
		name string
		tx   fetch.Transaction
		want string // remaining; empty: not open
	}{
		{"authorised, the event says not when", timeless, "100.00"},
		{"authorised", authorised(t, "AUTHORIZED"), "100.00"},
		{"partly captured before", authorised(t, "PARTIALLY_CAPTURED", event(t, "CAPTURE", before, 4000)), "60.00"},
		{"partly captured after", authorised(t, "PARTIALLY_CAPTURED", event(t, "CAPTURE", after, 4000)), "100.00"},
		{"captured since", authorised(t, "CAPTURED", with(event(t, "CAPTURE", after, 10000), "CAPTURED")), "100.00"},
		{"captured since, the event says nothing", authorised(t, "CAPTURED", event(t, "CAPTURE", after, 10000)), "100.00"},
		{"captured before", authorised(t, "CAPTURED", with(event(t, "CAPTURE", before, 10000), "CAPTURED")), ""},
		{"captured in part, yet finished before", authorised(t, "CAPTURED", with(event(t, "CAPTURE", before, 9000), "CAPTURED")), ""},
		{"finished before, refunded since", authorised(t, "REFUNDED", with(event(t, "CAPTURE", before, 9000), "CAPTURED"), with(event(t, "REFUND", after, 9000), "REFUNDED")), ""},
		{"the same, the events out of order", authorised(t, "REFUNDED", with(event(t, "REFUND", after, 9000), "REFUNDED"), with(event(t, "CAPTURE", before, 9000), "CAPTURED")), ""},
		{"voided since", authorised(t, "AUTHORIZATION_VOIDED", event(t, "VOID", after, 0)), "100.00"},
		{"voided before", authorised(t, "AUTHORIZATION_VOIDED", event(t, "VOID", before, 0)), ""},
		{"rest voided before", authorised(t, "PARTIALLY_CAPTURED", event(t, "CAPTURE", before, 4000), event(t, "VOID", before, 0)), ""},
		{"voided, and no event tells when", authorised(t, "AUTHORIZATION_VOIDED"), ""},
		{"declined", authorised(t, "DECLINED"), ""},
		{"on hold and authorised", authorised(t, "ON_HOLD"), "100.00"},
		{"on hold, not authorised", unauthorised, ""},
		{"authorised since", future, ""},
		{"refunded in part", authorised(t, "PARTIALLY_CAPTURED_REFUNDED", event(t, "CAPTURE", before, 4000), event(t, "REFUND", before, 1000)), "60.00"},
		{"a status that is new to us", authorised(t, "CHARGEBACK"), "100.00"},
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
	rows := openOf(t, reportconfig.Open{}, authorised(t, "PARTIALLY_CAPTURED_REFUNDED", event(t, "CAPTURE", before, 4000), event(t, "REFUND", before, 1000)))
	if rows[0]["Age (days)"] != "2" || rows[0]["Captured"] != "40.00" || rows[0]["Refunded"] != "-10.00" || rows[0]["Authorised amount"] != "100.00" || rows[0]["Authorised"] != "2026-11-17 12:00:00" {
		t.Errorf("the row: %v", rows[0])
	}
}

func TestOlderThanIsStrict(t *testing.T) {
	tx := authorised(t, "AUTHORIZED")
	for when, want := range map[string]int{
		"2026-11-17T00:00:00+01:00": 0, "2026-11-16T23:59:59.999+01:00": 1, "2026-11-17T00:00:01+01:00": 0,
	} {
		tx.Events[0].CreatedAt = at(t, when)
		if rows := openOf(t, reportconfig.Open{OlderThanDays: 3}, tx); len(rows) != want {
			t.Errorf("authorised %s: %d rows older than 3 days, want %d", when, len(rows), want)
		}
	}
}

func TestANewerVersionThatIsNotOpenTakesTheOldOneAway(t *testing.T) {
	old := authorised(t, "AUTHORIZED")
	voided := authorised(t, "AUTHORIZATION_VOIDED", event(t, "VOID", "2026-11-19T20:00:00+01:00", 0))
	voided.UpdatedAt = old.UpdatedAt.Add(1)
	if rows := openOf(t, reportconfig.Open{}, voided, old); len(rows) != 0 {
		t.Errorf("got %v", rows)
	}
}
