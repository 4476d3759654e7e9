package dinterojson

import (
	"cmp"

	"rapport/fetch/internal/jsonscan"
	"rapport/internal/payment"
)

// The fields of an order and its operations that a report prints.
type (
	rawOrder struct {
		ID         jsonscan.Scalar
		OrderID    jsonscan.Scalar
		Status     jsonscan.Scalar
		StoreID    jsonscan.Scalar
		Store      rawStore
		Currency   jsonscan.Scalar
		UpdatedAt  jsonscan.Instant
		Items      jsonscan.List[rawOrderLine]
		operations [4]jsonscan.List[rawOperation] // in the order in which they are reported; files only
	}
	rawOrderLine struct {
		LineID      jsonscan.Scalar
		ItemID      jsonscan.Scalar
		Description jsonscan.Scalar
		Quantity    jsonscan.Scalar
		Gross       jsonscan.Scalar
		Taxes       jsonscan.List[rawTax]
		other       jsonscan.Other
	}
	rawTax struct {
		Percentage jsonscan.Scalar
		Amount     jsonscan.Scalar
		other      jsonscan.Other
	}
	rawOperation struct {
		ID          jsonscan.Scalar
		Amount      jsonscan.Scalar
		Success     jsonscan.Scalar
		CreatedAt   jsonscan.Instant
		ProcessedAt jsonscan.Instant
		ProcessedBy jsonscan.Scalar
		Payment     rawPayment
		Items       jsonscan.List[rawOperationLine]
		other       jsonscan.Other
	}
	rawPayment struct {
		PSP         jsonscan.Scalar
		PaymentID   jsonscan.Scalar
		Product     jsonscan.Scalar
		ProductType jsonscan.Scalar
		other       jsonscan.Other
	}
	rawOperationLine struct {
		LineID jsonscan.Scalar
		Amount jsonscan.Scalar
		Payout rawPayout
		other  jsonscan.Other
	}
	rawPayout struct {
		Destinations jsonscan.List[rawDestination]
		other        jsonscan.Other
	}
	rawDestination struct {
		Destination jsonscan.Scalar
		Amount      jsonscan.Scalar
		other       jsonscan.Other
	}
)

// collections are the types of operations in the order in which they are reported.
func collections() [4]payment.OperationType {
	return [4]payment.OperationType{payment.Authorization, payment.Capture, payment.Refund, payment.Cancellation}
}

func (r *rawOrder) Named(err error) error {
	return payment.Named("order", cmp.Or(r.ID.Plain(), r.OrderID.Plain()), err)
}

func (r *rawOperation) Named(err error) error { return payment.Named("operation", r.ID.Plain(), err) }

// convertOrder checks an order of a listing, whose operations are read one by one. Only one
// without an id is an error.
func convertOrder(c *checker, r *rawOrder) (payment.Order, error) {
	over := c.begun()
	o := payment.Order{ID: c.id("id", r.ID), OrderID: c.text("order_id", r.OrderID)}
	if o.ID == "" {
		o.ID = c.requiredID("id", r.OrderID)
	}
	if fault := c.ended(over); fault != nil {
		return o, r.Named(fault)
	}
	o.Status = c.text("status", r.Status)
	c.described("store", r.Store.other)
	o.StoreID = cmp.Or(c.text("store_id", r.StoreID), c.text("store.id", r.Store.ID))
	o.Currency = c.currency("currency", r.Currency)
	o.UpdatedAt = c.time("updated_at", r.UpdatedAt)
	o.Lines = convertEach(c, "items", &r.Items, nil, convertOrderLine)
	o.Fault, o.Unread = c.fault, c.unread
	return o, nil
}

// convertWholeOrder checks an order that holds its operations.
func convertWholeOrder(c *checker, r *rawOrder) (payment.Order, error) {
	o, err := convertOrder(c, r)
	if err != nil {
		return o, err
	}
	for i, t := range collections() {
		outer := c.begun()
		ops := convertEach(c, t.Collection(), &r.operations[i], nil, operationOf(t))
		if fault := c.ended(outer); fault != nil {
			ops = []payment.Operation{{Type: t, Success: true, Fault: fault}}
		}
		o.Operations = append(o.Operations, ops...)
	}
	o.Unread = c.unread
	return o, nil
}

// convertOperation checks an operation of a collection that was listed on its own.
func convertOperation(t payment.OperationType) converter[rawOperation, payment.Operation] {
	return func(c *checker, r *rawOperation) (op payment.Operation, err error) {
		over := c.fault
		operationOf(t)(c, r, &op)
		op.Fault, op.Unread = cmp.Or(over, op.Fault), c.unread
		return op, nil
	}
}

// operationOf checks an operation of a type. One that succeeded must have an amount and a time.
func operationOf(t payment.OperationType) func(*checker, *rawOperation, *payment.Operation) {
	return func(c *checker, r *rawOperation, op *payment.Operation) {
		outer := c.begun()
		*op = payment.Operation{Type: t, ID: r.ID.Plain()}
		c.object("", r.other)
		if op.Success = c.success(r.Success); op.Success {
			convertDone(c, r, op)
		} else {
			op.Amount, op.At = r.Amount.Number, r.ProcessedAt.At
		}
		op.Fault = c.ended(outer)
	}
}

// convertDone checks an operation that succeeded.
func convertDone(c *checker, r *rawOperation, op *payment.Operation) {
	p := &r.Payment
	op.ID = c.requiredID("id", r.ID)
	op.ProcessedBy = c.text("processed_by", r.ProcessedBy)
	c.described("payment_details", p.other)
	op.PSP = cmp.Or(c.text("payment_details.psp", p.PSP), c.text("payment_details.payment_product", p.Product))
	op.PaymentID = c.text("payment_details.payment_id", p.PaymentID)
	op.ProductType = c.text("payment_details.payment_product_type", p.ProductType)
	op.Amount = c.requiredSigned("amount", r.Amount)
	if op.At = c.time("processed_at", r.ProcessedAt); r.ProcessedAt.Absent() {
		op.At = c.requiredTime("created_at", r.CreatedAt)
	}
	op.Lines = convertEach(c, "items", &r.Items, nil, convertOperationLine)
}

func convertOperationLine(c *checker, r *rawOperationLine, l *payment.OperationLine) {
	c.object("", r.other)
	l.LineID = c.id("line_id", r.LineID)
	l.Amount = c.requiredSigned("amount", r.Amount)
	c.object("payout", r.Payout.other)
	l.Destinations = convertEach(c, "payout.destinations", &r.Payout.Destinations, nil, convertDestination)
}

func convertDestination(c *checker, r *rawDestination, s *payment.Split) {
	c.object("", r.other)
	s.PayoutDestination = c.requiredID("destination", r.Destination)
	s.Amount = c.requiredSigned("amount", r.Amount)
}

func convertOrderLine(c *checker, r *rawOrderLine, l *payment.OrderLine) {
	c.object("", r.other)
	l.LineID = c.id("line_id", r.LineID)
	l.ItemID = c.text("id", r.ItemID)
	l.Description = c.text("description", r.Description)
	l.Quantity = c.decimal("quantity", r.Quantity)
	l.Gross, _ = c.signed("gross_amount", r.Gross)
	l.Taxes = convertEach(c, "tax_lines", &r.Taxes, nil, convertTax)
}

func convertTax(c *checker, r *rawTax, t *payment.Tax) {
	c.object("", r.other)
	t.Percentage = c.decimal("percentage", r.Percentage)
	t.Amount = c.requiredSigned("amount", r.Amount)
}
