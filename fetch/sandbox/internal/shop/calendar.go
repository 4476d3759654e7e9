package shop

import "time"

const day = 24 * time.Hour

// Lifetime is how long after its creation a transaction can still change.
const Lifetime = 180 * day

// Date is a calendar day in Oslo, counted from 1 July 2014: half a year before
// the first promised day, so that day one has refunds too.
type Date int

// Calendar knows when the days of a time zone begin.
type Calendar struct{ Zone *time.Location }

// Midnight is the first instant of d.
func (c Calendar) Midnight(d Date) time.Time {
	return time.Date(2014, time.July, 1+int(d), 0, 0, 0, 0, c.Zone)
}

// DateOf is the day t falls on; days before the first are negative.
func (c Calendar) DateOf(t time.Time) Date {
	y, m, d := t.In(c.Zone).Date()
	hours := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(time.Date(2014, time.July, 1, 0, 0, 0, 0, time.UTC)).Hours()
	return Date(hours / 24)
}

// officeHours is an instant within working hours, days after t.
func (c Calendar) officeHours(t time.Time, days int, rng *RNG) time.Time {
	return c.Midnight(c.DateOf(t) + Date(days)).Add(rng.Duration(8*time.Hour, 16*time.Hour))
}
