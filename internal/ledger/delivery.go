package ledger

import "time"

// A DeliveryState says what has become of a delivery.
type DeliveryState string

// The states of a delivery, see the package comment.
const (
	Queued            DeliveryState = "queued"    // made, and not tried yet in this revision
	Sending           DeliveryState = "sending"   // the intent is written down: the relay may have it
	Deferred          DeliveryState = "deferred"  // not sent, tried again at NextTry
	Uncertain         DeliveryState = "uncertain" // all was sent and no answer is known
	Held              DeliveryState = "held"      // uncertain, and waits for the operator
	Sent              DeliveryState = "sent"      // accepted by the relay, or in the outbox
	Refused           DeliveryState = "refused"   // will never be taken
	Expired           DeliveryState = "expired"   // tried for too long
	CancelledDelivery DeliveryState = "cancelled" // the recipient left the configuration
	Closed            DeliveryState = "closed"    // the operator says that it did arrive
)

// A Delivery is one recipient's message of one period.
type Delivery struct {
	ID, PeriodID int64
	Key
	Period           string // its name
	Schedule, Config string
	Due              time.Time
	Recipient        string
	Revision         int // 0, and one more with each Resend
	State            DeliveryState
	Attempts         int // of this revision
	Uncertain        int // how often the outcome of this revision was unknown
	QueuedAt         time.Time
	FirstTry         time.Time // of this revision
	LastTry          time.Time
	NextTry          time.Time
	FinishedAt       time.Time
	MessageID        string
	File, SHA256     string
	Size             int64
	Answer           string // the last words about it, the relay's where there are some
	Claimed          bool
	Begun            bool // these bytes may have reached the relay: they must never change
}

// A Result says how a try ended.
type Result struct {
	At, NextTry time.Time
	State       DeliveryState
	Answer      string
}

// An Attempt is a line of a delivery's history.
type Attempt struct {
	Revision int
	At       time.Time
	State    DeliveryState // it ended in
	Answer   string
}

// Reaped is what Reap freed.
type Reaped struct {
	Periods, Deliveries int
	Uncertain           []Delivery // those that were being sent
}
