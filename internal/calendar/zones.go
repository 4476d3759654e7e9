package calendar

import (
	_ "embed"
	"strings"
	_ "time/tzdata" // so that a machine without zones of its own has them
)

// zones has one name on each line, sorted. The list is that of lib/time/zoneinfo.zip in Go's own tree, without Factory.
//
//go:embed zones.txt
var zones string

// Zones returns every name of the IANA time zone database. What a machine has beside them in its zoneinfo directory
// (localtime, right/…) means something else on the next machine.
func Zones() []string { return strings.Fields(zones) }
