package reportconfig

import (
	"slices"
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
