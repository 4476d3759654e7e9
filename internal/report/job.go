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
	// Edition counts how often the period is made again, which replaces what was made before, or
	// which correction of it this is; Reason is the word that says why.
	Edition int
	Reason  string
	// ArchiveID is the id that the report had when the period was made, if that is another: its
	// files are in the directory of that one.
	ArchiveID string
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
