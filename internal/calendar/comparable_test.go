package calendar

import (
	"testing"
	"time"

	"rapport/internal/paymenttest"
)

func TestWhatAPeriodIsComparedWith(t *testing.T) {
	for period, want := range map[string]string{
		"2026-11-19": "2026-11-12", "2026-03-29": "2026-03-22", "2026-04-05": "2026-03-29", // a day of 23 hours
		"2026-10-25": "2026-10-18", "2026-11-01": "2026-10-25", // one of 25
		"2026-03-05": "2026-02-26", "2026-01-03": "2025-12-27",
		"2026-W47": "2026-W46", "2026-W01": "2025-W52", "2026-03": "2026-02", "2026-01": "2025-12",
		"2026-11-H1": "2026-10-H1", "2026-11-H2": "2026-10-H2", "2026-01-H1": "2025-12-H1",
	} {
		if got := Comparable(paymenttest.Period(t, period)); got.String() != want {
			t.Errorf("%s is compared with %s, want %s", period, got, want)
		} else if whole := paymenttest.Period(t, want); !got.From.Equal(whole.From) || !got.To.Equal(whole.To) {
			t.Errorf("%s: %s – %s is not all of it", want, got.From, got.To)
		}
	}
	// A day that a zone left out has no day after it that lies a week further.
	apia, err := time.LoadLocation("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	p := paymenttest.Period(t, "2012-01-06")
	p.From, p.To = time.Date(2012, 1, 6, 0, 0, 0, 0, apia), time.Date(2012, 1, 7, 0, 0, 0, 0, apia)
	if got := Comparable(p); !got.From.Before(got.To) || got.To.After(p.From) {
		t.Errorf("in Apia %s is compared with %s – %s", p, got.From, got.To)
	}
}
