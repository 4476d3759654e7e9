// Package payment is the nouns of the trade as a source tells them: transactions
// with their events and splits, orders with their operations, gift card movements,
// and what Dintero itself counts. It is for whoever reads, sums or reports payments.
//
// All amounts are int64 minor units (øre, cent) of the currency beside them, all
// instants are UTC. The package refuses to know where payments come from, how they
// are reported and in which language. What a source could not read it says beside: who
// needs that refuses it, and nobody else.
package payment

import (
	"fmt"
	"time"

	"rapport/internal/money"
	"rapport/internal/text"
)

// Transaction is a checkout transaction as Dintero tells it now (Checkout API,
// GET /transactions). What happened to it are its events, never its status or amount.
type Transaction struct {
	ID                 string // id
	MerchantReference  string // merchant_reference: the shop's order number
	MerchantReference2 string // merchant_reference_2
	Product            string // payment_product: "payex", "vipps"
	ProductType        string // payment_product_type: "payex.creditcard"
	CardBrand          string // card.brand: "Visa"; empty where no card was used
	Status             string // status: CAPTURED, AUTHORIZED, …; unknown ones are kept
	Store              Store  // store
	PayoutDestination  string // payout_destination_id: the seller of all of it; empty where it is the shop's or split
	Amount             int64  // amount: authorised, minor units, not negative
	Currency           money.Currency
	CreatedAt          time.Time // created_at
	UpdatedAt          time.Time // updated_at; zero where the source has none
	Lines              []Line    // items, and shipping_option where it is not among them
	Events             []Event   // events, in the source's order

	// Fault is a field of money, time or currency that cannot be read; nil: there is none. Who
	// needs the transaction refuses it.
	Fault error
	// OwnerFault is an id of its store or seller that cannot be read: whoever is cut to a
	// store or a seller cannot tell whether it is theirs.
	OwnerFault error
	// Unread are describing fields that cannot be read and are blank: "store.name: an object is not a text".
	Unread []string
}

// Store is where a transaction was made.
type Store struct {
	ID, Name          string // store.id, store.name
	PayoutDestination string // store.payout_destination_id: the seller of what is sold there
}

// Line is an item of a transaction or of an event, with who gets what of it.
type Line struct {
	ID      string  // line_id
	Amount  int64   // amount, minor units; negative on a discount; 0 where absent
	VATRate string  // vat: percent, of an event's; empty where absent
	VAT     int64   // vat_amount, minor units, of an event's; 0 where absent
	Splits  []Split // splits
}

// Split is one seller's part of an event, a line or an order's operation.
type Split struct {
	PayoutDestination string // payout_destination_id; payout.destinations[].destination of an operation
	Amount            int64  // amount, minor units
}

// Named is err of a thing of that id, for a log or an operator.
func Named(what, id string, err error) error {
	if id == "" {
		return fmt.Errorf("%s without id: %w", what, err)
	}
	return fmt.Errorf("%s %s: %w", what, text.Quoted(id, maxQuotedID), err)
}

const maxQuotedID = 64
