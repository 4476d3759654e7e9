package split

import (
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

// ReadAll reads the addresses of all reports, and says how many there are, a line each.
func ReadAll(reports []reportconfig.Report) (said string, err error) {
	for _, r := range reports {
		if r.Addresses == "" {
			continue
		}
		addresses, err := ReadAddresses(r.Addresses)
		if err != nil {
			return said, err
		}
		word := "parts"
		if len(addresses.List) == 1 {
			word = "part"
		}
		said += fmt.Sprintf("  %s: %d %s in %s\n", r.ID, len(addresses.List), word, r.Addresses)
	}
	return said, nil
}
