package report

import (
	"rapport/internal/calendar"
	"rapport/reportconfig"
	"slices"
)

// Job is a report and the period to make of it.
type Job struct {
	Report *reportconfig.Report
	Period calendar.Period
	Name   string // what the period is called; "": as it calls itself. The account's zone may have been another once
	// Edition counts how often the period is made again, which replaces what was made before, or
	// which correction of it this is; Reason is the word that says why.
	Edition int
	Reason  string
	// ArchiveID is the id that the report had when the period was made, if that is another: its
	// files are in the directory of that one.
	ArchiveID string
	Attempt   string // of making it, see ledger.Period
}

// Corrected is the Reason of a correction: of what has changed since the period was made.
const Corrected = "changed"

// IsCorrection tells whether the job is of what has changed since its period was made.
func (j Job) IsCorrection() bool { return j.Reason == Corrected }

func (j Job) PeriodName() string {
	if j.Name != "" {
		return j.Name
	}
	return j.Period.String()
}

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

// PartOf is the part of r that is about a value: a report of its own, whose ID ends with slug. It has nobody's address yet.
func PartOf(r *reportconfig.Report, slug string, part reportconfig.Part) *reportconfig.Report {
	p := *r
	part.Of = r.ID
	p.ID, p.Was, p.Split, p.Addresses, p.Part = r.ID+"."+slug, "", "", "", &part
	p.Emails, p.Ping = nil, ""
	switch data := r.Data.(type) {
	case reportconfig.Transactions:
		data.Stores, data.Sellers = cutTo(r, part.Value, data.Stores, data.Sellers)
		p.Data = data
	case reportconfig.Open:
		data.Stores, data.Sellers = cutTo(r, part.Value, data.Stores, data.Sellers)
		p.Data = data
	}
	return &p
}

func cutTo(r *reportconfig.Report, value string, stores, sellers []string) (ofStores, ofSellers []string) {
	if r.Split == reportconfig.SplitByStore {
		return []string{value}, sellers
	}
	return stores, []string{value}
}
