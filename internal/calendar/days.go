package calendar

import (
	"time"

	"rapport/reportconfig"
)

// Noons are those of the local days of a period: some zones have days without a midnight,
// and one left a day out.
func Noons(p reportconfig.Period) (list []time.Time) {
	year, month, day := p.From.Date()
	for ; ; day++ {
		noon := time.Date(year, month, day, 12, 0, 0, 0, p.From.Location())
		if !noon.Before(p.To) {
			return list
		}
		if n := len(list); n == 0 || list[n-1].Format(DayLayout) != noon.Format(DayLayout) {
			list = append(list, noon)
		}
	}
}

// Comparable is the period that another is compared with: the same weekday of the week
// before, the same half of the month before, else the one before.
func Comparable(p reportconfig.Period) reportconfig.Period {
	switch p.Schedule {
	case reportconfig.Daily:
		year, month, day := p.From.Date()
		return p.Schedule.Containing(time.Date(year, month, day-7, 12, 0, 0, 0, p.From.Location()), p.From.Location())
	case reportconfig.TwiceAMonth:
		return p.Previous().Previous()
	}
	return p.Previous()
}

// How the groups of days and hours are named, in the account's zone.
const (
	DayLayout  = "2006-01-02"
	HourLayout = "15"
)

func Within(at time.Time, p reportconfig.Period) bool {
	return !at.Before(p.From) && at.Before(p.To)
}
