package sandbox

import (
	"slices"
	"strings"
	"time"
)

// The JSON shapes of the Shopping API. Amounts in minor units, currency on the order.

type wireOrder struct {
	ID            string          `json:"id"`
	OrderID       string          `json:"order_id,omitempty"`
	Status        string          `json:"status"`
	PaymentStatus string          `json:"payment_status"`
	Currency      string          `json:"currency"`
	GrossAmount   int64           `json:"gross_amount"`
	StoreID       string          `json:"store_id,omitempty"`
	Store         wireOrderStore  `json:"store"`
	Customer      wireCustomer    `json:"customer"`
	Items         []wireOrderItem `json:"items"`
	CreatedAt     string          `json:"created_at"`
	CreatedBy     string          `json:"created_by"`
	UpdatedAt     string          `json:"updated_at"`
	CancelledAt   string          `json:"cancelled_at,omitempty"`
	CancelledBy   string          `json:"cancelled_by,omitempty"`
}

type wireOrderStore struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type wireOrderItem struct {
	LineID      int       `json:"line_id"`
	ID          string    `json:"id"`
	Description string    `json:"description"`
	Quantity    float64   `json:"quantity"`
	GrossAmount int64     `json:"gross_amount"`
	TaxLines    []wireTax `json:"tax_lines"`
}

type wireTax struct {
	Amount     int64 `json:"amount"`
	Percentage int   `json:"percentage"`
}

type wireOperation struct {
	ID              string              `json:"id"`
	AuthorizationID string              `json:"authorization_id,omitempty"`
	Amount          int64               `json:"amount"`
	Success         bool                `json:"success"`
	CreatedAt       string              `json:"created_at"`
	CreatedBy       string              `json:"created_by"`
	ProcessedAt     string              `json:"processed_at,omitempty"`
	ProcessedBy     string              `json:"processed_by,omitempty"`
	Items           []wireOperationItem `json:"items,omitempty"`
	Payment         wirePayment         `json:"payment_details"`
}

type wireOperationItem struct {
	LineID int         `json:"line_id"`
	Amount int64       `json:"amount"`
	Payout *wirePayout `json:"payout,omitempty"`
}

type wirePayout struct {
	RuleID       string            `json:"rule_id"`
	RuleType     string            `json:"rule_type"`
	Destinations []wireDestination `json:"destinations"`
}

type wireDestination struct {
	Destination string `json:"destination"`
	Amount      int64  `json:"amount"`
}

type wirePayment struct {
	PSP         string            `json:"psp"`
	PaymentID   string            `json:"payment_id"`
	Product     string            `json:"payment_product"`
	ProductType string            `json:"payment_product_type"`
	Card        map[string]string `json:"card,omitempty"`
}

// order is the order of t as of now.
func (v view) order(t *transaction) wireOrder {
	visible, _ := t.visible(v.now)
	who := v.shop.people.person(t.key)
	o := wireOrder{
		ID: t.ref, Currency: t.currency, GrossAmount: t.amount, Store: wireOrderStore{t.store.id, t.store.name}, Customer: wireCustomer{who.id, who.email, who.phone},
		CreatedAt: stamp(t.created), CreatedBy: "dintero-checkout",
	}
	o.Status, o.PaymentStatus = orderStatus(status(visible))
	o.UpdatedAt = stamp(visible[len(visible)-1].at) // a visible order has at least been initialized
	if o.Status == "cancelled" {
		o.CancelledAt, o.CancelledBy = o.UpdatedAt, "dintero-checkout"
	}
	if t.key%2 == 0 {
		o.OrderID = t.ref
	}
	if t.key%3 == 0 {
		o.StoreID = t.store.id
	}
	for i := range t.lines {
		o.Items = append(o.Items, orderItem(i+1, &t.lines[i]))
	}
	if t.key%29 == 0 { // rung up by mistake and reversed; never paid
		wrong := orderItem(len(o.Items)+1, &t.lines[0])
		back := wrong
		back.LineID, back.GrossAmount, back.Quantity = wrong.LineID+1, -wrong.GrossAmount, -wrong.Quantity
		back.TaxLines = []wireTax{{-wrong.TaxLines[0].Amount, wrong.TaxLines[0].Percentage}}
		o.Items = append(o.Items, wrong, back)
	}
	return o
}

func orderItem(nr int, l *line) wireOrderItem {
	w := item(l, false)
	if l.good == nil {
		w.ID, w.Description = "frakt", "Frakt, hentested"
	}
	return wireOrderItem{LineID: nr, ID: w.ID, Description: w.Description, Quantity: w.Quantity, GrossAmount: l.amount, TaxLines: []wireTax{{w.VATAmount, l.vat}}}
}

// orderStatus is status and payment_status of an order whose payment has the status.
func orderStatus(payment string) (status, paid string) {
	switch payment {
	case "PARTIALLY_CAPTURED":
		return "open", "partially_paid"
	case "PARTIALLY_CAPTURED_REFUNDED":
		return "open", "partially_refunded"
	case "CAPTURED":
		return "closed", "paid"
	case "PARTIALLY_REFUNDED":
		return "closed", "partially_refunded"
	case "REFUNDED":
		return "closed", "refunded"
	case "AUTHORIZATION_VOIDED":
		return "cancelled", "pending"
	}
	return "open", "pending"
}

// operation is the ith event of t as the order tells it.
func (v view) operation(t *transaction, i int) wireOperation {
	e := &t.events[i]
	die := roll(t.key, uint64(i), 0x0f)
	op := wireOperation{
		ID: requestID(t, i, "op")[:24], Amount: t.moves(t.events[:i], e), Success: e.success, CreatedBy: "kasse-" + t.store.id, CreatedAt: stamp(e.at.Add(-die.span(time.Second, 4*time.Second))),
		ProcessedAt: stamp(e.at), ProcessedBy: "dintero-checkout",
		Payment: wirePayment{PSP: t.method.product, PaymentID: v.id(t), Product: t.method.product, ProductType: t.method.kind},
	}
	if c := cardOf(t, details{}, roll(t.key, 0x7a)); c != nil {
		op.Payment.Card = map[string]string{"masked_pan": c.Masked, "brand": c.Brand, "type": c.Type}
	}
	if die.chance(15) {
		op.CreatedAt, op.ProcessedAt, op.ProcessedBy = op.ProcessedAt, "", ""
	}
	if e.kind != "AUTHORIZE" {
		first := slices.IndexFunc(t.events, func(e event) bool { return e.kind == "AUTHORIZE" && e.success })
		op.AuthorizationID = requestID(t, first, "op")[:24]
	}
	if die.chance(10) {
		return op // some shops record the amount alone
	}
	for k := range t.lines {
		if t.covers(i, &t.lines[k]) {
			op.Items = append(op.Items, wireOperationItem{k + 1, t.lines[k].amount, t.payout(&t.lines[k])})
		}
	}
	return op
}

// covers reports whether the ith event is about the line: an authorisation about
// all, a cancellation about those not captured before.
func (t *transaction) covers(i int, l *line) bool {
	e := &t.events[i]
	named := func(e *event) bool { return slices.ContainsFunc(e.lines, func(x line) bool { return x.id == l.id }) }
	switch e.kind {
	case "AUTHORIZE":
		return true
	case "VOID":
		for k := range t.events[:i] {
			if before := &t.events[k]; before.kind == "CAPTURE" && before.success && named(before) {
				return false
			}
		}
		return true
	}
	return named(e)
}

// payout says whose the line is; nil where it is the shop's own.
func (t *transaction) payout(l *line) *wirePayout {
	p := &wirePayout{RuleID: "split-" + strings.ToLower(t.id[:6]), RuleType: "line"}
	for _, s := range l.shares {
		p.Destinations = append(p.Destinations, wireDestination{s.PayoutDestination, s.Amount})
	}
	if seller := t.owner(); len(l.shares) == 0 && seller != "" {
		p.Destinations = []wireDestination{{seller, l.amount}}
	}
	if p.Destinations == nil {
		return nil
	}
	return p
}

// owner is the seller the whole transaction belongs to, if there is one.
func (t *transaction) owner() string {
	if t.seller != "" || t.form != unsplit {
		return t.seller
	}
	return t.store.seller
}
