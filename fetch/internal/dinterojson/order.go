package dinterojson

import (
	"cmp"

	"rapport/internal/payment"
)

// The fields of an order and its operations that a report prints.
type (
	rawOrder struct {
		ID         scalar
		OrderID    scalar
		Status     scalar
		StoreID    scalar
		Store      rawStore
		Currency   scalar
		UpdatedAt  instant
		Items      list[rawOrderLine]
		operations [4]list[rawOperation] // in the order in which they are reported; files only
	}
	rawOrderLine struct {
		LineID      scalar
		ItemID      scalar
		Description scalar
		Quantity    scalar
		Gross       scalar
		Taxes       list[rawTax]
		other       other
	}
	rawTax struct {
		Percentage scalar
		Amount     scalar
		other      other
	}
	rawOperation struct {
		ID          scalar
		Amount      scalar
		Success     scalar
		CreatedAt   instant
		ProcessedAt instant
		ProcessedBy scalar
		Payment     rawPayment
		Items       list[rawOperationLine]
		other       other
	}
	rawPayment struct {
		PSP         scalar
		PaymentID   scalar
		Product     scalar
		ProductType scalar
		other       other
	}
	rawOperationLine struct {
		LineID scalar
		Amount scalar
		Payout rawPayout
		other  other
	}
	rawPayout struct {
		Destinations list[rawDestination]
		other        other
	}
	rawDestination struct {
		Destination scalar
		Amount      scalar
		other       other
	}
)

// collections are the types of operations in the order in which they are reported.
func collections() [4]payment.OperationType {
	return [4]payment.OperationType{payment.Authorization, payment.Capture, payment.Refund, payment.Cancellation}
}

func (r *rawOrder) name() (what, id string) { return "order", cmp.Or(r.ID.plain(), r.OrderID.plain()) }

func (r *rawOperation) name() (what, id string) { return "operation", r.ID.plain() }

// convertOrder checks an order of a listing, whose operations are read one by one. Only one
// without an id is an error.
func convertOrder(c *checker, r *rawOrder) (payment.Order, error) {
	over := c.begun()
	o := payment.Order{ID: c.id("id", r.ID), OrderID: c.text("order_id", r.OrderID)}
	if o.ID == "" {
		o.ID = c.requiredID("id", r.OrderID)
	}
	if fault := c.ended(over); fault != nil {
		what, id := r.name()
		return o, payment.Named(what, id, fault)
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
		*op = payment.Operation{Type: t, ID: r.ID.plain()}
		c.object("", r.other)
		if op.Success = c.success(r.Success); op.Success {
			convertDone(c, r, op)
		} else {
			op.Amount, op.At = r.Amount.num, r.ProcessedAt.at
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
	if op.At = c.time("processed_at", r.ProcessedAt); r.ProcessedAt.absent() {
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
