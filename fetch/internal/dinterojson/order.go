package dinterojson

import (
	"cmp"
	"iter"

	"rapport/internal/payment"
)

// The fields of an order and its operations that a report prints.
type (
	rawOrder struct {
		ID             scalar         `json:"id"`
		OrderID        scalar         `json:"order_id"`
		Status         scalar         `json:"status"`
		StoreID        scalar         `json:"store_id"`
		Store          rawStore       `json:"store"`
		Currency       scalar         `json:"currency"`
		CreatedAt      instant        `json:"created_at"`
		UpdatedAt      instant        `json:"updated_at"`
		Items          []rawOrderLine `json:"items"`
		Authorizations []rawOperation `json:"authorizations"` // the four: files only
		Captures       []rawOperation `json:"captures"`
		Refunds        []rawOperation `json:"refunds"`
		Cancellations  []rawOperation `json:"cancellations"`
	}
	rawOrderLine struct {
		LineID      scalar   `json:"line_id"`
		ItemID      scalar   `json:"id"`
		Description scalar   `json:"description"`
		Quantity    scalar   `json:"quantity"`
		Gross       scalar   `json:"gross_amount"`
		Taxes       []rawTax `json:"tax_lines"`
	}
	rawTax struct {
		Percentage scalar `json:"percentage"`
		Amount     scalar `json:"amount"`
	}
	rawOperation struct {
		ID          scalar             `json:"id"`
		Amount      scalar             `json:"amount"`
		Success     scalar             `json:"success"`
		CreatedAt   instant            `json:"created_at"`
		ProcessedAt instant            `json:"processed_at"`
		ProcessedBy scalar             `json:"processed_by"`
		Payment     rawPayment         `json:"payment_details"`
		Items       []rawOperationLine `json:"items"`
	}
	rawPayment struct {
		PSP         scalar `json:"psp"`
		PaymentID   scalar `json:"payment_id"`
		Product     scalar `json:"payment_product"`
		ProductType scalar `json:"payment_product_type"`
	}
	rawOperationLine struct {
		LineID scalar `json:"line_id"`
		Amount scalar `json:"amount"`
		Payout struct {
			Destinations []rawDestination `json:"destinations"`
		} `json:"payout"`
	}
	rawDestination struct {
		Destination scalar `json:"destination"`
		Amount      scalar `json:"amount"`
	}
)

func (r *rawOrder) name() (what, id string) { return "order", cmp.Or(r.ID.text, r.OrderID.text) }

// operations yields the four collections in the order in which they are reported.
func (r *rawOrder) operations() iter.Seq2[payment.OperationType, []rawOperation] {
	return func(yield func(payment.OperationType, []rawOperation) bool) {
		_ = yield(payment.Authorization, r.Authorizations) && yield(payment.Capture, r.Captures) &&
			yield(payment.Refund, r.Refunds) && yield(payment.Cancellation, r.Cancellations)
	}
}

func (r *rawOperation) name() (what, id string) { return "operation", r.ID.text }

// convertOrder checks an order of a listing, whose operations are read one by one.
func convertOrder(c *checker, r *rawOrder) (payment.Order, error) {
	o := payment.Order{
		ID:        c.text("id", r.ID),
		OrderID:   c.text("order_id", r.OrderID),
		Status:    c.text("status", r.Status),
		StoreID:   cmp.Or(c.text("store_id", r.StoreID), c.text("store.id", r.Store.ID)),
		Currency:  c.currency("currency", r.Currency),
		CreatedAt: c.time("created_at", r.CreatedAt),
		UpdatedAt: c.time("updated_at", r.UpdatedAt),
	}
	if o.ID == "" {
		o.ID = c.requiredText("id", r.OrderID)
	}
	o.Lines = convertEach(c, "items", r.Items, nil, convertOrderLine)
	return o, c.result(r.name())
}

// convertWholeOrder checks an order that holds its operations.
func convertWholeOrder(c *checker, r *rawOrder) (payment.Order, error) {
	o, err := convertOrder(c, r)
	if err != nil {
		return o, err
	}
	for t, list := range r.operations() {
		o.Operations = append(o.Operations, convertEach(c, t.Collection(), list, nil, operationOf(t))...)
	}
	return o, c.result(r.name())
}

// convertOperation checks an operation of a collection that was listed on its own.
func convertOperation(t payment.OperationType) converter[rawOperation, payment.Operation] {
	return func(c *checker, r *rawOperation) (op payment.Operation, err error) {
		operationOf(t)(c, r, &op)
		return op, c.result(r.name())
	}
}

// operationOf checks an operation of a type. One that succeeded must have an amount and a time.
func operationOf(t payment.OperationType) func(*checker, *rawOperation, *payment.Operation) {
	return func(c *checker, r *rawOperation, op *payment.Operation) {
		p := &r.Payment
		*op = payment.Operation{
			Type:        t,
			ID:          c.requiredText("id", r.ID),
			Success:     c.success(r.Success),
			ProcessedBy: c.text("processed_by", r.ProcessedBy),
			PSP:         cmp.Or(c.text("payment_details.psp", p.PSP), c.text("payment_details.payment_product", p.Product)),
			PaymentID:   c.textOrNumber("payment_details.payment_id", p.PaymentID),
			ProductType: c.text("payment_details.payment_product_type", p.ProductType),
		}
		op.Amount, _ = c.signed("amount", r.Amount)
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
		op.Lines = convertEach(c, "items", r.Items, nil, convertOperationLine)
	}
}

func convertOperationLine(c *checker, r *rawOperationLine, l *payment.OperationLine) {
	l.LineID = c.textOrNumber("line_id", r.LineID)
	l.Amount = c.requiredSigned("amount", r.Amount)
	l.Destinations = convertEach(c, "payout.destinations", r.Payout.Destinations, nil, convertDestination)
}

func convertDestination(c *checker, r *rawDestination, s *payment.Split) {
	s.PayoutDestination = c.requiredText("destination", r.Destination)
	s.Amount = c.requiredSigned("amount", r.Amount)
}

func convertOrderLine(c *checker, r *rawOrderLine, l *payment.OrderLine) {
	l.LineID = c.textOrNumber("line_id", r.LineID)
	l.ItemID = c.textOrNumber("id", r.ItemID)
	l.Description = c.text("description", r.Description)
	l.Quantity = c.decimal("quantity", r.Quantity)
	l.Gross, _ = c.signed("gross_amount", r.Gross)
	l.Taxes = convertEach(c, "tax_lines", r.Taxes, nil, convertTax)
}

func convertTax(c *checker, r *rawTax, t *payment.Tax) {
	t.Percentage = c.decimal("percentage", r.Percentage)
	t.Amount = c.requiredSigned("amount", r.Amount)
}
