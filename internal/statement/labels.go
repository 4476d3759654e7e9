package statement

import (
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
	printed := fs.Printed
	if printed == nil {
		printed = func(label string) string { return label }
	}
	text.TellApart(labels, printed)
}
