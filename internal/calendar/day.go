package calendar

import (
	"fmt"
	"time"
)

// How a local day and a local hour are written where they are keys: 2026-11-19, 14.
const (
	DayLayout  = time.DateOnly
	HourLayout = "15"
)

// TimeOfDay is a local time of day, to the minute.
type TimeOfDay struct{ Hour, Minute int }

// String is the time as it is written in a configuration, like 06:00.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

func (t TimeOfDay) duration() time.Duration {
	return time.Duration(t.Hour)*time.Hour + time.Duration(t.Minute)*time.Minute
}

// Before tells whether t is earlier in the day than other.
func (t TimeOfDay) Before(other TimeOfDay) bool { return t.duration() < other.duration() }

// Noons returns noon of each local day of p. Noon names a day safely: some days have no midnight, and a day that a zone
// left out has no noon of its own.
func (p Period) Noons() []time.Time {
	var noons []time.Time
	for d := p.first(); p.cycle().start(d, p.From.Location()).Before(p.To); d = d.add(0, 1) {
		year, month, day := d.Date()
		noon := time.Date(year, month, day, 12, 0, 0, 0, p.From.Location())
		if n := len(noons); n == 0 || noons[n-1].Format(DayLayout) != noon.Format(DayLayout) {
			noons = append(noons, noon)
		}
	}
	return noons
}

// day is a day of the calendar, in no zone: its midnight in UTC, where all days are alike.
type day struct{ time.Time }

// dayOf is the day that a calendar shows at t in the location of t.
func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return day{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

func (d day) add(months, days int) day { return day{d.AddDate(0, months, days)} }

// firstShowing returns the first instant at which a clock in loc shows wall or later; wall is given as if it were UTC.
// A day does not always start with its midnight: some nights jump over it, and some days were left out (Apia, 30
// December 2011). It reads the zone's own changes, because time.Date does not say which side of a gap it lands on.
func firstShowing(wall time.Time, loc *time.Location) time.Time {
	const furthest = 26 * time.Hour // more than any clock was ever away from UTC
	t := wall.Add(-furthest).In(loc)
	for {
		begins, ends := t.ZoneBounds()
		_, offset := t.Zone()
		shown := wall.Add(-time.Duration(offset) * time.Second)
		if !begins.IsZero() && shown.Before(begins) {
			shown = begins
		}
		if !ends.IsZero() && !ends.After(t) {
			// On 31 December of a leap year Go 1.26 gives an end that has passed.
			ends = t.Add(time.Hour)
		}
		if ends.IsZero() || shown.Before(ends) {
			return shown.In(loc)
		}
		t = ends
	}
}
