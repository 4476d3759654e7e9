// Package split cuts a report into one for each seller or store: what its parts are called, who
// gets which, and what lies on the control sheet that proves that together they are the whole.
// Who gets what stands in a file of addresses, which is read anew for each period; with a fault
// in it nobody gets anything. It refuses to give two values one name. It reads no payment.
package split

import (
	"maps"
	"net/mail"
	"slices"

	"rapport/internal/report"
	"rapport/reportconfig"
)

// A Plan says what the parts of one report are, for one period.
type Plan struct {
	Report    *reportconfig.Report
	Addresses *Addresses // as they were when the plan was made
	names     *names
}

// NewPlan reads who gets which part of a report. Known are the names of parts that were made
// before, by value. The error is [reportconfig.Problems], or of the file system.
func NewPlan(report *reportconfig.Report, known map[string]string) (*Plan, error) {
	addresses, err := ReadAddresses(report.Addresses)
	if err != nil {
		return nil, err
	}
	return &Plan{report, addresses, newNames(known)}, nil
}

// Values are those that have a part: what the period has, and whoever is listed, sorted. The
// value "" is nobody's.
func (p *Plan) Values(has []string) []string {
	all := map[string]bool{}
	for _, value := range has {
		all[value] = true
	}
	for _, one := range p.Addresses.List {
		all[one.Value] = true
	}
	delete(all, "")
	return slices.Sorted(maps.Keys(all))
}

// Slug is what the part of a value is called, always the same. It names no two values alike.
func (p *Plan) Slug(value string) string { return p.names.slug(value) }

// Part is the report of a value.
func (p *Plan) Part(value string) *reportconfig.Report {
	one, _ := p.Addresses.Of(value)
	return partOf(p.Report, p.Slug(value), value, one)
}

// partOf is the part of a report that goes to those who are listed for its value.
func partOf(whole *reportconfig.Report, slug, value string, one Address) *reportconfig.Report {
	part := report.PartOf(whole, slug, reportconfig.Part{Value: value, Name: one.Name})
	for _, to := range one.Emails {
		if to.Name == "" {
			to.Name = one.Name
		}
		part.Emails = append(part.Emails, mail.Address{Name: to.Name, Address: to.Address})
	}
	if one.Language != "" {
		part.Language = one.Language
	}
	return part
}
