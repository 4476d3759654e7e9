package payment

import "testing"

func TestOnlySuccessfulCapturesAndRefundsAreMovements(t *testing.T) {
	for _, e := range []Event{
		{Type: EventCapture, Success: true}, {Type: EventRefund, Success: true},
		{Type: EventCapture}, {Type: EventRefund}, {Success: true}, {Type: EventVoid, Success: true},
		{Type: EventAuthorize, Success: true}, {Type: "INITIATE_CAPTURE", Success: true}, {Type: "capture", Success: true},
	} {
		if got, want := e.IsMovement(), e.Success && (e.Type == "CAPTURE" || e.Type == "REFUND"); got != want {
			t.Errorf("%+v: got %v", e, got)
		}
	}
}
