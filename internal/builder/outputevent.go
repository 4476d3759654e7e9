package builder

import (
	"log/slog"

	"rapport/internal/report"
)

// Event is a line of output: a file, a delivery, or a report that has neither.
type Event struct {
	Type      string `json:"type"` // file, delivery, report
	Report    string `json:"report"`
	Period    string `json:"period"`
	Recipient string `json:"recipient"`
	State     string `json:"state"`
	Path      string `json:"path"`
	Error     string `json:"error"`

	// What the log alone tells.
	Level     slog.Level `json:"-"` // of a fault that makes it wait
	Known     bool       `json:"-"` // it waits as it did when that was said
	Delivery  int64      `json:"-"` // 0: it is of none
	MessageID string     `json:"-"`
	QueueID   string     `json:"-"` // that the relay gave the message; "": it told none
	Answer    string     `json:"-"` // of the relay that took it
}

// The states of an event that the ledger does not name.
const (
	Written       = "written" // a file, or a message in the outbox directory
	Already       = "already delivered"
	RefusedBefore = "refused before, not sent again"
	Waiting       = "waiting"           // a report that could not be made; it is tried again
	NotMailed     = "empty, not mailed" // as the configuration wants it
)

// Outcome says how a run ended, worst first in what counts. Held is how many messages
// wait for a person.
type Outcome struct {
	Failed, Waiting bool
	Held            int
}

// Add takes in how another part of the run ended.
func (o *Outcome) Add(other Outcome) {
	o.Failed = o.Failed || other.Failed
	o.Waiting = o.Waiting || other.Waiting
	o.Held += other.Held
}

// Of is an event of a report's period.
func (e Event) Of(j report.Job) Event {
	e.Report, e.Period = j.Report.ID, j.PeriodName()
	return e
}
