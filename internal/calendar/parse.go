package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxPeriods is the longest range that ParsePeriods gives: two and a half years of days.
const maxPeriods = 1000

const periodForms = "a day is 2026-11-19, a week 2026-W47, half a month 2026-11-H1 or 2026-11-H2, a month 2026-11, a VAT term 2026-T6"

// ParsePeriod reads one period of days that start at midnight.
func ParsePeriod(s string, loc *time.Location) (Period, error) { return Cycle{}.ParsePeriod(s, loc) }

// ParsePeriod reads one period in any of the forms that Period.String writes, and no other, whatever the schedule of c.
func (c Cycle) ParsePeriod(s string, loc *time.Location) (Period, error) {
	schedule, d, ok := readPeriod(s)
	if !ok {
		return Period{}, fmt.Errorf("period %q is none — %s", s, periodForms)
	}
	// Reading it back catches what no calendar has, like week 53 of a year with 52.
	from, to := schedule.bounds(d)
	p := Cycle{Schedule: schedule, DayStarts: c.DayStarts}.between(from, to, loc)
	if p.String() != s || !p.From.Before(p.To) {
		return Period{}, fmt.Errorf("period %q does not exist in the calendar of %s", s, loc)
	}
	return p, nil
}

// ParsePeriods reads one period in any form, or a range A..B of at most 1000 periods. Both ends are included, and both
// must be periods of the schedule of c.
func (c Cycle) ParsePeriods(s string, loc *time.Location) ([]Period, error) {
	a, b, isRange := strings.Cut(s, "..")
	if !isRange {
		p, err := c.ParsePeriod(s, loc)
		if err != nil {
			return nil, err
		}
		return []Period{p}, nil
	}
	first, err := c.ParsePeriod(a, loc)
	if err != nil {
		return nil, err
	}
	last, err := c.ParsePeriod(b, loc)
	if err != nil {
		return nil, err
	}
	for _, p := range []Period{first, last} {
		if p.Schedule != c.Schedule {
			return nil, fmt.Errorf("period %s is %s, the report is %s — both ends of a range must be periods of the report", p, p.Schedule, c.Schedule)
		}
	}
	if last.From.Before(first.From) {
		return nil, fmt.Errorf("period %s..%s ends before it begins — the earlier one comes first", first, last)
	}
	var ps []Period
	for p := first; !p.From.After(last.From); p = p.Next() {
		if len(ps) == maxPeriods {
			return nil, fmt.Errorf("period %s..%s is longer than %d periods — take it in parts", first, last, maxPeriods)
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// readPeriod returns the schedule that the form of s stands for, and the first day of the period; false for no form.
func readPeriod(s string) (Schedule, day, bool) {
	month, rest, schedule := s, "", Monthly
	switch {
	case len(s) == len("2026-11-19"):
		month, rest, schedule = s[:7], s[7:], Daily
		if strings.HasPrefix(rest, "-H") {
			schedule = TwiceAMonth
		}
	case len(s) == len("2026-W47") && s[4:6] == "-W":
		return readWeek(s)
	case len(s) == len("2026-T6") && s[4:6] == "-T":
		return readTerm(s)
	}
	first, err := time.Parse("2006-01", month)
	if err != nil || first.Year() < 1 {
		return "", day{}, false
	}
	switch {
	case schedule == Monthly:
		return Monthly, day{first}, true
	case rest == "-H1":
		return TwiceAMonth, day{first}, true
	case rest == "-H2":
		return TwiceAMonth, day{first.AddDate(0, 0, 15)}, true
	}
	d, err := time.Parse(DayLayout, s)
	return Daily, day{d}, err == nil
}

func readTerm(s string) (Schedule, day, bool) {
	year, err := time.Parse("2006", s[:4])
	term := int(s[6] - '0')
	if err != nil || year.Year() < 1 || term < 1 || term > 6 {
		return "", day{}, false
	}
	return VATTerm, day{year}.add(2*(term-1), 0), true
}

func readWeek(s string) (Schedule, day, bool) {
	year, err := strconv.ParseUint(s[:4], 10, 0)
	week, err2 := strconv.ParseUint(s[6:], 10, 0)
	if err != nil || err2 != nil || year < 1 || week > 53 {
		return "", day{}, false
	}
	// The fourth of January always lies in week 1.
	fourth := day{time.Date(int(year), time.January, 4, 0, 0, 0, 0, time.UTC)}
	return Weekly, fourth.add(0, 7*(int(week)-1)), true
}
