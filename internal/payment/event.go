package payment

import (
	"strings"
	"time"
)

// The types of event that reports know; a source may send others.
const (
	EventAuthorize = "AUTHORIZE"
	EventCapture   = "CAPTURE"
	EventRefund    = "REFUND"
	EventVoid      = "VOID"
)

// Event is one thing that happened to a transaction (events[]). Only a movement is
// money, see [Event.IsMovement]; of the others, lines and splits are left out, and the
// amount of those whose type is known.
type Event struct {
	ID          string            // id
	RequestID   string            // request_id
	Type        string            // event: AUTHORIZE, CAPTURE, REFUND, VOID, …; unknown ones are kept
	Status      string            // transaction_status after the event; may be empty
	Success     bool              // success; true where the source does not say
	Amount      int64             // amount, minor units, not negative, of refunds too; of an unknown type as it is
	VAT         *int64            // calculated_vat_amount, minor units; nil where the event has none
	Reference   string            // event_reference: the shop's capture or refund reference
	CreatedAt   time.Time         // created_at; zero only where an event that is no movement has none, or with a Fault
	Expires     time.Time         // metadata.klarna:authorization_expiration: until when it can be captured; zero where Dintero does not say
	Splits      []Split           // splits
	Lines       []Line            // items
	Settlements []EventSettlement // settlements.events
	Fault       error             // a field of money, time or id that cannot be read; without a time, it may be of any
}

// EventSettlement says in which settlement, a payout to the bank, an event or a part of it
// was paid out. Amounts are minor units, as Dintero gives them; nil where it gives none.
type EventSettlement struct {
	ID      string // settlement_id
	Amount  *int64 // amount: net, negative for a refund
	Capture *int64 // capture
	Refund  *int64 // refund, not signed
	Fee     *int64 // fee
}

// IsMovement reports whether the event moved money: a successful capture or refund.
// Such an event always has an amount and a time, or a Fault.
func (e *Event) IsMovement() bool {
	return e.Success && (e.Type == EventCapture || e.Type == EventRefund)
}

// IsUnknownMovement reports whether the event has an amount and succeeded, and nobody
// knows what its type is: it is counted nowhere, and must be told.
func (e *Event) IsUnknownMovement() bool { return e.Success && e.Amount != 0 && !IsKnownEvent(e.Type) }

// IsKnownEvent reports whether Dintero documents the type of event: a movement, or one
// that is no money whatever its amount, as a request for a movement is.
func IsKnownEvent(eventType string) bool {
	switch eventType {
	case EventAuthorize, EventCapture, EventRefund, EventVoid, "INITIALIZE", "SETTLEMENT":
		return true
	}
	return strings.HasPrefix(eventType, "INITIATE")
}

// Repeats reports whether the event is among those already: the same id, or without ids
// the same request.
func (e *Event) Repeats(events []Event) bool {
	if e.ID == "" && e.RequestID == "" {
		return false
	}
	for i := range events {
		o := &events[i]
		if !o.Success || o.Type != e.Type {
			continue
		}
		if e.ID == o.ID && (e.ID != "" || e.RequestID == o.RequestID) {
			return true
		}
	}
	return false
}
