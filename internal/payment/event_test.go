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

func TestMoneyOfATypeThatNobodyKnowsIsToldApart(t *testing.T) {
	for e, want := range map[*Event]bool{
		{Type: "CHARGEBACK", Success: true, Amount: 1}:        true,
		{Type: "CHARGEBACK", Success: true, Amount: -1}:       true,
		{Type: "CHARGEBACK", Success: true}:                   false,
		{Type: "CHARGEBACK", Amount: 1}:                       false,
		{Type: EventVoid, Success: true, Amount: 1}:           false,
		{Type: "INITIATE_REFUND", Success: true, Amount: 100}: false,
	} {
		if e.IsUnknownMovement() != want {
			t.Errorf("%+v: got %v", *e, !want)
		}
	}
}
