package reportconfig

import (
	"net/mail"

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
