package dinterojson

import (
	"fmt"
	"rapport/fetch/internal/jsonscan"
	"rapport/internal/payment"
)

// The fields of GET /transactions that a report prints; what is not named in
// transaction_scan.go is not read: no card holder, customer, address or token.
type (
	rawTransaction struct {
		ID                 jsonscan.Scalar
		MerchantReference  jsonscan.Scalar
		MerchantReference2 jsonscan.Scalar
		Product            jsonscan.Scalar
		ProductType        jsonscan.Scalar
		Card               rawCard
		Status             jsonscan.Scalar
		Store              rawStore
		PayoutDestination  jsonscan.Scalar
		Amount             jsonscan.Scalar
		Currency           jsonscan.Scalar
		CreatedAt          jsonscan.Instant
		UpdatedAt          jsonscan.Instant
		Items              jsonscan.List[rawLine]
		ShippingOption     rawLine
		Events             jsonscan.List[rawEvent]
	}
	rawCard struct {
		Brand jsonscan.Scalar
		other jsonscan.Other
	}
	rawStore struct {
		ID                jsonscan.Scalar
		Name              jsonscan.Scalar
		PayoutDestination jsonscan.Scalar
		other             jsonscan.Other
	}
	rawLine struct {
		ID      jsonscan.Scalar
		Amount  jsonscan.Scalar
		VATRate jsonscan.Scalar
		VAT     jsonscan.Scalar
		Splits  jsonscan.List[rawSplit]
		other   jsonscan.Other
	}
	rawSplit struct {
		PayoutDestination jsonscan.Scalar
		Amount            jsonscan.Scalar
		other             jsonscan.Other
	}
	rawEvent struct {
		ID          jsonscan.Scalar
		RequestID   jsonscan.Scalar
		Type        jsonscan.Scalar
		Status      jsonscan.Scalar
		Success     jsonscan.Scalar
		Amount      jsonscan.Scalar
		VAT         jsonscan.Scalar
		Reference   jsonscan.Scalar
		CreatedAt   jsonscan.Instant
		Expires     jsonscan.Scalar
		Splits      jsonscan.List[rawSplit]
		Lines       jsonscan.List[rawLine]
		Settlements rawSettlements
		other       jsonscan.Other
	}
	rawSettlements struct {
		Events jsonscan.List[rawSettlement]
		other  jsonscan.Other
	}
	rawSettlement struct {
		ID      jsonscan.Scalar
		Amount  jsonscan.Scalar
		Capture jsonscan.Scalar
		Refund  jsonscan.Scalar
		Fee     jsonscan.Scalar
		other   jsonscan.Other
	}
)

func (r *rawTransaction) Named(err error) error {
	return payment.Named("transaction", r.ID.Plain(), err)
}

// A row is read into the one before, whose arrays are used again.

func (r *rawTransaction) Reset() {
	*r = rawTransaction{Items: r.Items.Emptied(), Events: r.Events.Emptied()}
}

func (r *rawLine) Reset() *jsonscan.Other {
	*r = rawLine{Splits: r.Splits.Emptied()}
	return &r.other
}

func (r *rawSplit) Reset() *jsonscan.Other {
	*r = rawSplit{}
	return &r.other
}

func (r *rawSettlement) Reset() *jsonscan.Other {
	*r = rawSettlement{}
	return &r.other
}

func (r *rawEvent) Reset() *jsonscan.Other {
	*r = rawEvent{Splits: r.Splits.Emptied(), Lines: r.Lines.Emptied(), Settlements: rawSettlements{Events: r.Settlements.Events.Emptied()}}
	return &r.other
}

// convertTransaction checks a transaction and makes it public. Only one without an id is an
// error: no listing can go on after it.
func convertTransaction(c *checker, r *rawTransaction) (payment.Transaction, error) {
	names := c.begun()
	t := payment.Transaction{ID: c.requiredText("id", r.ID)}
	if fault := c.ended(names); fault != nil {
		return t, r.Named(fault)
	}
	t.MerchantReference = c.text("merchant_reference", r.MerchantReference)
	t.MerchantReference2 = c.text("merchant_reference_2", r.MerchantReference2)
	t.Product = c.text("payment_product", r.Product)
	t.ProductType = c.text("payment_product_type", r.ProductType)
	c.described("card", r.Card.other)
	t.CardBrand = c.text("card.brand", r.Card.Brand)
	t.Status = c.text("status", r.Status)
	convertOwner(c, r, &t)
	t.Amount = c.amount("amount", r.Amount)
	t.Currency = c.currency("currency", r.Currency)
	t.CreatedAt = c.requiredTime("created_at", r.CreatedAt)
	t.UpdatedAt = c.time("updated_at", r.UpdatedAt)
	t.Lines = addShipping(c, convertEach(c, "items", &r.Items, &c.lines, convertLine), &r.ShippingOption)
	t.Fault = c.fault
	t.Events = convertEvents(c, &r.Events)
	t.Unread = c.unread
	return t, nil
}

// convertOwner reads where a transaction was made and who gets it. These ids are blank where
// they cannot be read, as they only describe for whoever is not cut to them.
func convertOwner(c *checker, r *rawTransaction, t *payment.Transaction) {
	outer := c.begun()
	c.object("store", r.Store.other)
	t.Store.ID = c.id("store.id", r.Store.ID)
	t.Store.PayoutDestination = c.id("store.payout_destination_id", r.Store.PayoutDestination)
	t.PayoutDestination = c.id("payout_destination_id", r.PayoutDestination)
	if t.OwnerFault = c.ended(outer); t.OwnerFault != nil {
		c.unread = append(c.unread, t.OwnerFault.Error())
	}
	t.Store.Name = c.text("store.name", r.Store.Name)
}

// convertEvents converts the events. A list that cannot be read is an event of any time.
func convertEvents(c *checker, l *jsonscan.List[rawEvent]) []payment.Event {
	outer := c.begun()
	events := convertEach(c, "events", l, &c.events, convertEvent)
	if fault := c.ended(outer); fault != nil {
		return []payment.Event{{Success: true, Fault: fault}}
	}
	for i := range events {
		e := &events[i]
		if !e.IsMovement() || e.Fault != nil || !e.Repeats(events[:i]) {
			continue
		}
		for j := range events[:i] { // of copies that differ nobody can tell which is right
			if o := &events[j]; e.Repeats(events[j:j+1]) && (o.Amount != e.Amount || !o.CreatedAt.Equal(e.CreatedAt)) && o.Fault == nil {
				o.Fault = fmt.Errorf("events[%d] and events[%d] have one id, and not the same amount and time", j, i)
			}
		}
	}
	return events
}

// convertEvent checks an event as far as it matters. A movement must have an amount and a
// time. Of the others a report asks when they were and what they led to; a faulty field
// of theirs is not worth a report.
func convertEvent(c *checker, r *rawEvent, e *payment.Event) {
	outer := c.begun()
	*e = payment.Event{CreatedAt: r.CreatedAt.At}
	c.object("", r.other)
	if e.Success = c.success(r.Success); e.Success {
		convertSuccess(c, r, e)
	} else {
		e.Type, _ = textOf(r.Type)
		e.Status, _ = textOf(r.Status)
	}
	e.Fault = c.ended(outer)
}

// convertSuccess checks an event that succeeded.
func convertSuccess(c *checker, r *rawEvent, e *payment.Event) {
	if e.Type = r.Type.Text; r.Type.Kind != '"' {
		if r.Type.Absent() {
			c.missing("event")
		}
		e.Type = c.id("event", r.Type)
	}
	if !r.Expires.Absent() {
		e.Expires = c.describedTime("metadata."+expiration, r.Expires)
	}
	movement := e.IsMovement()
	unknown := !movement && !r.Amount.Absent() && !payment.IsKnownEvent(e.Type)
	if !unknown && !movement {
		e.ID, _ = textOf(r.ID)
		e.RequestID, _ = textOf(r.RequestID)
		e.Status, _ = textOf(r.Status)
		if e.Type == payment.EventAuthorize || e.Type == payment.EventVoid {
			e.CreatedAt = c.time("created_at", r.CreatedAt)
		}
		return
	}
	e.ID = c.id("id", r.ID)
	e.RequestID = c.id("request_id", r.RequestID)
	e.Status = c.text("transaction_status", r.Status)
	e.Reference = c.text("event_reference", r.Reference)
	e.CreatedAt = c.requiredTime("created_at", r.CreatedAt)
	e.Splits = convertEach(c, "splits", &r.Splits, nil, convertSplit)
	e.Lines = convertEach(c, "items", &r.Lines, &c.lines, convertEventLine)
	if unknown {
		e.Amount, _ = c.signed("amount", r.Amount)
		return
	}
	e.Amount = c.amount("amount", r.Amount)
	e.Settlements = convertSettlements(c, &r.Settlements)
	e.VAT = c.optional("calculated_vat_amount", r.VAT)
}

func convertLine(c *checker, r *rawLine, l *payment.Line) {
	c.object("", r.other)
	l.Amount, _ = c.signed("amount", r.Amount)
	l.ID = c.id("line_id", r.ID)
	l.Splits = convertEach(c, "splits", &r.Splits, nil, convertSplit)
}

// convertEventLine reads the line's VAT too, which describes it: what the event's is, is its own field.
func convertEventLine(c *checker, r *rawLine, l *payment.Line) {
	convertLine(c, r, l)
	l.VATRate = c.decimal("vat", r.VATRate)
	if r.VAT.Kind == '0' && r.VAT.Integer {
		l.VAT = r.VAT.Number
	} else if !r.VAT.Absent() {
		c.blank("vat_amount", r.VAT.Quoted()+" is not an amount in minor units")
	}
}

func convertSplit(c *checker, r *rawSplit, s *payment.Split) {
	c.object("", r.other)
	s.PayoutDestination = c.requiredID("payout_destination_id", r.PayoutDestination)
	s.Amount = c.requiredSigned("amount", r.Amount)
}

// convertSettlements reads where an event was paid out, which describes it, and the fee, which is money.
func convertSettlements(c *checker, r *rawSettlements) []payment.EventSettlement {
	c.described("settlements", r.other)
	if not := r.Events.Other; not != 0 && not != jsonscan.EmptyOther {
		c.blank("settlements.events", "is "+jsonscan.KindName(not)+", not a list")
		return nil
	}
	return convertEach(c, "settlements.events", &r.Events, nil, func(c *checker, r *rawSettlement, s *payment.EventSettlement) {
		c.described("", r.other)
		s.ID = c.text("settlement_id", r.ID)
		s.Amount, s.Capture = c.optional("amount", r.Amount), c.optional("capture", r.Capture)
		s.Refund, s.Fee = c.optional("refund", r.Refund), c.optional("fee", r.Fee)
	})
}

// addShipping adds the shipping option as a line, unless it already is one of the
// items: Dintero moves it there when an authorisation is changed.
func addShipping(c *checker, to []payment.Line, r *rawLine) []payment.Line {
	c.object("shipping_option", r.other)
	if r.Amount.Absent() {
		return to
	}
	var shipping payment.Line
	shipping.Amount, _ = c.signed("shipping_option.amount", r.Amount)
	shipping.ID = c.id("shipping_option.line_id", r.ID)
	shipping.Splits = convertEach(c, "splits", &r.Splits, nil, convertSplit)
	for i := range to {
		if to[i].ID == shipping.ID && shipping.ID != "" {
			return to
		}
	}
	return append(to, shipping)
}
