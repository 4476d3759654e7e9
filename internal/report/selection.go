package report

import (
	"slices"

	"rapport/reportconfig"
)

// A Selection is what of a configuration is asked for.
type Selection struct {
	Reports []string // ids; none: all
	Jobs    []Job    // these periods and nothing else; none: what is owed
}

// Holds tells whether a period of a report is asked for; its parts are asked for with it.
func (s Selection) Holds(id, period string) bool {
	whole := reportconfig.PartOf(id)
	if len(s.Jobs) > 0 {
		return slices.ContainsFunc(s.Jobs, func(j Job) bool { return (j.Report.ID == id || j.Report.ID == whole) && j.PeriodName() == period })
	}
	return len(s.Reports) == 0 || slices.Contains(s.Reports, id) || slices.Contains(s.Reports, whole)
}

// Wholes asks also for the reports whose parts are asked for: those are made together.
func (s Selection) Wholes() Selection {
	w := Selection{Reports: slices.Clone(s.Reports), Jobs: slices.Clone(s.Jobs)}
	for _, id := range s.Reports {
		if whole := reportconfig.PartOf(id); whole != "" {
			w.Reports = append(w.Reports, whole)
		}
	}
	for _, j := range s.Jobs {
		if whole := reportconfig.PartOf(j.Report.ID); whole != "" {
			w.Jobs = append(w.Jobs, Job{Report: &reportconfig.Report{ID: whole}, Period: j.Period, Name: j.Name})
		}
	}
	return w
}
