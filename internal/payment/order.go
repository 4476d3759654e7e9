package payment

import (
	"time"

	"rapport/internal/money"
)

// Order is an order with its payment operations (Shopping API, GET /orders and the
// four collections of each order).
type Order struct {
	ID, OrderID string // id, order_id
	Status      string // status
	StoreID     string // store_id, else store.id
	Currency    money.Currency
	UpdatedAt   time.Time   // updated_at; zero where the source has none
	Lines       []OrderLine // items
	Operations  []Operation // authorizations, captures, refunds, cancellations, each in the source's order

	Fault  error    // a field of money, time or currency that cannot be read; nil: there is none
	Unread []string // describing fields that cannot be read and are blank, those of its operations too
}

// OrderLine is an item of an order.
type OrderLine struct {
	LineID, ItemID string // line_id, id
	Description    string // description
	Quantity       string // quantity, a decimal number as written: "2.5"; empty where absent
	Gross          int64  // gross_amount, minor units; negative on a reversed line; 0 where absent
	Taxes          []Tax  // tax_lines
}

// Tax is a tax line of an order line.
type Tax struct {
	Percentage string // percentage, a decimal number as written: "25" or "12.5"
	Amount     int64  // amount, minor units
}

// OperationType says which collection an operation was in.
type OperationType string

// The four collections of an order.
const (
	Authorization OperationType = "authorization"
	Capture       OperationType = "capture"
	Refund        OperationType = "refund"
	Cancellation  OperationType = "cancellation"
)

// Collection names the list that holds operations of the type, in Dintero's addresses
// and answers: "captures".
func (t OperationType) Collection() string { return string(t) + "s" }

// Operation is one authorization, capture, refund or cancellation of an order.
// Amounts are as the source has them: positive for refunds too.
type Operation struct {
	Type        OperationType
	ID          string          // id
	Amount      int64           // amount, minor units
	Success     bool            // success; false: nothing moved; true where the source does not say
	At          time.Time       // processed_at, else created_at; zero where a failed one has neither
	ProcessedBy string          // processed_by
	PSP         string          // payment_details.psp, else payment_details.payment_product
	PaymentID   string          // payment_details.payment_id
	ProductType string          // payment_details.payment_product_type
	Lines       []OperationLine // items
	Fault       error           // a field of money, time or id that cannot be read; without a time, it may be of any
	Unread      []string        // describing fields that cannot be read and are blank
}

// OperationLine is the part of an operation that belongs to one order line.
type OperationLine struct {
	LineID       string  // line_id
	Amount       int64   // amount, minor units
	Destinations []Split // payout.destinations
}
