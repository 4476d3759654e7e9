package ledger

import "time"

// The operator is notified of an Alarm once, and once more when it is resolved.
type Alarm struct {
	ID                           int64
	Account, Kind, Subject, Text string
	Raised, Notified, Resolved   time.Time
}

// Stats are the numbers of one account.
type Stats struct {
	Owed                int
	Deliveries          map[DeliveryState]int
	Attempts, Uncertain int64
	// LastSuccess, by report: when its newest delivered period was complete.
	LastSuccess map[string]time.Time
}
