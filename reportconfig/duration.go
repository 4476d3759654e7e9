package reportconfig

import (
	"strconv"
	"strings"
	"time"

	"rapport/internal/yamltree"
)

// oneDay is a day of catchup, retention and lapse. Periods are never counted in it.
const oneDay = 24 * time.Hour

// readKeepingTimes reads how far back missed periods are made, and how long archive and ledger are kept.
func readKeepingTimes(m yamltree.Mapping) (catchup, retention time.Duration) {
	catchup, retention = 35*oneDay, 400*oneDay
	fine := true
	if v, ok := m.Field("catchup"); ok {
		catchup, fine = readDays(v, 366)
	}
	v, ok := m.Field("retention")
	if !ok {
		return catchup, retention
	}
	if retention, ok = readDays(v, 3660); ok && fine && retention < catchup {
		v.Fault("keep reports at least as long as missed ones are made", "%s is shorter than catchup, %s", yamltree.Quote(v.Raw()), inDays(catchup))
	}
	return catchup, retention
}

// readDays reads a whole number of days or weeks, from one day to most.
func readDays(v yamltree.Value, most int) (time.Duration, bool) {
	const hint = "days or weeks, like 35d or 5w"
	if tag := v.Tag(); isDigits(v.Raw()) && (tag == "!!int" || tag == "!!str") {
		meant := hint
		if n, err := strconv.Atoi(v.Raw()); err == nil && n >= 1 && n <= most {
			meant = "write " + inDays(time.Duration(n)*oneDay)
		}
		v.Fault(meant, "must say days or weeks, is %s", v.Describe())
		return 0, false
	}
	s, ok := v.StrWithHint(hint)
	if !ok {
		return 0, false
	}
	number, unit := strings.TrimSuffix(s, "d"), 1
	if number == s {
		number, unit = strings.TrimSuffix(s, "w"), 7
	}
	if number == s || !isDigits(number) || len(number) > 1 && number[0] == '0' {
		v.Fault(hint, "%s is not a number of days or weeks", yamltree.Quote(s))
		return 0, false
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > most/unit {
		v.Fault(hint, "must be from 1d to %dd, is %s", most, yamltree.Quote(s))
		return 0, false
	}
	return time.Duration(n*unit) * oneDay, true
}

func inDays(d time.Duration) string { return strconv.Itoa(int(d/oneDay)) + "d" }
