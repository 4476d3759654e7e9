package calendar

import (
	"fmt"
	"time"
)

// Period is one period of a schedule: the half-open stretch [From, To). Both ends carry the account's location.
type Period struct {
	Schedule  Schedule
	From, To  time.Time
	DayStarts TimeOfDay // see [Cycle]

	// Start and End are the bounds of what it is named after, where From and To are others: those of
	// a zone that was changed, or of the first period after that. Zero: they are the same.
	Start, End time.Time
}

// cycle is what the period is one of.
func (p Period) cycle() Cycle { return Cycle{Schedule: p.Schedule, DayStarts: p.DayStarts} }

// Days returns the first day of p and the day after its last, half-open: their midnights in UTC, as days that no zone
// moves.
func (p Period) Days() (first, end time.Time) { return p.first().Time, p.end().Time }

func (p Period) first() day {
	if !p.Start.IsZero() {
		return p.dayOf(p.Start)
	}
	return p.dayOf(p.From)
}

func (p Period) end() day {
	if !p.End.IsZero() {
		return p.dayOf(p.End)
	}
	return p.dayOf(p.To)
}

// DayAt is the day that t, which shows local time, lies in as days start in p: a period of its own.
func (p Period) DayAt(t time.Time) Period {
	return Cycle{Schedule: Daily, DayStarts: p.DayStarts}.Containing(t, t.Location())
}

// dayOf is the day that starts at t, which shows local time.
func (p Period) dayOf(t time.Time) day {
	d := dayOf(t)
	if (TimeOfDay{t.Hour(), t.Minute()}).duration() < p.DayStarts.duration() {
		return d.add(0, -1)
	}
	return d
}

// String is the name of the period in commands and file names: 2026-11-19, 2026-W47 (the year is that of the ISO
// week), 2026-11, 2026-11-H1 and 2026-11-H2, 2026-T6.
func (p Period) String() string {
	first := p.first()
	switch p.Schedule {
	case Daily:
		return first.Format(DayLayout)
	case Weekly:
		year, week := first.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case Monthly:
		return first.Format("2006-01")
	case TwiceAMonth:
		if first.Day() < 16 {
			return first.Format("2006-01") + "-H1"
		}
		return first.Format("2006-01") + "-H2"
	case VATTerm:
		return fmt.Sprintf("%04d-T%d", first.Year(), VATTermOf(first.Time))
	}
	return p.From.Format(time.RFC3339) + ".." + p.To.Format(time.RFC3339)
}

// Contains tells whether t lies in p.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.From) && t.Before(p.To) }

// Next is the period that begins where p ends.
func (p Period) Next() Period { return p.cycle().Containing(p.To, p.To.Location()) }

// Previous is the period that ends where p begins.
func (p Period) Previous() Period {
	return p.cycle().Containing(p.From.Add(-time.Nanosecond), p.From.Location())
}

// Comparable is the period whose figures p is compared with: the same weekday of the week before, the same half of the
// month before, else the period before.
func (p Period) Comparable() Period {
	switch p.Schedule {
	case Daily:
		year, month, day := p.first().Date()
		noon := time.Date(year, month, day-7, 12, 0, 0, 0, p.From.Location())
		if start := p.DayStarts; start.Hour >= 12 { // noon belongs to the day before
			noon = time.Date(year, month, day-7, start.Hour, start.Minute, 0, 0, p.From.Location())
		}
		return p.cycle().Containing(noon, p.From.Location())
	case TwiceAMonth:
		return p.Previous().Previous()
	}
	return p.Previous()
}
