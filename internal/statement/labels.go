package statement

import (
	"strings"

	"rapport/internal/report"
	"rapport/locales"
)

// groupLabels are what people call the groups of a dimension.
func groupLabels(groups map[report.Group]*report.Sums, by report.Dimension, words *locales.Printer) map[string]string {
	labels := map[string]string{}
	for g := range groups {
		labels[g.Name] = groupLabel(g.Name, by, words)
	}
	if by == report.PerStore {
		disambiguate(labels)
	}
	return labels
}

// disambiguate adds the id of a store to a name that several have. Labels are by group or by id.
func disambiguate(labels map[string]string) {
	times := map[string]int{}
	for _, label := range labels {
		times[label]++
	}
	for name, label := range labels {
		if id, _, _ := strings.Cut(name, "\x00"); times[label] > 1 && id != "" && label != "" && id != label {
			labels[name] = label + " (" + id + ")"
		}
	}
}
