package pipeline

import (
	"strings"

	"rapport/locales"
)

// groupLabels are what people call the groups of a dimension.
func groupLabels(groups map[group]*groupSums, by dimension, words *locales.Printer) map[string]string {
	labels := map[string]string{}
	for g := range groups {
		labels[g.name] = groupLabel(g.name, by, words)
	}
	if by == perStore {
		apart(labels)
	}
	return labels
}

// apart adds the id of a store to a name that several have. Labels are by group or by id.
func apart(labels map[string]string) {
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
