package payment

import (
	"slices"
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
// money, see [Event.IsMovement]; of the others, amount, lines and splits are left out.
type Event struct {
	ID          string            // id
	RequestID   string            // request_id
	Type        string            // event: AUTHORIZE, CAPTURE, REFUND, VOID, …; unknown ones are kept
	Status      string            // transaction_status after the event; may be empty
	Success     bool              // success; true where the source does not say
	Amount      int64             // amount, minor units, not negative, of refunds too
	VAT         *int64            // calculated_vat_amount, minor units; nil where the event has none
	Reference   string            // event_reference: the shop's capture or refund reference
	CreatedAt   time.Time         // created_at; zero only where an event that is no movement has none
	Splits      []Split           // splits
	Lines       []Line            // items
	Settlements []EventSettlement // settlements.events
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
// Such an event always has an amount and a time.
func (e *Event) IsMovement() bool {
	return e.Success && (e.Type == EventCapture || e.Type == EventRefund)
}

// Repeats reports whether the event is among those already: the same id, or without ids
// the same request.
func (e *Event) Repeats(events []Event) bool {
	return slices.ContainsFunc(events, func(o Event) bool {
		if !o.Success || o.Type != e.Type {
			return false
		}
		if e.ID != "" || o.ID != "" {
			return e.ID == o.ID
		}
		return e.RequestID != "" && e.RequestID == o.RequestID
	})
}
