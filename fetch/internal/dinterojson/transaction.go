package dinterojson

import "rapport/internal/payment"

// The fields of GET /transactions that a report prints; what is not named here is not
// decoded: no card holder, customer, address or token. The scanner reads them by the
// tables in transaction_scan.go.
type (
	rawTransaction struct {
		ID                 scalar     `json:"id"`
		MerchantReference  scalar     `json:"merchant_reference"`
		MerchantReference2 scalar     `json:"merchant_reference_2"`
		Product            scalar     `json:"payment_product"`
		ProductType        scalar     `json:"payment_product_type"`
		Card               rawCard    `json:"card"`
		Status             scalar     `json:"status"`
		Store              rawStore   `json:"store"`
		PayoutDestination  scalar     `json:"payout_destination_id"`
		Amount             scalar     `json:"amount"`
		Currency           scalar     `json:"currency"`
		CreatedAt          instant    `json:"created_at"`
		UpdatedAt          instant    `json:"updated_at"`
		Items              []rawLine  `json:"items"`
		ShippingOption     rawLine    `json:"shipping_option"`
		Events             []rawEvent `json:"events"`
	}
	rawCard struct {
		Brand scalar `json:"brand"`
	}
	rawStore struct {
		ID                scalar `json:"id"`
		Name              scalar `json:"name"`
		PayoutDestination scalar `json:"payout_destination_id"`
	}
	rawLine struct {
		ID     scalar     `json:"line_id"`
		Amount scalar     `json:"amount"`
		Splits []rawSplit `json:"splits"`
	}
	rawSplit struct {
		PayoutDestination scalar `json:"payout_destination_id"`
		Amount            scalar `json:"amount"`
	}
	rawEvent struct {
		ID          scalar         `json:"id"`
		RequestID   scalar         `json:"request_id"`
		Type        scalar         `json:"event"`
		Status      scalar         `json:"transaction_status"`
		Success     scalar         `json:"success"`
		Amount      scalar         `json:"amount"`
		VAT         scalar         `json:"calculated_vat_amount"`
		Reference   scalar         `json:"event_reference"`
		CreatedAt   instant        `json:"created_at"`
		Splits      []rawSplit     `json:"splits"`
		Lines       []rawLine      `json:"items"`
		Settlements rawSettlements `json:"settlements"`
	}
	rawSettlements struct {
		Events []rawSettlement `json:"events"`
	}
	rawSettlement struct {
		ID      scalar `json:"settlement_id"`
		Amount  scalar `json:"amount"`
		Capture scalar `json:"capture"`
		Refund  scalar `json:"refund"`
		Fee     scalar `json:"fee"`
	}
)

func (r *rawTransaction) name() (what, id string) { return "transaction", r.ID.text }

// A row is read into the one before, whose arrays are used again.

func (r *rawTransaction) reset() { *r = rawTransaction{Items: r.Items[:0], Events: r.Events[:0]} }
func (r *rawLine) reset()        { *r = rawLine{Splits: r.Splits[:0]} }
func (r *rawSplit) reset()       { *r = rawSplit{} }
func (r *rawSettlement) reset()  { *r = rawSettlement{} }
func (r *rawEvent) reset() {
	*r = rawEvent{Splits: r.Splits[:0], Lines: r.Lines[:0], Settlements: rawSettlements{r.Settlements.Events[:0]}}
}

// convertTransaction checks a transaction and makes it public.
func convertTransaction(c *checker, r *rawTransaction) (payment.Transaction, error) {
	t := payment.Transaction{
		ID:                 c.requiredText("id", r.ID),
		MerchantReference:  c.text("merchant_reference", r.MerchantReference),
		MerchantReference2: c.text("merchant_reference_2", r.MerchantReference2),
		Product:            c.text("payment_product", r.Product),
		ProductType:        c.text("payment_product_type", r.ProductType),
		CardBrand:          c.text("card.brand", r.Card.Brand),
		Status:             c.text("status", r.Status),
		Store: payment.Store{
			ID:                c.text("store.id", r.Store.ID),
			Name:              c.text("store.name", r.Store.Name),
			PayoutDestination: c.text("store.payout_destination_id", r.Store.PayoutDestination),
		},
		PayoutDestination: c.text("payout_destination_id", r.PayoutDestination),
		Amount:            c.amount("amount", r.Amount),
		Currency:          c.currency("currency", r.Currency),
		CreatedAt:         c.requiredTime("created_at", r.CreatedAt),
		UpdatedAt:         c.time("updated_at", r.UpdatedAt),
		Lines:             convertEach(c, "items", r.Items, &c.lines, convertLine),
	}
	t.Lines = addShipping(c, t.Lines, &r.ShippingOption)
	t.Events = convertEach(c, "events", r.Events, &c.events, convertEvent)
	return t, c.result(r.name())
}

// convertEvent checks an event as far as it matters. A movement must have an amount and a
// time. Of the others a report asks when they were and what they led to; a faulty field
// of theirs is not worth a report.
func convertEvent(c *checker, r *rawEvent, e *payment.Event) {
	*e = payment.Event{
		ID:        c.textOrNumber("id", r.ID),
		RequestID: c.textOrNumber("request_id", r.RequestID),
		Type:      c.text("event", r.Type),
		Status:    c.text("transaction_status", r.Status),
		Success:   c.success(r.Success),
		CreatedAt: r.CreatedAt.at,
	}
	switch {
	case !e.Success:
	case r.Type.absent():
		c.missing("event")
	case e.IsMovement():
		e.Amount = c.amount("amount", r.Amount)
		e.CreatedAt = c.requiredTime("created_at", r.CreatedAt)
		e.Reference = c.text("event_reference", r.Reference)
		e.Splits = convertEach(c, "splits", r.Splits, nil, convertSplit)
		e.Lines = convertEach(c, "items", r.Lines, &c.lines, convertLine)
		e.Settlements = convertEach(c, "settlements.events", r.Settlements.Events, nil, convertSettlement)
		e.VAT = c.optional("calculated_vat_amount", r.VAT)
	case e.Type == payment.EventAuthorize || e.Type == payment.EventVoid:
		e.CreatedAt = c.time("created_at", r.CreatedAt)
	}
}

func convertLine(c *checker, r *rawLine, l *payment.Line) {
	l.Amount, _ = c.signed("amount", r.Amount)
	l.ID = c.textOrNumber("line_id", r.ID)
	l.Splits = convertEach(c, "splits", r.Splits, nil, convertSplit)
}

func convertSplit(c *checker, r *rawSplit, s *payment.Split) {
	s.PayoutDestination = c.requiredText("payout_destination_id", r.PayoutDestination)
	s.Amount = c.requiredSigned("amount", r.Amount)
}

func convertSettlement(c *checker, r *rawSettlement, s *payment.EventSettlement) {
	s.ID = c.textOrNumber("settlement_id", r.ID)
	s.Amount, s.Capture = c.optional("amount", r.Amount), c.optional("capture", r.Capture)
	s.Refund, s.Fee = c.optional("refund", r.Refund), c.optional("fee", r.Fee)
}

// addShipping adds the shipping option as a line, unless it already is one of the
// items: Dintero moves it there when an authorisation is changed.
func addShipping(c *checker, to []payment.Line, r *rawLine) []payment.Line {
	if r.Amount.absent() {
		return to
	}
	var shipping payment.Line
	shipping.Amount, _ = c.signed("shipping_option.amount", r.Amount)
	shipping.ID = c.textOrNumber("shipping_option.line_id", r.ID)
	shipping.Splits = convertEach(c, "splits", r.Splits, nil, convertSplit)
	for i := range to {
		if to[i].ID == shipping.ID && shipping.ID != "" {
			return to
		}
	}
	return append(to, shipping)
}
