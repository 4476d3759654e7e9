package calendar

import (
	"fmt"
	"time"
)

// Period is one period of a schedule: the half-open stretch [From, To). Both ends carry the account's location.
type Period struct {
	Schedule Schedule
	From, To time.Time
}

// String is the name of the period in commands and file names: 2026-11-19, 2026-W47 (the year is that of the ISO
// week), 2026-11, 2026-11-H1 and 2026-11-H2.
func (p Period) String() string {
	switch p.Schedule {
	case Daily:
		return p.From.Format(DayLayout)
	case Weekly:
		year, week := p.From.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case Monthly:
		return p.From.Format("2006-01")
	case TwiceAMonth:
		if p.From.Day() < 16 {
			return p.From.Format("2006-01") + "-H1"
		}
		return p.From.Format("2006-01") + "-H2"
	}
	return p.From.Format(time.RFC3339) + ".." + p.To.Format(time.RFC3339)
}

// Contains tells whether t lies in p.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.From) && t.Before(p.To) }

// Due is when the report of p is made: at local time at on the day that p ends. A time that does not exist that night
// is the first that does, one that comes twice is the first. It is never before the end of p.
func (p Period) Due(at TimeOfDay) time.Time {
	wall := dayOf(p.To).Add(time.Duration(at.Hour)*time.Hour + time.Duration(at.Minute)*time.Minute)
	due := firstShowing(wall, p.To.Location())
	if due.Before(p.To) {
		return p.To
	}
	return due
}

// Next is the period that begins where p ends.
func (p Period) Next() Period { return p.Schedule.Containing(p.To, p.To.Location()) }

// Previous is the period that ends where p begins.
func (p Period) Previous() Period {
	return p.Schedule.Containing(p.From.Add(-time.Nanosecond), p.From.Location())
}

// Comparable is the period whose figures p is compared with: the same weekday of the week before, the same half of the
// month before, else the period before.
func (p Period) Comparable() Period {
	switch p.Schedule {
	case Daily:
		year, month, day := p.From.Date()
		return Daily.Containing(time.Date(year, month, day-7, 12, 0, 0, 0, p.From.Location()), p.From.Location())
	case TwiceAMonth:
		return p.Previous().Previous()
	}
	return p.Previous()
}
