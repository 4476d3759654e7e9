package split

import (
	"strconv"
	"strings"
	"time"

	"rapport/internal/calendar"
	"rapport/reportconfig"
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

// longest is how many characters a slug has at most.
const longest = 64

// slug names a value: as before, or by its letters and digits. A name that another value has,
// or that is a period's or a device's, gets a number.
func (n *names) slug(value string) string {
	if slug, known := n.slugs[value]; known {
		return slug
	}
	plain := reportconfig.Slug(value)
	if plain == "" {
		plain = "part"
	}
	slug := plain
	for i := 2; n.taken[slug] || isKept(slug); i++ {
		end := "-" + strconv.Itoa(i)
		slug = strings.TrimRight(plain[:min(len(plain), longest-len(end))], "-") + end
	}
	n.slugs[value], n.taken[slug] = slug, true
	return slug
}

// isKept tells whether a directory of that name is another thing: the parts of a report lie
// beside its periods.
func isKept(slug string) bool {
	if reportconfig.IsReservedName(slug) {
		return true
	}
	_, err := calendar.ParsePeriod(strings.ToUpper(slug), time.UTC)
	return err == nil
}
