package calendar

import "time"

// Workdays says on which days work is done: Monday to Friday, but for Norwegian holidays.
type Workdays string

// The kinds of days. Banks settle nothing on 24 December; on 31 December they do.
const (
	WorkingDays Workdays = "working"
	BankDays    Workdays = "bank"
)

// Include tells whether a day, of which only the date counts, is one of w. Holidays are those of the law of 24 February
// 1995 no. 12, and 1 and 17 May; none is moved when it falls on a weekend.
func (w Workdays) Include(d time.Time) bool {
	switch d.Weekday() {
	case time.Saturday, time.Sunday:
		return false
	}
	if w == BankDays && d.Month() == time.December && d.Day() == 24 {
		return false
	}
	return !IsHoliday(d)
}

// IsHoliday tells whether a date is a public holiday in Norway.
func IsHoliday(d time.Time) bool {
	year, month, dom := d.Date()
	switch {
	case month == time.January && dom == 1, month == time.May && (dom == 1 || dom == 17), month == time.December && (dom == 25 || dom == 26):
		return true
	}
	switch dayOf(d).Sub(easter(year).Time) / (24 * time.Hour) {
	case -3, -2, 0, 1, 39, 49, 50: // Maundy Thursday, Good Friday, both Easter days, Ascension Day, both Whit days
		return true
	}
	return false
}

// easter is Easter Sunday in the Gregorian calendar, by the rule of Gauss with its two exceptions.
func easter(year int) day {
	a, b, c := year%19, year%4, year%7
	k := year / 100
	m := (15 + k - (13+8*k)/25 - k/4) % 30
	d := (19*a + m) % 30
	e := (2*b + 4*c + 6*d + (4+k-k/4)%7) % 7
	march := 22 + d + e
	switch {
	case d == 29 && e == 6:
		march -= 7
	case d == 28 && e == 6 && (11*m+11)%30 < 19:
		march -= 7
	}
	return day{time.Date(year, time.March, march, 0, 0, 0, 0, time.UTC)}
}

// nth is the n-th of w from d on, d itself counting; with n below zero it is counted from the end of the month of d.
func (w Workdays) nth(d day, n int) day {
	step := 1
	if n < 0 {
		step, n = -1, -n
		d = d.add(1, -d.Day()) // the last day of the month
	}
	for {
		if w.Include(d.Time) {
			n--
		}
		if n == 0 {
			return d
		}
		d = d.add(0, step)
	}
}

// VATTermOf is the number of the VAT term that a date lies in, from 1 to 6.
func VATTermOf(d time.Time) int { return (int(d.Month())-1)/2 + 1 }

// VATDeadline is the day by which the VAT return for a date is due: its midnight in UTC. It is the 10th of the month
// after the next one of the term, of the third term 31 August, and the next working day where that is none.
func VATDeadline(d time.Time) time.Time {
	_, end := VATTerm.bounds(dayOf(d))
	due := end.add(1, 9)
	if VATTermOf(d) == 3 {
		due = end.add(1, 30)
	}
	return WorkingDays.nth(due, 1).Time
}
