package text

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const maxID = 64 // runes of an id beside a label

// TellApart adds its id to a label that reads as another's, or that printed changes, which gives a
// text as it will be seen. Labels are by id.
func TellApart(labels map[string]string, printed func(string) string) {
	seen := func(label string) string { return strings.ToLower(printed(norm.NFKC.String(label))) }
	times := map[string]int{}
	for _, label := range labels {
		times[seen(label)]++
	}
	for id, label := range labels {
		if id == "" || label == "" || label == id {
			continue
		}
		if times[seen(label)] > 1 || printed(label) != label {
			labels[id] = label + " (" + Truncate(OneLine(Sanitize(id)), maxID) + ")"
		}
	}
	alike := map[string]int{} // ids may read alike, too
	for _, id := range slices.Sorted(maps.Keys(labels)) {
		look := seen(labels[id])
		if alike[look]++; alike[look] > 1 {
			labels[id] += fmt.Sprintf(" #%d", alike[look])
		}
	}
}
