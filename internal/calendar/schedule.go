// Package calendar cuts the line of time into the periods of a report: local days, ISO weeks, half months and months,
// on a calendar's days and never by counting hours, so that they tile it in every zone and across every clock change.
// It refuses to read the clock, and it knows no report and no payment: time, zone and schedule are arguments.
package calendar

import (
	"fmt"
	"time"
)

// Schedule is how a report's time is cut into periods.
type Schedule string

// The schedules, in Dintero's words. Weekly starts on Monday (ISO 8601), Monthly and TwiceAMonth on the first;
// TwiceAMonth turns on the 16th.
const (
	Daily       Schedule = "daily"
	Weekly      Schedule = "weekly"
	Monthly     Schedule = "monthly"
	TwiceAMonth Schedule = "twice-a-month"
)

// Containing returns the period of s in loc that t lies in. It panics on a schedule that is none of the four.
func (s Schedule) Containing(t time.Time, loc *time.Location) Period {
	from, to := s.bounds(dayOf(t.In(loc)))
	// Where the clock went back over midnight, t may show yesterday's date though today has begun.
	for !t.Before(to.start(loc)) {
		from, to = s.bounds(to)
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

// bounds returns the first day of the period that d lies in, and the first day of the next.
func (s Schedule) bounds(d day) (from, to day) {
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
	panic(fmt.Sprintf("calendar: unknown schedule %q", string(s)))
}
