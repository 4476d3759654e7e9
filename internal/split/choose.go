package split

import (
	"fmt"
	"slices"
	"strings"

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
				chosen = append(chosen, r.PartOf(strings.TrimPrefix(id, r.ID+"."), reportconfig.Part{}))
			}
		}
	}
	return chosen
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
