package fetch

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"

	"rapport/fetch/internal/dinterojson"
	"rapport/fetch/internal/listing"
	"rapport/internal/payment"
)

// Orders yields the orders with their operations, in the order of the listing. No
// listing by period exists: every order is listed, and those that were last updated
// before From are left out, on the assumption that an operation updates its order.
func (c *Client) Orders(ctx context.Context, q payment.Query) iter.Seq2[payment.Order, error] {
	mayHaveMoved := func(o *payment.Order) bool { return o.UpdatedAt.IsZero() || !o.UpdatedAt.Before(q.From) }
	return func(yield func(payment.Order, error) bool) {
		for o, err := range listing.Details(ctx, c.reader, c.orderListing(), mayHaveMoved, c.withOperations) {
			if !yield(o, c.api.Shown(err)) {
				return
			}
		}
	}
}

func (c *Client) orderListing() listing.Listing[payment.Order] {
	return listing.Listing[payment.Order]{
		Name:  "orders",
		URL:   c.accountURL("shopping", "orders"),
		Query: url.Values{"limit": {strconv.Itoa(listing.PageSize)}},
		Page:  dinterojson.Orders,
		ID:    func(o *payment.Order) string { return o.ID },
	}
}

// withOperations reads the four collections of an order.
func (c *Client) withOperations(ctx context.Context, o payment.Order) (payment.Order, error) {
	if err := checkID(o.ID); err != nil {
		return payment.Order{}, fmt.Errorf("order %s: %w", dinterojson.Quote(o.ID), err)
	}
	for _, t := range []payment.OperationType{payment.Authorization, payment.Capture, payment.Refund, payment.Cancellation} {
		for rows, err := range listing.Pages(ctx, c.reader, c.operationListing(o.ID, t)) {
			if err != nil {
				return payment.Order{}, fmt.Errorf("order %s: %w", dinterojson.Quote(o.ID), err)
			}
			o.Operations = append(o.Operations, rows...)
		}
	}
	return o, nil
}

// operationListing is documented as one page; should Dintero come to name a next
// one, it is followed.
func (c *Client) operationListing(order string, t payment.OperationType) listing.Listing[payment.Operation] {
	return listing.Listing[payment.Operation]{
		Name: t.Collection(),
		URL:  c.accountURL("shopping", "orders", order, t.Collection()),
		Page: dinterojson.Operations(t),
	}
}
