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

	SkipEmpty     bool // a period without payments is not mailed
	HoldUncertain bool // a mail that may have arrived waits for a person, instead of going out again
	MachineCSV    bool // the CSV is for programs: the same in every language
	TotalsPDF     bool // the PDF has no rows
	Voucher       bool // a mail carries the PDF alone, which ContentTypes then has
	PlainSubject  bool // a mail's subject says no amounts
	Reconcile     Reconcile
	Ping          string // URL that is told of start, success and failure, as written; "" when not given. As good as a secret
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
