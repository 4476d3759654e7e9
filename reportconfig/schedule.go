package reportconfig

import (
	"fmt"
	"time"
)

// Schedule says how the line of time is cut into the periods of a report. Everything about it is calendar
// arithmetic on local days; none of it counts hours.
type Schedule string

// The schedules, in Dintero's words. Monthly and TwiceAMonth start on the first, Weekly on Monday (ISO 8601);
// TwiceAMonth turns on the 16th.
const (
	Daily       Schedule = "daily"
	Weekly      Schedule = "weekly"
	Monthly     Schedule = "monthly"
	TwiceAMonth Schedule = "twice-a-month"
)

// Containing returns the period of s in loc that t lies in. It panics on a schedule that is none of the four.
func (s Schedule) Containing(t time.Time, loc *time.Location) Period {
	from, to := s.around(dayOf(t.In(loc)))
	// Where the clock went back over midnight, t may show yesterday's date though today has begun.
	for !t.Before(to.start(loc)) {
		from, to = s.around(to)
	}
	return Period{Schedule: s, From: from.start(loc), To: to.start(loc)}
}

// Latest returns the newest period of s in loc that is due at now.
func (s Schedule) Latest(now time.Time, at TimeOfDay, loc *time.Location) Period {
	p := s.Containing(now, loc).Previous()
	for p.Due(at).After(now) {
		p = p.Previous()
	}
	return p
}

// around returns the first day of the stretch that d lies in, and the first day of the next.
func (s Schedule) around(d day) (from, to day) {
	first := d.add(0, 1-d.Day())
	switch s {
	case Daily:
		return d, d.add(0, 1)
	case Weekly:
		monday := d.add(0, -(int(d.Weekday())+6)%7)
		return monday, monday.add(0, 7)
	case Monthly:
		return first, first.add(1, 0)
	case TwiceAMonth:
		if d.Day() < 16 {
			return first, first.add(0, 15)
		}
		return first.add(0, 15), first.add(1, 0)
	}
	panic(fmt.Sprintf("reportconfig: unknown schedule %q", string(s)))
}

// TimeOfDay is a local time of day, to the minute.
type TimeOfDay struct{ Hour, Minute int }

// String is the time as it is written in a configuration, like 06:00.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

// day is a day of the calendar, in no zone: its midnight in UTC, where all days are alike.
type day struct{ time.Time }

// dayOf is the day that a calendar shows at t in the location of t.
func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return day{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

func (d day) add(months, days int) day { return day{d.AddDate(0, months, days)} }

// start is the first instant at which a clock in loc shows d or a later day. That is not always midnight: there are
// nights whose clock jumps over it, and days that were left out (Apia, 30 December 2011).
func (d day) start(loc *time.Location) time.Time { return firstShowing(d.Time, loc) }

// firstShowing returns the first instant at which a clock in loc shows wall, which is given as if it were UTC, or
// later. It reads the zone's own changes, for time.Date does not say which side of a gap it lands on.
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
