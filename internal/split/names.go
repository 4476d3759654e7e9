package split

import (
	"strconv"
	"strings"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/slug"
)

// names are what the parts of a report are called: in ids and in directories.
type names struct {
	slugs map[string]string // by value
	taken map[string]bool
}

func newNames(known map[string]string) *names {
	n := &names{slugs: map[string]string{}, taken: map[string]bool{}}
	for value, slug := range known {
		n.slugs[value], n.taken[slug] = slug, true
	}
	return n
}

// slug names a value: as before, or by its letters and digits. A name that another value has,
// or that is a period's or a device's, gets a number.
func (n *names) slug(value string) string {
	if name, known := n.slugs[value]; known {
		return name
	}
	plain := slug.Of(value)
	if plain == "" {
		plain = "part"
	}
	name := plain
	for i := 2; n.taken[name] || isKept(name); i++ {
		end := "-" + strconv.Itoa(i)
		name = strings.TrimRight(plain[:min(len(plain), slug.Max-len(end))], "-") + end
	}
	n.slugs[value], n.taken[name] = name, true
	return name
}

// isKept tells whether a directory of that name is another thing: the parts of a report lie
// beside its periods.
func isKept(name string) bool {
	if slug.IsReserved(name) {
		return true
	}
	_, err := calendar.ParsePeriod(strings.ToUpper(name), time.UTC)
	return err == nil
}
