package fetch

// The fields of GET /transactions that a report prints; what is not named here is
// not decoded: no card holder, customer, address or token.
type (
	rawTransaction struct {
		ID                 leaf       `json:"id"`
		MerchantReference  leaf       `json:"merchant_reference"`
		MerchantReference2 leaf       `json:"merchant_reference_2"`
		Product            leaf       `json:"payment_product"`
		ProductType        leaf       `json:"payment_product_type"`
		Card               rawCard    `json:"card"`
		Status             leaf       `json:"status"`
		Store              rawStore   `json:"store"`
		PayoutDestination  leaf       `json:"payout_destination_id"`
		Amount             leaf       `json:"amount"`
		Currency           leaf       `json:"currency"`
		CreatedAt          instant    `json:"created_at"`
		UpdatedAt          instant    `json:"updated_at"`
		Items              []rawLine  `json:"items"`
		ShippingOption     rawLine    `json:"shipping_option"`
		Events             []rawEvent `json:"events"`
	}
	rawCard struct {
		Brand leaf `json:"brand"`
	}
	rawStore struct {
		ID                leaf `json:"id"`
		Name              leaf `json:"name"`
		PayoutDestination leaf `json:"payout_destination_id"`
	}
	rawLine struct {
		ID     leaf       `json:"line_id"`
		Amount leaf       `json:"amount"`
		Splits []rawSplit `json:"splits"`
	}
	rawSplit struct {
		PayoutDestination leaf `json:"payout_destination_id"`
		Amount            leaf `json:"amount"`
	}
	rawEvent struct {
		ID          leaf           `json:"id"`
		RequestID   leaf           `json:"request_id"`
		Type        leaf           `json:"event"`
		Status      leaf           `json:"transaction_status"`
		Success     leaf           `json:"success"`
		Amount      leaf           `json:"amount"`
		VAT         leaf           `json:"calculated_vat_amount"`
		Reference   leaf           `json:"event_reference"`
		CreatedAt   instant        `json:"created_at"`
		Splits      []rawSplit     `json:"splits"`
		Lines       []rawLine      `json:"items"`
		Settlements rawSettlements `json:"settlements"`
	}
	rawSettlements struct {
		Events []rawSettlement `json:"events"`
	}
	rawSettlement struct {
		ID  leaf `json:"settlement_id"`
		Fee leaf `json:"fee"`
	}
)

func (r *rawTransaction) name() (what, id string) { return "transaction", r.ID.text }

func (r *rawTransaction) reset() {
	*r = rawTransaction{Items: r.Items[:0], Events: r.Events[:0]}
}

// transaction checks a transaction and makes it public.
func transaction(c *checker, r *rawTransaction) (Transaction, error) {
	t := Transaction{
		ID:                 c.name("id", r.ID),
		MerchantReference:  c.text("merchant_reference", r.MerchantReference),
		MerchantReference2: c.text("merchant_reference_2", r.MerchantReference2),
		Product:            c.text("payment_product", r.Product),
		ProductType:        c.text("payment_product_type", r.ProductType),
		CardBrand:          c.text("card.brand", r.Card.Brand),
		Status:             c.text("status", r.Status),
		Store: Store{
			ID:                c.text("store.id", r.Store.ID),
			Name:              c.text("store.name", r.Store.Name),
			PayoutDestination: c.text("store.payout_destination_id", r.Store.PayoutDestination),
		},
		PayoutDestination: c.text("payout_destination_id", r.PayoutDestination),
		Amount:            c.amount("amount", r.Amount),
		Currency:          c.currency("currency", r.Currency),
		CreatedAt:         c.moment("created_at", r.CreatedAt),
		UpdatedAt:         c.time("updated_at", r.UpdatedAt),
		Lines:             lines(c, r.Items),
	}
	t.Lines = addShipping(c, t.Lines, &r.ShippingOption)
	if len(r.Events) > 0 {
		t.Events = c.events.take(len(r.Events))
	}
	for i := range r.Events {
		c.enter("events", i)
		event(c, &r.Events[i], &t.Events[i])
		c.leave()
	}
	return t, c.result(r.name())
}

// event checks an event as far as it matters. One that is money must have an amount and
// a time. Of the others a report asks when they were and what they led to; a faulty
// field of theirs is not worth a report.
func event(c *checker, r *rawEvent, e *Event) {
	*e = Event{
		ID:        c.label("id", r.ID),
		RequestID: c.label("request_id", r.RequestID),
		Type:      c.text("event", r.Type),
		Status:    c.text("transaction_status", r.Status),
		Success:   c.success(r.Success),
		CreatedAt: r.CreatedAt.at,
	}
	switch {
	case !e.Success:
	case r.Type.absent():
		c.missing("event")
	case e.Type == "CAPTURE" || e.Type == "REFUND":
		movement(c, r, e)
	case e.Type == "AUTHORIZE" || e.Type == "VOID":
		e.CreatedAt = c.time("created_at", r.CreatedAt)
	}
}

// movement checks what an event that is money says of it.
func movement(c *checker, r *rawEvent, e *Event) {
	e.Amount = c.amount("amount", r.Amount)
	e.CreatedAt = c.moment("created_at", r.CreatedAt)
	e.Reference = c.text("event_reference", r.Reference)
	e.Splits = splits(c, r.Splits)
	e.Lines = lines(c, r.Lines)
	e.Settlements = settlements(c, r.Settlements.Events)
	if vat, there := c.minor("calculated_vat_amount", r.VAT); there {
		e.VAT = &vat
	}
}

func lines(c *checker, raw []rawLine) []Line {
	if len(raw) == 0 {
		return nil
	}
	out := c.lines.take(len(raw))
	for i := range raw {
		c.enter("items", i)
		out[i] = line(c, "line_id", "amount", &raw[i])
		c.leave()
	}
	return out
}

// line checks a line; where it is not in an array, its fields are named with what holds them.
func line(c *checker, idField, amountField string, r *rawLine) Line {
	amount, _ := c.minor(amountField, r.Amount)
	return Line{ID: c.label(idField, r.ID), Amount: amount, Splits: splits(c, r.Splits)}
}

// addShipping adds the shipping option as a line, unless it already is one of the
// items: Dintero moves it there when an authorisation is changed.
func addShipping(c *checker, to []Line, r *rawLine) []Line {
	if r.Amount.absent() {
		return to
	}
	shipping := line(c, "shipping_option.line_id", "shipping_option.amount", r)
	for i := range to {
		if to[i].ID == shipping.ID && shipping.ID != "" {
			return to
		}
	}
	return append(to, shipping)
}

func splits(c *checker, raw []rawSplit) []Split {
	if len(raw) == 0 {
		return nil
	}
	out := make([]Split, len(raw))
	for i, r := range raw {
		c.enter("splits", i)
		out[i] = Split{
			PayoutDestination: c.name("payout_destination_id", r.PayoutDestination),
			Amount:            c.share("amount", r.Amount),
		}
		c.leave()
	}
	return out
}

func settlements(c *checker, raw []rawSettlement) []Settlement {
	if len(raw) == 0 {
		return nil
	}
	out := make([]Settlement, len(raw))
	for i, r := range raw {
		c.enter("settlements.events", i)
		out[i].ID = c.label("settlement_id", r.ID)
		if fee, there := c.minor("fee", r.Fee); there {
			out[i].Fee = &fee
		}
		c.leave()
	}
	return out
}
