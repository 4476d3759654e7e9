package sandbox

import (
	"strings"
	"time"
)

func items(lines []line, shipped, withSplits bool) []wireItem {
	out := []wireItem{}
	if shipped {
		lines = lines[:len(lines)-1]
	}
	for i := range lines {
		out = append(out, item(&lines[i], withSplits))
	}
	return out
}

func item(l *line, withSplits bool) wireItem {
	out := wireItem{LineID: l.id, Quantity: float64(l.quantity) / 1000, Amount: l.amount, VAT: l.vat, VATAmount: ratio(l.amount, int64(l.vat), int64(100+l.vat))}
	if l.good != nil {
		out.ID, out.Description = l.good.id, l.good.name
	}
	if withSplits {
		out.Splits = l.shares
	}
	return out
}

func shippingOption(l *line) *wireShipping {
	return &wireShipping{
		ID: "bring-pick-up-00001", LineID: l.id, Amount: l.amount, Title: "Hentested", Operator: "Bring", Countries: []string{"NO"}, VAT: l.vat,
		VATAmount: ratio(l.amount, int64(l.vat), int64(100+l.vat)), Description: "Kjølt pakke til nærmeste hentested", Delivery: "pick_up",
		ProductID: strings.TrimPrefix(l.id, "bring-"),
	}
}

// giftCards is amount on the transaction's gift card.
func giftCards(t *transaction, amount int64) []wireGiftCard {
	if amount == 0 {
		return nil
	}
	d := roll(t.key, 0x61)
	return []wireGiftCard{{"dintero.wallets", d.uuid(), amount, "**** **** " + d.digits(4)}}
}

func cardOf(t *transaction, d details, die *dice) *wireCard {
	if t.brand == "" {
		return nil
	}
	bins := map[string]string{"Visa": "476173", "Mastercard": "541333", "American Express": "374245", "Maestro": "679999"}
	c := &wireCard{
		Brand: t.brand, Masked: bins[t.brand] + "******" + die.digits(4), Expiry: pick(die, []string{"2027-03", "2028-09", "2029-12"}),
		Type: pick(die, []string{"Debit", "Debit", "Credit"}), Region: "domestic", Country: "NOR", Platform: "consumer", TokenID: d.tokenID,
	}
	if t.channel == "in_store" {
		c.Entry = "contactless"
	} else {
		c.Auth, c.ThreeDS, c.ECI = "Y", "2", "05"
	}
	return c
}

func userAgent(die *dice) string {
	return pick(die, []string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
	})
}

func (v view) events(t *transaction, visible []event) []wireEvent {
	out := make([]wireEvent, 0, len(visible))
	gift := t.gift
	for i := range visible {
		e := &visible[i]
		if v.onlySuccess && !e.success {
			continue
		}
		w := v.event(t, i, e)
		if e.kind == "CAPTURE" && e.success && gift > 0 {
			used := min(gift, e.amount)
			gift -= used
			w.GiftCards = giftCards(t, used)
		}
		out = append(out, w)
	}
	return out
}

func (v view) event(t *transaction, i int, e *event) wireEvent {
	w := wireEvent{ID: requestID(t, i, "id")[:24], Event: e.kind, Status: e.status, CreatedAt: stamp(e.at), CreatedBy: t.actor(e), Reference: e.ref,
		Splits: e.splits, Success: e.success, RequestID: requestID(t, i, "request")}
	if e.amount > 0 {
		w.Amount = &e.amount
	}
	if (e.kind == "CAPTURE" || e.kind == "REFUND") && e.vat >= 0 {
		w.VAT = &e.vat
	}
	if e.feeSplit {
		w.FeeSplit = &wireFeeSplit{"proportional", []string{e.splits[0].PayoutDestination}}
	}
	for k := range e.lines {
		w.Items = append(w.Items, item(&e.lines[k], true))
	}
	if e.request > 0 {
		w.Correlation = requestID(t, e.request, "request")
	}
	if e.code != "" {
		w.Error = &wireFailure{"The operation was not accepted by the payment provider", e.code, "no_retry"}
		if e.kind == "CAPTURE" || e.kind == "REFUND" {
			w.Correction = &wireCorrection{e.status, e.remaining.capture, e.remaining.refund, e.remaining.void}
		}
	}
	if e.settled(v.now) {
		w.Settlements = settlements(t, e)
	}
	return w
}

// actor is who did it: an employee of the store, unless the event says otherwise.
func (t *transaction) actor(e *event) string {
	if e.by != "" || e.kind == "INITIALIZE" || e.kind == "INITIATE" || e.kind == "AUTHORIZE" {
		return e.by
	}
	return roll(uint64(t.store.weight), uint64(len(t.store.name)), t.key%5).uuid()
}

func requestID(t *transaction, i int, salt string) string {
	return roll(t.key, uint64(i), uint64(len(salt))).hex()
}

// settlements is the payout of an event: one batch per method and day, and per
// seller where the event is split.
func settlements(t *transaction, e *event) *wireSettlements {
	batch := func(to string, amount, fee int64) wireSettlementEvent {
		var seed uint64
		for _, c := range t.method.kind + to {
			seed = scramble(seed + uint64(c))
		}
		d := roll(seed, uint64(e.settledAt.Unix()/86400))
		w := wireSettlementEvent{ID: d.uuid(), Provider: d.digits(10), Correlation: correlation(t), Amount: amount - fee}
		if e.kind == "REFUND" {
			w.Amount, w.Refund = -amount, &amount
		} else {
			w.Capture, w.Fee = &amount, &fee
		}
		return w
	}
	out := &wireSettlements{Status: "SETTLED"}
	left := e.fee
	for i, s := range e.splits {
		fee := left
		if i < len(e.splits)-1 {
			fee = min(left, ratio(e.fee, s.Amount, e.amount))
		}
		left -= fee
		out.Events = append(out.Events, batch(s.PayoutDestination, s.Amount, fee))
	}
	if len(e.splits) == 0 {
		out.Events = append(out.Events, batch(t.seller, e.amount, e.fee))
	}
	return out
}

// settlementStatus is the whole transaction's, over its visible money events.
func settlementStatus(visible []event, now time.Time) string {
	var money, settled, coming int
	for i := range visible {
		e := &visible[i]
		if !e.money() {
			continue
		}
		money++
		switch {
		case e.settled(now):
			settled++
		case !e.settledAt.IsZero():
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
