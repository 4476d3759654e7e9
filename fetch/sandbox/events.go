package sandbox

import (
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

func (v view) events(t *shop.Transaction, visible []shop.Event) []object {
	out := make([]object, 0, len(visible))
	gift := t.Gift
	for i := range visible {
		e := &visible[i]
		if v.onlySuccess && !e.Success {
			continue
		}
		used := int64(0)
		if e.Type == "CAPTURE" && e.Success {
			used = min(gift, e.Amount)
			gift -= used
		}
		out = append(out, v.event(t, i, e, used))
	}
	return out
}

// event is an event of t that used so much of its gift card.
func (v view) event(t *shop.Transaction, i int, e *shop.Event, gift int64) object {
	by := e.By
	if by == "" && e.Type != "INITIALIZE" && e.Type != "INITIATE" && e.Type != "AUTHORIZE" {
		by = t.Employee()
	}
	isOperation := e.Type == "CAPTURE" || e.Type == "REFUND"
	var vat any
	if isOperation && e.VAT >= 0 {
		vat = e.VAT
	}
	var feeSplit, failure, correction, settled object
	if e.FeeSplit {
		feeSplit = object{{"type", "proportional"}, {"destinations", []string{e.Splits[0].PayoutDestination}}}
	}
	var items []object
	for k := range e.Lines {
		items = append(items, item(&e.Lines[k], true))
	}
	request := ""
	if e.Request > 0 {
		request = requestID(t, e.Request, "request")
	}
	if e.ErrorCode != "" {
		failure = object{{"message", "The operation was not accepted by the payment provider"}, {"code", e.ErrorCode}, {"retry_policy", "no_retry"}}
		if isOperation {
			correction = object{
				{"transaction_status", e.Status}, {"remaining_capture_amount", e.Remaining.Capture}, {"remaining_refund_amount", e.Remaining.Refund}, {"remaining_void_amount", e.Remaining.Void},
			}
		}
	}
	if e.Settled(v.now) {
		settled = object{{"settlement_status", "SETTLED"}, {"events", settlements(t, e)}}
	}
	return object{
		{"id", requestID(t, i, "id")[:24]}, {"event", e.Type}, {"transaction_status", e.Status}, {"created_at", timestamp(e.At)}, {"created_by", optional(by)},
		{"amount", optional(e.Amount)}, {"calculated_vat_amount", vat}, {"event_reference", optional(e.Reference)}, {"splits", splits(e.Splits)}, {"fee_split", feeSplit},
		{"items", items}, {"gift_cards", giftCards(t, gift)}, {"success", e.Success}, {"request_id", requestID(t, i, "request")}, {"correlation_request_id", optional(request)},
		{"error", failure}, {"correction", correction}, {"settlements", settled},
	}
}

// settlements is the payout of an event: one batch per method and day, and per
// seller where the event is split.
func settlements(t *shop.Transaction, e *shop.Event) []object {
	if len(e.Splits) == 0 {
		return []object{settlement(t, e, t.Seller, e.Amount, e.Fee)}
	}
	var all []object
	left := e.Fee
	for i, s := range e.Splits {
		fee := left
		if i < len(e.Splits)-1 {
			fee = min(left, shop.Ratio(e.Fee, s.Amount, e.Amount))
		}
		left -= fee
		all = append(all, settlement(t, e, s.PayoutDestination, s.Amount, fee))
	}
	return all
}

func settlement(t *shop.Transaction, e *shop.Event, seller string, amount, fee int64) object {
	var seed uint64
	for _, c := range t.Method.Type + seller {
		seed = shop.Mix(seed + uint64(c))
	}
	rng := shop.NewRNG(seed, uint64(e.SettledAt.Unix()/86400))
	s := object{{"settlement_id", rng.UUID()}, {"provider_reference", rng.Digits(10)}, {"event_correlation_id", correlation(t)}}
	if e.Type == "REFUND" {
		return append(s, object{{"amount", -amount}, {"refund", amount}}...)
	}
	return append(s, object{{"amount", amount - fee}, {"capture", amount}, {"fee", fee}}...)
}

// settlementStatus is the whole transaction's, over its visible movements.
func settlementStatus(visible []shop.Event, now time.Time) string {
	var money, settled, coming int
	for i := range visible {
		e := &visible[i]
		if !e.IsMovement() {
			continue
		}
		money++
		switch {
		case e.Settled(now):
			settled++
		case !e.SettledAt.IsZero():
			coming++
		}
	}
	switch {
	case settled > 0 && settled == money:
		return "SETTLED"
	case settled > 0:
		return "PARTIALLY_SETTLED"
	case coming > 0:
		return "PENDING_SETTLEMENT"
	}
	return "NOT_SETTLED"
}
