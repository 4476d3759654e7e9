package statement

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"rapport/internal/report"
	"rapport/internal/text"
)

// groupLabels are what people call the groups of a dimension.
func (fs *Figures) groupLabels(by report.Dimension) map[string]string {
	labels := map[string]string{}
	for g := range fs.Totals.Groups[by] {
		if _, known := labels[g.Name]; !known {
			labels[g.Name] = fs.groupLabel(g.Name, by)
		}
	}
	if by == report.PerStore || by == report.PerMethod {
		fs.tellApart(labels)
	}
	return labels
}

// tellApart adds its id to the label of a store that reads as another's, or of which the
// document cannot print every letter. Labels are by id.
func (fs *Figures) tellApart(labels map[string]string) {
	times := map[string]int{}
	for _, label := range labels {
		times[fs.look(label)]++
	}
	for id, label := range labels {
		if id == "" || label == "" || label == id {
			continue
		}
		if times[fs.look(label)] > 1 || fs.printed(label) != label {
			labels[id] = label + " (" + text.Truncate(text.OneLine(text.Sanitize(id)), maxID) + ")"
		}
	}
	seen := map[string]int{} // ids may read alike, too
	for _, id := range slices.Sorted(maps.Keys(labels)) {
		look := fs.look(labels[id])
		if seen[look]++; seen[look] > 1 {
			labels[id] += fmt.Sprintf(" #%d", seen[look])
		}
	}
}

const maxID = 64 // runes of an id beside a label

// look is what a reader sees of a label: the same for two that nobody tells apart.
func (fs *Figures) look(label string) string {
	return strings.ToLower(fs.printed(norm.NFKC.String(label)))
}

// printed is a label with what the document's font has no picture of replaced.
func (fs *Figures) printed(label string) string {
	if fs.Printed == nil {
		return label
	}
	return fs.Printed(label)
}
