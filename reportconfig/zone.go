package reportconfig

import (
	"slices"
	"strings"
	"time"

	"rapport/internal/calendar"
)

// zone reads the name of a time zone.
func (v value) zone() string {
	s, ok := v.text()
	if !ok {
		return ""
	}
	names := calendar.Zones()
	if slices.Contains(names, s) {
		if _, err := time.LoadLocation(s); err != nil {
			v.fault("is the machine's zoneinfo directory damaged?", "%s cannot be loaded: %s", quote(s), err)
			return ""
		}
		return s
	}
	v.fault(zoneHint(s, names), "%s is not a time zone of the IANA database", quote(s))
	return ""
}

func zoneHint(s string, names []string) string {
	if strings.EqualFold(s, "local") {
		return "a report must not depend on the machine it is made on; write a name like Europe/Oslo"
	}
	for _, name := range names {
		if place := name[strings.LastIndexByte(name, '/')+1:]; fold(place) == fold(s) {
			return "did you mean " + name + "?"
		}
	}
	if near, ok := nearest(s, names); ok && strings.Contains(s, "/") {
		return "did you mean " + near + "?"
	}
	return "a region and a city, like Europe/Oslo"
}
