package reportconfig

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/yamltree"
)

// readTimezone reads the name of a time zone.
func readTimezone(v yamltree.Value) string {
	s := v.Text()
	if s == "" {
		return ""
	}
	names := calendar.Zones()
	if slices.Contains(names, s) {
		if _, err := time.LoadLocation(s); err != nil {
			v.Fault("is the machine's zoneinfo directory damaged?", "%s cannot be loaded: %s", yamltree.Quote(s), err)
			return ""
		}
		return s
	}
	v.Fault(zoneHint(s, names), "%s is not a time zone of the IANA database", yamltree.Quote(s))
	return ""
}

func zoneHint(s string, names []string) string {
	if strings.EqualFold(s, "local") {
		return "a report must not depend on the machine it is made on; write a name like Europe/Oslo"
	}
	for _, name := range names {
		if place := name[strings.LastIndexByte(name, '/')+1:]; yamltree.Fold(place) == yamltree.Fold(s) {
			return "did you mean " + name + "?"
		}
	}
	if near := yamltree.Nearest(s, names); near != "" && strings.Contains(s, "/") {
		return "did you mean " + near + "?"
	}
	return "a region and a city, like Europe/Oslo"
}

// readTiming reads when days start, and on which working day a report is due.
func (e *Entry) readTiming(m yamltree.Mapping) {
	e.DayStarts = optional(m, "day_starts", calendar.TimeOfDay{}, readTimeOfDay)
	if v, ok := m.Field("day_starts"); ok && e.At.Before(e.DayStarts) {
		v.Fault("choose a later at", "the day is not over at %s, when its report is due", e.At)
	}
	e.Workday = optional(m, "workday", 0, readWorkday)
	if m.Choice("calendar") == string(calendar.BankDays) {
		e.Days = calendar.BankDays
	}
}

// The first and the last working day that may be meant: no month has more.
const (
	lastWorkday  = 23
	firstWorkday = -lastWorkday
)

// readWorkday reads the number of a working day, which is not 0.
func readWorkday(v yamltree.Value) int {
	const hint = "1 is the first working day from the end of the period on, -1 the last of that month"
	n, err := strconv.Atoi(v.Raw())
	switch {
	case v.Tag() != "!!int" || err != nil || strconv.Itoa(n) != v.Raw():
		v.Fault(hint, "must be a whole number, is %s", v.Describe())
	case n == 0:
		v.Fault(hint, "there is no working day 0")
	case n < firstWorkday || n > lastWorkday:
		v.Fault(hint, "must be from %d to %d, is %d", firstWorkday, lastWorkday, n)
	default:
		return n
	}
	return 0
}
