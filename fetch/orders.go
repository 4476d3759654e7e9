package fetch

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
)

// Orders yields the orders with their operations, in the order of the listing. No
// listing by period exists: every order is listed, and those that were last updated
// before From are left out, on the assumption that an operation updates its order.
func (c *Client) Orders(ctx context.Context, q Query) iter.Seq2[Order, error] {
	return func(yield func(Order, error) bool) {
		for rows, err := range pages(ctx, c, c.orderListing()) {
			if err != nil {
				yield(Order{}, err)
				return
			}
			rows = slices.DeleteFunc(rows, func(o Order) bool {
				return !o.UpdatedAt.IsZero() && o.UpdatedAt.Before(q.From)
			})
			for o, err := range inOrder(ctx, c.config.Concurrency, rows, c.withOperations) {
				if !yield(o, err) || err != nil {
					return
				}
			}
		}
	}
}

func (c *Client) orderListing() listing[rawOrder, Order] {
	return listing[rawOrder, Order]{
		name:    "orders",
		url:     c.accountURL("shopping", "orders"),
		query:   url.Values{"limit": {strconv.Itoa(pageSize)}},
		key:     "orders",
		convert: order,
		id:      func(o *Order) string { return o.ID },
	}
}

// withOperations reads the four collections of an order.
func (c *Client) withOperations(ctx context.Context, o Order) (Order, error) {
	if err := safeSegment(o.ID); err != nil {
		return Order{}, fmt.Errorf("order %s: %w", shown(o.ID), err)
	}
	for _, t := range []OperationType{Authorization, Capture, Refund, Cancellation} {
		for rows, err := range pages(ctx, c, c.operationListing(o.ID, t)) {
			if err != nil {
				return Order{}, fmt.Errorf("order %s: %w", shown(o.ID), err)
			}
			o.Operations = append(o.Operations, rows...)
		}
	}
	return o, nil
}

// operationListing is documented as one page; should Dintero come to name a next
// one, it is followed.
func (c *Client) operationListing(order string, t OperationType) listing[rawOperation, Operation] {
	return listing[rawOperation, Operation]{
		name:    t.Collection(),
		url:     c.accountURL("shopping", "orders", order, t.Collection()),
		key:     t.Collection(),
		convert: operationOf(t),
	}
}

// accountURL is an address of the account at the API host.
func (c *Client) accountURL(segments ...string) string {
	address := c.config.APIURL + "/accounts/" + url.PathEscape(c.config.Account)
	for _, s := range segments {
		address += "/" + url.PathEscape(s)
	}
	return address
}

// safeSegment refuses an id that would lead to another address.
func safeSegment(id string) error {
	if id == "." || id == ".." {
		return fmt.Errorf("the id %q cannot be part of an address", id)
	}
	return nil
}
