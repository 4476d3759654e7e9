package calendar_test

import (
	"testing"
	"time"

	"rapport/internal/calendar"
)

// parse reads a period that exists.
func parse(t *testing.T, name string, loc *time.Location) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(name, loc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDueOnNightsWhoseClockChanges(t *testing.T) {
	for _, c := range []struct{ zone, period, at, due string }{
		{"Europe/Oslo", "2026-11-19", "06:00", "2026-11-20T06:00:00+01:00"},
		{"Europe/Oslo", "2026-W47", "00:00", "2026-11-23T00:00:00+01:00"},
		{"Europe/Oslo", "2026-03-28", "02:30", "2026-03-29T03:00:00+02:00"}, // does not exist: the first that does
		{"Europe/Oslo", "2026-03-28", "03:00", "2026-03-29T03:00:00+02:00"},
		{"Europe/Oslo", "2026-03-28", "01:59", "2026-03-29T01:59:00+01:00"},
		{"Europe/Oslo", "2026-10-24", "02:30", "2026-10-25T02:30:00+02:00"}, // comes twice: the first
		{"Europe/Oslo", "2026-10-24", "23:59", "2026-10-25T23:59:00+01:00"},
		{"America/Sao_Paulo", "2018-11-03", "00:30", "2018-11-04T01:00:00-02:00"},
		{"America/St_Johns", "2006-10-28", "00:00", "2006-10-29T00:00:00-02:30"},
		{"Pacific/Apia", "2011-12-29", "06:00", "2011-12-31T06:00:00+14:00"},
	} {
		p := parse(t, c.period, zone(t, c.zone))
		clock, err := time.Parse("15:04", c.at)
		if err != nil {
			t.Fatal(err)
		}
		at := calendar.TimeOfDay{Hour: clock.Hour(), Minute: clock.Minute()}
		if got := (calendar.Timing{At: at}).Due(p).Format(time.RFC3339); got != c.due || at.String() != c.at {
			t.Errorf("%s in %s is due at %s: %s, want %s", c.period, c.zone, c.at, got, c.due)
		}
	}
}

// TestComparable: the same weekday a week before, the same half of the month before, else the period before.
func TestComparable(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	for name, want := range map[string]string{
		"2026-11-19": "2026-11-12", "2026-03-29": "2026-03-22", "2026-04-05": "2026-03-29", // a day of 23 hours
		"2026-10-25": "2026-10-18", "2026-11-01": "2026-10-25", // one of 25
		"2026-03-05": "2026-02-26", "2026-01-03": "2025-12-27",
		"2026-W47": "2026-W46", "2026-W01": "2025-W52", "2026-03": "2026-02", "2026-01": "2025-12",
		"2026-T1": "2025-T6", "2026-T4": "2026-T3",
		"2026-11-H1": "2026-10-H1", "2026-11-H2": "2026-10-H2", "2026-01-H1": "2025-12-H1",
	} {
		if got := parse(t, name, oslo).Comparable(); got != parse(t, want, oslo) {
			t.Errorf("%s is compared with %s (%v to %v), want %s", name, got, got.From, got.To, want)
		}
	}
	// A day that a zone left out has no day after it that lies a week further.
	p := parse(t, "2012-01-06", zone(t, "Pacific/Apia"))
	if got := p.Comparable(); !got.From.Before(got.To) || got.To.After(p.From) {
		t.Errorf("in Apia %s is compared with %v to %v", p, got.From, got.To)
	}
}

func TestContainsIsHalfOpen(t *testing.T) {
	p := parse(t, "2026-11-19", zone(t, "Europe/Oslo"))
	for at, want := range map[time.Time]bool{p.From.Add(-1): false, p.From: true, p.To.Add(-1): true, p.To: false} {
		if p.Contains(at) != want {
			t.Errorf("%v in %s: %t, want %t", at, p, !want, want)
		}
	}
}

// TestDaysThatStartLate: a night belongs to the day before it, whatever the clock does in it.
func TestDaysThatStartLate(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	four := calendar.TimeOfDay{Hour: 4}
	for _, c := range []struct {
		starts   calendar.TimeOfDay
		schedule calendar.Schedule
		at, name string
		from, to string
	}{
		{four, calendar.Daily, "2026-11-20T03:59:59+01:00", "2026-11-19", "2026-11-19T04:00:00+01:00", "2026-11-20T04:00:00+01:00"},
		{four, calendar.Daily, "2026-11-20T04:00:00+01:00", "2026-11-20", "2026-11-20T04:00:00+01:00", "2026-11-21T04:00:00+01:00"},
		{four, calendar.Daily, "2026-03-29T01:30:00+01:00", "2026-03-28", "2026-03-28T04:00:00+01:00", "2026-03-29T04:00:00+02:00"}, // 23 hours
		{four, calendar.Daily, "2026-10-25T02:30:00+01:00", "2026-10-24", "2026-10-24T04:00:00+02:00", "2026-10-25T04:00:00+01:00"}, // 25 hours
		{four, calendar.Weekly, "2026-11-23T03:00:00+01:00", "2026-W47", "2026-11-16T04:00:00+01:00", "2026-11-23T04:00:00+01:00"},
		{four, calendar.Monthly, "2026-12-01T00:00:00+01:00", "2026-11", "2026-11-01T04:00:00+01:00", "2026-12-01T04:00:00+01:00"},
		{four, calendar.TwiceAMonth, "2026-11-16T03:00:00+01:00", "2026-11-H1", "2026-11-01T04:00:00+01:00", "2026-11-16T04:00:00+01:00"},
		{four, calendar.VATTerm, "2027-01-01T03:59:00+01:00", "2026-T6", "2026-11-01T04:00:00+01:00", "2027-01-01T04:00:00+01:00"},
		{calendar.TimeOfDay{Hour: 2, Minute: 30}, calendar.Daily, "2026-03-29T01:59:00+01:00", "2026-03-28", "2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00"}, // does not exist
		{calendar.TimeOfDay{Hour: 2, Minute: 30}, calendar.Daily, "2026-03-29T03:00:00+02:00", "2026-03-29", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"},
		{calendar.TimeOfDay{Hour: 2, Minute: 30}, calendar.Daily, "2026-10-25T02:10:00+01:00", "2026-10-25", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}, // comes twice: the first
		{calendar.TimeOfDay{Hour: 14}, calendar.Daily, "2026-11-20T13:00:00+01:00", "2026-11-19", "2026-11-19T14:00:00+01:00", "2026-11-20T14:00:00+01:00"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		p := calendar.Cycle{Schedule: c.schedule, DayStarts: c.starts}.Containing(at, oslo)
		if from, to := p.From.Format(time.RFC3339), p.To.Format(time.RFC3339); p.String() != c.name || from != c.from || to != c.to {
			t.Errorf("%s, days from %s: %s, %s to %s; want %s, %s to %s", c.at, c.starts, p, from, to, c.name, c.from, c.to)
		}
		if q := p.Comparable(); q.DayStarts != c.starts || q.To.After(p.From) {
			t.Errorf("%s is compared with %s, %v to %v", p, q, q.From, q.To)
		}
	}
}
