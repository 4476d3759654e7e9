// Package calendar cuts the line of time into the periods of a report: local days, ISO weeks, half months, months and VAT
// terms, on a calendar's days and never by counting hours, so that they tile it in every zone and across every clock
// change; and it knows on which days Norwegian offices and banks work. It refuses to read the clock, and it knows no
// report and no payment: time, zone and schedule are arguments.
package calendar

import (
	"fmt"
	"time"
)

// Schedule is how a report's time is cut into periods.
type Schedule string

// The schedules, in Dintero's words, but VATTerm, which is ours: two months, from January on. Weekly starts on Monday
// (ISO 8601), Monthly and TwiceAMonth on the first; TwiceAMonth turns on the 16th.
const (
	Daily       Schedule = "daily"
	Weekly      Schedule = "weekly"
	Monthly     Schedule = "monthly"
	TwiceAMonth Schedule = "twice-a-month"
	VATTerm     Schedule = "vat-term"
)

// Containing returns the period of s in loc that t lies in, of days that start at midnight.
func (s Schedule) Containing(t time.Time, loc *time.Location) Period {
	return Cycle{Schedule: s}.Containing(t, loc)
}

// bounds returns the first day of the period that d lies in, and the first day of the next. It panics on a schedule that
// is none of the five.
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
	case VATTerm:
		first = first.add(-(int(d.Month())-1)%2, 0)
		return first, first.add(2, 0)
	}
	panic(fmt.Sprintf("calendar: unknown schedule %q", string(s)))
}

// Cycle is a schedule, and the local time at which its days start: 00:00, or later where a night belongs to the day
// before. A time that does not exist some night is the first that does, one that comes twice is the first.
type Cycle struct {
	Schedule  Schedule
	DayStarts TimeOfDay
}

// Containing returns the period of c in loc that t lies in.
func (c Cycle) Containing(t time.Time, loc *time.Location) Period {
	from, to := c.Schedule.bounds(dayOf(t.In(loc)))
	for t.Before(c.start(from, loc)) { // before the day starts, or where a clock that went back shows a later date
		from, to = c.Schedule.bounds(from.add(0, -1))
	}
	// Where the clock went back over midnight, t may show yesterday's date though today has begun.
	for !t.Before(c.start(to, loc)) {
		from, to = c.Schedule.bounds(to)
	}
	return c.between(from, to, loc)
}

// Restored is a period that was written down under a name: its bounds may be those of another zone,
// or of days that started at another time.
func (c Cycle) Restored(name string, from, to time.Time, loc *time.Location) Period {
	from, to = from.In(loc), to.In(loc)
	if p := c.Containing(from, loc); p.From.Equal(from) && p.To.Equal(to) {
		return p
	}
	if p, err := c.ParsePeriod(name, loc); err == nil {
		return p.within(from, to)
	}
	return Period{Schedule: c.Schedule, From: from, To: to, DayStarts: TimeOfDay{from.Hour(), from.Minute()}}
}

// Following is the period of c in loc that goes on where the last one of a series ended. After a
// change of the zone, or of when days start, that is within a period: this then begins late, or is
// the next and begins early where its name is taken.
func (c Cycle) Following(end time.Time, taken func(name string) bool, loc *time.Location) Period {
	end = end.In(loc)
	p := c.Containing(end, loc)
	if p.From.Equal(end) {
		return p
	}
	for taken(p.String()) {
		p = p.Next()
	}
	return p.within(end, p.To)
}

// within is a period with other bounds than those of what it is named after.
func (p Period) within(from, to time.Time) Period {
	p.Start, p.End, p.From, p.To = p.From, p.To, from, to
	return p
}

// start is when a day starts.
func (c Cycle) start(d day, loc *time.Location) time.Time {
	return firstShowing(d.Add(c.DayStarts.duration()), loc)
}

// between is the period of the days from from up to to.
func (c Cycle) between(from, to day, loc *time.Location) Period {
	return Period{Schedule: c.Schedule, From: c.start(from, loc), To: c.start(to, loc), DayStarts: c.DayStarts}
}

// Timing is a cycle, and when its periods fall due: at At on the period's `to` day, or with a Workday on that working
// day from it on.
type Timing struct {
	Cycle
	At      TimeOfDay
	Workday int      // 1 is the `to` day if it is one, else the next; -1 the last of the month of the `to` day; 0: any day will do
	Days    Workdays // what counts for Workday
}

// Due is when the report of p is made. A time that does not exist that night is the first that does, one that comes
// twice is the first. It is never before the end of p.
func (t Timing) Due(p Period) time.Time {
	to := p.end()
	d := to
	if t.Workday != 0 {
		if d = t.Days.nth(to, t.Workday); d.Before(to.Time) {
			d = t.Days.nth(to, 1) // the last working day of the month is over
		}
	}
	due := firstShowing(d.Add(t.At.duration()), p.To.Location())
	if due.Before(p.To) {
		return p.To
	}
	return due
}

// Latest returns the newest period in loc that is due at now.
func (t Timing) Latest(now time.Time, loc *time.Location) Period {
	p := t.Containing(now, loc).Previous()
	for t.Due(p).After(now) {
		p = p.Previous()
	}
	return p
}
