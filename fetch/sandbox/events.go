package sandbox

import (
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

// writeEvents writes the visible events of t.
func (v view) writeEvents(w *jsonWriter, t *shop.Transaction, visible []shop.Event) {
	w.list("events")
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
		v.writeEvent(w, t, i, used)
	}
	w.end()
}

// writeEvent writes the ith event of t, which used so much of its gift card.
func (v view) writeEvent(w *jsonWriter, t *shop.Transaction, i int, gift int64) {
	e := &t.Events[i]
	by := e.By
	if by == "" && e.Type != "INITIALIZE" && e.Type != "INITIATE" && e.Type != "AUTHORIZE" {
		by = t.Employee()
	}
	isOperation := e.Type == "CAPTURE" || e.Type == "REFUND"
	w.object("").text("id", requestID(t, i, "id")[:24]).text("event", e.Type).text("transaction_status", e.Status).text("created_at", timestamp(e.At)).optional("created_by", by)
	if e.Amount > 0 {
		w.number("amount", e.Amount)
	}
	if isOperation && e.VAT >= 0 {
		w.number("calculated_vat_amount", e.VAT)
	}
	w.optional("event_reference", e.Reference)
	writeSplits(w, e.Splits)
	if e.FeeSplit {
		w.object("fee_split").text("type", "proportional").list("destinations").text("", e.Splits[0].PayoutDestination).end().end()
	}
	if len(e.Lines) > 0 {
		w.list("items")
		for k := range e.Lines {
			writeItem(w, &e.Lines[k], true)
		}
		w.end()
	}
	writeGiftCard(w, t, gift)
	w.bool("success", e.Success).text("request_id", requestID(t, i, "request"))
	if e.Request > 0 {
		w.text("correlation_request_id", requestID(t, e.Request, "request"))
	}
	if e.ErrorCode != "" {
		w.object("error").text("message", "The operation was not accepted by the payment provider").text("code", e.ErrorCode).text("retry_policy", "no_retry").end()
		if isOperation {
			w.object("correction").text("transaction_status", e.Status).number("remaining_capture_amount", e.Remaining.Capture).
				number("remaining_refund_amount", e.Remaining.Refund).number("remaining_void_amount", e.Remaining.Void).end()
		}
	}
	if e.Settled(v.now) {
		w.object("settlements").text("settlement_status", "SETTLED").list("events")
		v.writePayouts(w, t, i)
		w.end().end()
	}
	w.end()
}

// writePayouts writes in which settlements an event is paid out: one for each account that gets
// a part of it.
func (v view) writePayouts(w *jsonWriter, t *shop.Transaction, i int) {
	for _, p := range v.Payouts(t, i) {
		w.object("").text("settlement_id", p.SettlementID).text("provider_reference", p.Reference).text("event_correlation_id", correlation(t))
		switch {
		case t.Events[i].Type != "REFUND":
			w.number("amount", p.Amount-p.Fee).number("capture", p.Amount).number("fee", p.Fee)
		case p.Fee > 0:
			w.number("amount", -p.Amount-p.Fee).number("refund", p.Amount).number("fee", p.Fee)
		default:
			w.number("amount", -p.Amount).number("refund", p.Amount)
		}
		w.end()
	}
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
