package split

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"rapport/internal/report"
	"rapport/reportconfig"
)

// Choose gives the reports of some ids, and those parts whose ids are among them; of whom a part is
// is not known yet. No ids are all reports.
func Choose(reports []reportconfig.Report, ids []string) (chosen []*reportconfig.Report) {
	for i := range reports {
		r := &reports[i]
		if len(ids) == 0 || slices.Contains(ids, r.ID) {
			chosen = append(chosen, r)
		}
		for _, id := range ids {
			if reportconfig.PartOf(id) == r.ID {
				chosen = append(chosen, report.PartOf(r, strings.TrimPrefix(id, r.ID+"."), reportconfig.Part{}))
			}
		}
	}
	return chosen
}

// All are the reports, each with the parts that are listed; the name of a part is whose it is.
func All(reports []reportconfig.Report) (all []*reportconfig.Report) {
	for i := range reports {
		r := &reports[i]
		all = append(all, r)
		if r.Split == "" {
			continue
		}
		plan, err := NewPlan(r, nil)
		if err != nil {
			continue
		}
		for _, value := range plan.Values(nil) {
			part := plan.Part(value)
			part.Name = part.Part.Name
			all = append(all, part)
		}
	}
	return all
}

// ReadAll reads the addresses of all reports of a configuration, and says how many there are, a line each. The error is
// Problems: those of the files, and of files that cannot be read.
func ReadAll(config string, reports []reportconfig.Report) (said string, faults reportconfig.Problems) {
	for _, r := range reports {
		if r.Addresses == "" {
			continue
		}
		addresses, err := ReadAddresses(r.Addresses)
		var wrong reportconfig.Problems
		switch {
		case errors.As(err, &wrong):
			faults = append(faults, wrong...)
			continue
		case err != nil:
			faults = append(faults, reportconfig.Problem{
				File: config, Path: "report " + r.ID, Message: err.Error(), Hint: "a relative path starts from the directory of the file that names it",
			})
			continue
		}
		word := "parts"
		if len(addresses.List) == 1 {
			word = "part"
		}
		said += fmt.Sprintf("  %s: %d %s in %s\n", r.ID, len(addresses.List), word, r.Addresses)
	}
	return said, faults
}
