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
		all := func(*payment.GiftCard) bool { return true }
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

func (c *Client) cardListing() listing.Listing[payment.GiftCard] {
	return listing.Listing[payment.GiftCard]{
		Name:  "cards",
		URL:   c.accountURL("wallets", "cards"),
		Query: url.Values{"limit": {strconv.Itoa(listing.PageSize)}, "include_deleted": {"true"}},
		Page:  dinterojson.Cards,
	}
}

// cardMovements reads the transactions of a card: one page, as documented. What is left on it when
// it expires comes last.
func (c *Client) cardMovements(ctx context.Context, card payment.GiftCard) (all []payment.WalletTransaction, err error) {
	if err := checkID(card.ID); err != nil {
		return nil, fmt.Errorf("card %s: %w", dinterojson.Quote(card.ID), err)
	}
	l := listing.Listing[payment.WalletTransaction]{
		Name: "transactions",
		URL:  c.accountURL("wallets", "cards", card.ID, "transactions"),
		Page: dinterojson.CardTransactions(card.ID),
	}
	for rows, err := range listing.Pages(ctx, c.reader, l) {
		if err != nil {
			return nil, fmt.Errorf("card %s: %w", dinterojson.Quote(card.ID), err)
		}
		all = append(all, rows...)
	}
	return append(all, card.Expiry(all)...), nil
}
