package reportconfig

import (
	"net/mail"
	"slices"
	"strings"

	"rapport/internal/calendar"
)

// Report is one entry of the configuration.
type Report struct {
	ID           string
	Was          string // the ID that the report had; "" when not given
	Name         string // "" when not given
	Data         Data
	Schedule     calendar.Schedule
	Language     Language
	ContentTypes []ContentType      // at least one, none twice, in the order given
	Emails       []mail.Address     // none: archive only
	At           calendar.TimeOfDay // local
	DayStarts    calendar.TimeOfDay // local; a night before it belongs to the day before
	Workday      int                // due on that working day from the period's `to` day on; below 0 from the end of its month; 0: on the `to` day
	Days         calendar.Workdays  // what counts for Workday; "" as WorkingDays

	SkipEmpty     bool         // a period without payments is not mailed
	HoldUncertain bool         // a mail that may have arrived waits for a person, instead of going out again
	MachineCSV    bool         // the CSV is for programs: the same in every language
	TotalsPDF     bool         // the PDF has no rows
	Split         Split        // into parts, each with recipients of its own; "": it is whole
	Addresses     string       // the file that says who gets which part, absolute
	Part          *Part        // of the report that this one is a part of; nil: it is none
	Voucher       bool         // a mail carries the PDF alone, which ContentTypes then has
	PlainSubject  bool         // a mail's subject says no amounts
	Attachments   bool         // the files of each settlement go along
	VoucherFile   *VoucherFile // what an accounting system reads of the settlements; nil: nothing is written for one
	Reconcile     Reconcile
	Corrections   Corrections
	Ping          string // URL that is told of start, success and failure, as written; "" when not given. As good as a secret
	Paused        bool   // nothing is planned

	Source  string // file:line where it stands; "" without Config.Web
	Written []byte // the entry as JSON, key for key; Ping is in it
}

// Timing is how the report's time is cut into periods, and when they fall due.
func (r *Report) Timing() calendar.Timing {
	return calendar.Timing{Cycle: calendar.Cycle{Schedule: r.Schedule, DayStarts: r.DayStarts}, At: r.At, Workday: r.Workday, Days: r.Days}
}

// Language is the language of a report, in Dintero's words.
type Language string

// The languages. Norwegian is Bokmål.
const (
	Norwegian Language = "no"
	English   Language = "en"
)

// ContentType is the form of a rendered report, in Dintero's words.
type ContentType string

// The content types.
const (
	PDF  ContentType = "application/pdf"
	CSV  ContentType = "text/csv"
	XLSX ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// shortXLSX is how people may write [XLSX].
const shortXLSX = "xlsx"

// Reconcile says what becomes of a report whose figures do not agree with Dintero's own.
type Reconcile string

// The policies of reconciliation. Data types that Dintero has no figures of are ReconcileOff.
const (
	ReconcileWarn Reconcile = "warn" // the report says so; this is the default
	ReconcileHold Reconcile = "hold" // nothing goes to recipients
	ReconcileOff  Reconcile = "off"
)

// Corrections says who is told when a closed period has other rows than its report had.
type Corrections string

// Who is told. A snapshot has no corrections, and of settlements the next report tells: both are CorrectionsOff.
const (
	CorrectRecipients Corrections = "recipients" // they get the rows that changed
	TellOperator      Corrections = "operator"   // this is the default
	CorrectionsOff    Corrections = "off"        // the log alone
)

// Split is what tells the parts of a report apart: the name of a filter.
type Split string

// What reports may be split by.
const (
	SplitBySeller Split = bySeller
	SplitByStore  Split = byStore
)

// A Part is which part of another report a report is.
type Part struct {
	Of    string // the ID of the whole
	Value string // of what it is split by
	Name  string // of whom the part is; "" when nobody said
	Fault error  // why it is not known who gets it; nil: it is
}

// Mails tells whether anybody is mailed the report, or a part of it.
func (r *Report) Mails() bool { return len(r.Emails) > 0 || r.Addresses != "" }

// HasRecipient tells whether an address is among the recipients; of a part of which nobody knows who gets it, as far as
// is known; no report, nil, has none. The case of an address makes no other mailbox.
func (r *Report) HasRecipient(address string) bool {
	return r != nil && r.Part != nil && r.Part.Fault != nil || r != nil && slices.ContainsFunc(r.Emails, func(to mail.Address) bool { return strings.EqualFold(to.Address, address) })
}

// PartOf tells of which report an ID is a part of; "": of none.
func PartOf(id string) string {
	whole, _, part := strings.Cut(id, ".")
	if !part {
		return ""
	}
	return whole
}
