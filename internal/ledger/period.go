package ledger

import "time"

// A PeriodState says what has become of a period.
type PeriodState string

// The states of a period, see the package comment.
const (
	Owed      PeriodState = "owed"
	Made      PeriodState = "made"
	Failed    PeriodState = "failed"    // cannot be made
	Skipped   PeriodState = "skipped"   // missed, and too old to be made
	Archived  PeriodState = "archived"  // the archive holds it, it counts as delivered
	Cancelled PeriodState = "cancelled" // the report left the configuration
)

// A Period is one report's period and what has become of it.
type Period struct {
	ID int64
	Key
	Name       string // "2026-11-19"
	Schedule   string
	Config     string // the path of the configuration that has its report
	Due        time.Time
	State      PeriodState
	Attempts   int // tries to make it that ended in an error
	Crashes    int // tries whose process died, and the one under way
	NextTry    time.Time
	Error      string
	MadeAt     time.Time
	Number     int    // runs on per report, from the first claim on; 0: it has none
	FilterHash string // what its totals were made of, see MadePeriod; "" until it is made
	Detailed   bool   // it was made, and its files, totals and deliveries are not purged yet
	Claimed    bool   // by a process that has not given it back
}

// A PlannedThrough is the newest period that is known of a report and schedule.
type PlannedThrough struct {
	Report, Schedule string
	Config           string // that has the report
	To               time.Time
}

// Planned is a period to be written down: Owed, Skipped or Archived.
type Planned struct {
	Key
	Name, Schedule, Config string
	Due                    time.Time
	State                  PeriodState
	Note                   string // kept as its Error
	Number                 int    // that it is known to have; 0: none
}

// MadePeriod is everything that making a period gave.
type MadePeriod struct {
	At time.Time
	// FilterHash names what the totals were made of: those of two periods compare if it is the
	// same. "" if they compare with nothing.
	FilterHash     string
	Artifacts      []Artifact
	Totals         []Total
	MessageContent []byte // what a message can be made from anew
	Fingerprints   []byte // of its rows, to know what comes later; nil: there are none, empty: there were no rows
	Deliveries     []NewDelivery
}

// An Artifact is a frozen file.
type Artifact struct {
	Path        string // relative to the archive
	ContentType string
	SHA256      string // hex
	Size, Rows  int64
}

// A Total is one figure of a report. Dimension: currency, method, store, day, operation.
// Label is what people call Name, where that is another word.
type Total struct {
	Dimension, Name, Label, Currency, Measure string
	Count, Sum                                int64 // Sum in minor units
}

// NewDelivery is a delivery as it is frozen. File is relative to the archive.
type NewDelivery struct {
	Recipient, MessageID, File, SHA256 string
	Size                               int64
}

// Postponed says how a try to make a period ended. Owed: it is tried again at NextTry.
// Failed, Archived and Cancelled are the end; only Owed and Failed count an attempt.
type Postponed struct {
	NextTry time.Time
	State   PeriodState
	Error   string
}
