package reportconfig

import (
	_ "embed"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // so that a machine without zones of its own has them
)

// zones is every name of the IANA time zone database, one to a line, sorted. What a machine has beside them in its
// zoneinfo directory (localtime, right/…) means something else on the next machine. The list is that of
// lib/time/zoneinfo.zip in Go's own tree, without Factory.
//
//go:embed zones.txt
var zones string

// zone reads the name of a time zone.
func (v value) zone() string {
	s, ok := v.text()
	if !ok {
		return ""
	}
	names := strings.Fields(zones)
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
