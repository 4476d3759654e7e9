// Package fetch reads payments from where they are: Dintero over HTTP, or files.
// It yields each thing as the source tells it now, one at a time, and an error
// last; it keeps only the fields that a report prints. It refuses to guess: a page
// that cannot be read whole, a row without id, amount or time, a cursor that does
// not advance and a redirect are errors, never an empty listing.
//
// The same transaction can come more than once (two listings overlap, a page
// shifts while it is read); who sums rows keeps the newest UpdatedAt. Orders and
// wallet transactions can come twice for the same reason.
//
// A page that fails on the way is tried again, up to eight times; what Dintero
// refuses for good is told at once, see [Denied].
package fetch

import (
	"time"

	"rapport/internal/money"
)

// Query says which transactions are asked for. Times are instants; the source
// may yield more than the query asks for, never less.
type Query struct {
	// From and To are the period, half-open. To is also the instant of the open snapshot.
	From, To time.Time
	// Open asks for what was open at To instead of what moved within the period.
	Open bool
	// Thorough reads the listing by when transactions were made as well, 400 days back: it
	// finds a capture or refund that the listings by their time do not.
	Thorough bool
	// Stores asks for these store ids only; none asks for all.
	Stores []string
}

// Transaction is a checkout transaction as of now
// (Dintero Checkout API, GET /transactions).
type Transaction struct {
	ID, MerchantReference, MerchantReference2 string
	Product, ProductType, CardBrand           string // payment_product, payment_product_type, card.brand
	Status                                    string // what Dintero says now; never the base of an amount
	Store                                     Store
	PayoutDestination                         string
	Amount                                    int64 // authorised, minor units, not negative
	Currency                                  money.Currency
	CreatedAt, UpdatedAt                      time.Time // UTC; UpdatedAt is zero where the source has none
	Lines                                     []Line    // items, and the shipping option where it is not among them
	Events                                    []Event   // in the source's order
}

// Store is where a transaction was made.
type Store struct{ ID, Name, PayoutDestination string }

// Event is one thing that happened to a transaction. Only a successful CAPTURE or
// REFUND is money; such an event always has an amount and a time.
type Event struct {
	ID, RequestID string
	Type          string    // AUTHORIZE, CAPTURE, REFUND, VOID, …; unknown ones are kept
	Status        string    // transaction_status after the event; may be empty
	Success       bool      // true where the source does not say
	Amount        int64     // minor units, not negative; 0 where the event has none
	VAT           *int64    // calculated_vat_amount, minor units, unsigned; nil where the event has none
	Reference     string    // event_reference
	CreatedAt     time.Time // UTC; zero where an event that is not money has none
	Splits        []Split
	Lines         []Line
	Settlements   []Settlement
}

// Line is an item of a transaction or of an event, with who gets what of it.
type Line struct {
	ID     string // line_id
	Amount int64  // minor units; negative on a discount; 0 where absent
	Splits []Split
}

// Split is one seller's part of an event or a line, minor units.
type Split struct {
	PayoutDestination string
	Amount            int64
}

// Settlement is where an event was paid out. Fee is in minor units as Dintero
// gives it, nil where it has none.
type Settlement struct {
	ID  string
	Fee *int64
}

// Order is an order with its payment operations
// (Dintero Shopping API, GET /orders and the four collections of each).
type Order struct {
	ID, OrderID, Status  string
	StoreID              string // store_id, else store.id
	Currency             money.Currency
	CreatedAt, UpdatedAt time.Time // UTC; zero where the source has none
	Lines                []OrderLine
	Operations           []Operation // authorizations, captures, refunds, cancellations, each in the source's order
}

// OrderLine is an item of an order.
type OrderLine struct {
	LineID, ItemID, Description string
	Quantity                    string // decimal number as written, "2.5"; empty where absent
	Gross                       int64  // gross_amount, minor units; negative on a reversed line; 0 where absent
	Taxes                       []Tax
}

// Tax is a tax line of an order line.
type Tax struct {
	Percentage string // decimal number as written, "25" or "12.5"
	Amount     int64  // minor units
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

// Operation is one authorization, capture, refund or cancellation of an order.
// Amounts are minor units and as the source has them: positive for refunds too.
type Operation struct {
	Type                   OperationType
	ID                     string
	Amount                 int64
	Success                bool      // false: nothing moved; true where the source does not say
	At                     time.Time // processed_at, else created_at; UTC; zero where a failed one has neither
	ProcessedBy            string
	PSP                    string // payment_details.psp, else payment_details.payment_product
	PaymentID, ProductType string // payment_details.payment_id, payment_details.payment_product_type
	Lines                  []OperationLine
}

// OperationLine is the part of an operation that belongs to one order line.
type OperationLine struct {
	LineID       string
	Amount       int64 // minor units
	Destinations []Split
}

// WalletTransaction is a movement on a gift card
// (Dintero Wallets API, GET /cards/{card_id}/transactions).
type WalletTransaction struct {
	ID, CardID, Type string // Type: fund, drawdown, pending_capture, voided; unknown ones are kept
	Amount           int64  // minor units, not negative
	Currency         money.Currency
	Reference        string // ref_id
	ParentID         string
	OriginatedBy     string
	CreatedAt        time.Time // UTC
}
