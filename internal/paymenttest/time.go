package paymenttest

import (
	"rapport/internal/calendar"
	"testing"
	"time"
)

// At reads a time of the tests' day: "14:05" is local on 19 November 2026.
func At(t testing.TB, text string) time.Time {
	t.Helper()
	if len(text) == 5 {
		text = "2026-11-19T" + text + ":00+01:00"
	}
	when, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func Oslo(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// A Clock stands still until it is set.
type Clock struct{ time.Time }

func (c *Clock) Now() time.Time { return c.Time }

// Morning is 06:00 on the day after the tests' day.
func Morning(t testing.TB) time.Time { return At(t, "2026-11-20T06:00:00+01:00") }

func Period(t testing.TB, name string) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(name, Oslo(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
