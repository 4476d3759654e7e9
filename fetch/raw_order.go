package fetch

import (
	"cmp"
	"iter"
)

// The fields of an order and its operations that a report prints.
type (
	rawOrder struct {
		ID             leaf           `json:"id"`
		OrderID        leaf           `json:"order_id"`
		Status         leaf           `json:"status"`
		StoreID        leaf           `json:"store_id"`
		Store          rawStore       `json:"store"`
		Currency       leaf           `json:"currency"`
		CreatedAt      instant        `json:"created_at"`
		UpdatedAt      instant        `json:"updated_at"`
		Items          []rawOrderLine `json:"items"`
		Authorizations []rawOperation `json:"authorizations"` // the four: files only
		Captures       []rawOperation `json:"captures"`
		Refunds        []rawOperation `json:"refunds"`
		Cancellations  []rawOperation `json:"cancellations"`
	}
	rawOrderLine struct {
		LineID      leaf     `json:"line_id"`
		ItemID      leaf     `json:"id"`
		Description leaf     `json:"description"`
		Quantity    leaf     `json:"quantity"`
		Gross       leaf     `json:"gross_amount"`
		Taxes       []rawTax `json:"tax_lines"`
	}
	rawTax struct {
		Percentage leaf `json:"percentage"`
		Amount     leaf `json:"amount"`
	}
	rawOperation struct {
		ID          leaf               `json:"id"`
		Amount      leaf               `json:"amount"`
		Success     leaf               `json:"success"`
		CreatedAt   instant            `json:"created_at"`
		ProcessedAt instant            `json:"processed_at"`
		ProcessedBy leaf               `json:"processed_by"`
		Payment     rawPayment         `json:"payment_details"`
		Items       []rawOperationLine `json:"items"`
	}
	rawPayment struct {
		PSP         leaf `json:"psp"`
		PaymentID   leaf `json:"payment_id"`
		Product     leaf `json:"payment_product"`
		ProductType leaf `json:"payment_product_type"`
	}
	rawOperationLine struct {
		LineID leaf `json:"line_id"`
		Amount leaf `json:"amount"`
		Payout struct {
			Destinations []rawDestination `json:"destinations"`
		} `json:"payout"`
	}
	rawDestination struct {
		Destination leaf `json:"destination"`
		Amount      leaf `json:"amount"`
	}
)

func (r *rawOrder) name() (what, id string) { return "order", cmp.Or(r.ID.text, r.OrderID.text) }

// operations yields the four collections in the order in which they are reported.
func (r *rawOrder) operations() iter.Seq2[OperationType, []rawOperation] {
	return func(yield func(OperationType, []rawOperation) bool) {
		_ = yield(Authorization, r.Authorizations) && yield(Capture, r.Captures) &&
			yield(Refund, r.Refunds) && yield(Cancellation, r.Cancellations)
	}
}

func (r *rawOperation) name() (what, id string) { return "operation", r.ID.text }

// order checks an order of a listing, whose operations are read one by one.
func order(c *checker, r *rawOrder) (Order, error) {
	o := Order{
		ID:        c.text("id", r.ID),
		OrderID:   c.text("order_id", r.OrderID),
		Status:    c.text("status", r.Status),
		StoreID:   cmp.Or(c.text("store_id", r.StoreID), c.text("store.id", r.Store.ID)),
		Currency:  c.currency("currency", r.Currency),
		CreatedAt: c.time("created_at", r.CreatedAt),
		UpdatedAt: c.time("updated_at", r.UpdatedAt),
	}
	if o.ID == "" {
		o.ID = c.name("id", r.OrderID)
	}
	for i := range r.Items {
		c.enter("items", i)
		o.Lines = append(o.Lines, orderLine(c, &r.Items[i]))
		c.leave()
	}
	return o, c.result(r.name())
}

// wholeOrder checks an order that holds its operations.
func wholeOrder(c *checker, r *rawOrder) (Order, error) {
	o, err := order(c, r)
	if err != nil {
		return o, err
	}
	for t, list := range r.operations() {
		for i := range list {
			c.enter(t.Collection(), i)
			o.Operations = append(o.Operations, operation(c, t, &list[i]))
			c.leave()
		}
	}
	return o, c.result(r.name())
}

// operationOf checks an operation of a collection that was listed on its own.
func operationOf(t OperationType) rowConverter[rawOperation, Operation] {
	return func(c *checker, r *rawOperation) (Operation, error) {
		return operation(c, t, r), c.result(r.name())
	}
}

// operation checks an operation. One that succeeded must have an amount and a time.
func operation(c *checker, t OperationType, r *rawOperation) Operation {
	p := r.Payment
	op := Operation{
		Type:        t,
		ID:          c.name("id", r.ID),
		Success:     c.success(r.Success),
		ProcessedBy: c.text("processed_by", r.ProcessedBy),
		PSP:         cmp.Or(c.text("payment_details.psp", p.PSP), c.text("payment_details.payment_product", p.Product)),
		PaymentID:   c.label("payment_details.payment_id", p.PaymentID),
		ProductType: c.text("payment_details.payment_product_type", p.ProductType),
	}
	op.Amount, _ = c.minor("amount", r.Amount)
	op.At = c.time("processed_at", r.ProcessedAt)
	if op.At.IsZero() {
		op.At = c.time("created_at", r.CreatedAt)
	}
	if op.Success && r.Amount.absent() {
		c.missing("amount")
	}
	if op.Success && op.At.IsZero() {
		c.missing("created_at")
	}
	for i := range r.Items {
		c.enter("items", i)
		op.Lines = append(op.Lines, operationLine(c, &r.Items[i]))
		c.leave()
	}
	return op
}

func operationLine(c *checker, r *rawOperationLine) OperationLine {
	l := OperationLine{LineID: c.label("line_id", r.LineID), Amount: c.share("amount", r.Amount)}
	for i, d := range r.Payout.Destinations {
		c.enter("payout.destinations", i)
		l.Destinations = append(l.Destinations, Split{
			PayoutDestination: c.name("destination", d.Destination),
			Amount:            c.share("amount", d.Amount),
		})
		c.leave()
	}
	return l
}

func orderLine(c *checker, r *rawOrderLine) OrderLine {
	l := OrderLine{
		LineID:      c.label("line_id", r.LineID),
		ItemID:      c.label("id", r.ItemID),
		Description: c.text("description", r.Description),
		Quantity:    c.decimal("quantity", r.Quantity),
	}
	l.Gross, _ = c.minor("gross_amount", r.Gross)
	for i, t := range r.Taxes {
		c.enter("tax_lines", i)
		l.Taxes = append(l.Taxes, Tax{
			Percentage: c.decimal("percentage", t.Percentage),
			Amount:     c.share("amount", t.Amount),
		})
		c.leave()
	}
	return l
}
