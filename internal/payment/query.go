package payment

import "time"

// Query says which payments a source is asked for. Times are instants; the source
// may yield more than the query asks for, never less.
type Query struct {
	// From and To are the period, half-open. To is also the instant of the open snapshot.
	From, To time.Time
	// Open asks for what was open at To instead of what moved within the period.
	Open bool
	// Thorough reads the listing by when transactions were made as well, 400 days back: it
	// finds a capture or refund that the listings by their time do not.
	Thorough bool
	// Events asks for all of which anything happened since From: authorisations and
	// cancellations too.
	Events bool
	// Status asks for those that have a status now, since From, where that is given, by the
	// event that gave it; "" for any.
	Status string
	// Stores asks for these store ids only; none asks for all.
	Stores []string
}
