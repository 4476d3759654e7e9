package payment

import (
	"slices"

	"rapport/fetch"
)

func MovesMoney(e *fetch.Event) bool {
	return e.Success && (e.Type == CaptureEvent || e.Type == RefundEvent)
}

// The events that matter here, as Dintero names them.
const (
	CaptureEvent, RefundEvent = "CAPTURE", "REFUND"
	VoidEvent, AuthorizeEvent = "VOID", "AUTHORIZE"
)

// IsRepeated tells whether e is among events already: the same id, or without ids the same request.
func IsRepeated(events []fetch.Event, e *fetch.Event) bool {
	return slices.ContainsFunc(events, func(o fetch.Event) bool {
		if !o.Success || o.Type != e.Type {
			return false
		}
		if e.ID != "" || o.ID != "" {
			return e.ID == o.ID
		}
		return e.RequestID != "" && e.RequestID == o.RequestID
	})
}
