package shop

import "time"

// paidOutAfter is how many bank days the money takes at least.
const paidOutAfter = 2

// payoutDay is the day on which what happens on d is paid out: the first Tuesday that the money
// is there for, or the bank day after it.
func (c Calendar) payoutDay(d Date) Date {
	for tuesday := d + (7-d%7)%7; ; tuesday += 7 { // day 0 is one
		if day := c.payday(tuesday); c.bankDaysBefore(day, paidOutAfter) >= d {
			return day
		}
	}
}

// payday is the day of payout in the week that begins on a Tuesday.
func (c Calendar) payday(tuesday Date) Date {
	for !c.isBankDay(tuesday) {
		tuesday++
	}
	return tuesday
}

// isPayday reports whether d is the day of payout of its week.
func (c Calendar) isPayday(d Date) bool { return d >= 7 && c.payday(d-d%7) == d }

func (c Calendar) bankDaysBefore(d Date, n int) Date {
	for n > 0 {
		if d--; c.isBankDay(d) {
			n--
		}
	}
	return d
}

// isBankDay reports whether Norwegian banks settle on d. It is reckoned here, and not by who
// reads the sandbox, so that the two can be held against each other.
func (c Calendar) isBankDay(d Date) bool {
	noon := time.Date(2014, time.July, 1+int(d), 12, 0, 0, 0, time.UTC)
	year, month, dom := noon.Date()
	switch {
	case noon.Weekday() == time.Saturday, noon.Weekday() == time.Sunday:
		return false
	case month == time.January && dom == 1, month == time.May && (dom == 1 || dom == 17), month == time.December && dom >= 24 && dom <= 26:
		return false
	}
	switch int(noon.Sub(easter(year)) / day) { // after Easter Sunday
	case -3, -2, 1, 39, 50:
		return false
	}
	return true
}

// easter is noon of Easter Sunday (Butcher's rule).
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 12, 0, 0, 0, time.UTC)
}
