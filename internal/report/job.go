package report

import (
	"rapport/internal/calendar"
	"rapport/reportconfig"
)

// Job is a report and the period to make of it.
type Job struct {
	Report *reportconfig.Report
	Period calendar.Period
	Name   string // what the period is called; "": as it calls itself. The account's zone may have been another once
	// Edition counts how often the period is made again, which replaces what was made before;
	// Reason is the word that says why.
	Edition int
	Reason  string
	// ArchiveID is the id that the report had when the period was made, if that is another: its
	// files are in the directory of that one.
	ArchiveID string
	Attempt   string // of making it, see ledger.Period
}

func (j Job) PeriodName() string {
	if j.Name != "" {
		return j.Name
	}
	return j.Period.String()
}
