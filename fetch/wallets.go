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

// Wallets yields the movements of every gift card, deleted ones included, in the
// order of the listing. The API lists neither by period nor across cards; the period
// is cut by the caller.
func (c *Client) Wallets(ctx context.Context, _ payment.Query) iter.Seq2[payment.WalletTransaction, error] {
	return func(yield func(payment.WalletTransaction, error) bool) {
		all := func(*string) bool { return true }
		for movements, err := range listing.Details(ctx, c.reader, c.cardListing(), all, c.cardMovements) {
			if err != nil {
				yield(payment.WalletTransaction{}, c.api.Shown(err))
				return
			}
			for _, w := range movements {
				if !yield(w, nil) {
					return
				}
			}
		}
	}
}

func (c *Client) cardListing() listing.Listing[string] {
	return listing.Listing[string]{
		Name:  "cards",
		URL:   c.accountURL("wallets", "cards"),
		Query: url.Values{"limit": {strconv.Itoa(listing.PageSize)}, "include_deleted": {"true"}},
		Page:  dinterojson.Cards,
	}
}

// cardMovements reads the transactions of a card: one page, as documented.
func (c *Client) cardMovements(ctx context.Context, card string) (all []payment.WalletTransaction, err error) {
	if err := checkID(card); err != nil {
		return nil, fmt.Errorf("card %s: %w", dinterojson.Quote(card), err)
	}
	l := listing.Listing[payment.WalletTransaction]{
		Name: "transactions",
		URL:  c.accountURL("wallets", "cards", card, "transactions"),
		Page: dinterojson.CardTransactions(card),
	}
	for rows, err := range listing.Pages(ctx, c.reader, l) {
		if err != nil {
			return nil, fmt.Errorf("card %s: %w", dinterojson.Quote(card), err)
		}
		all = append(all, rows...)
	}
	return all, nil
}
