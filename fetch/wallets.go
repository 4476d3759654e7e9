package fetch

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"
)

// Wallets yields the movements of every gift card, deleted ones included, in the
// order of the listing. The API lists neither by period nor across cards; the period
// is cut by the caller.
func (c *Client) Wallets(ctx context.Context, _ Query) iter.Seq2[WalletTransaction, error] {
	return func(yield func(WalletTransaction, error) bool) {
		for cards, err := range pages(ctx, c, c.cardListing()) {
			if err != nil {
				yield(WalletTransaction{}, err)
				return
			}
			for movements, err := range inOrder(ctx, c.config.Concurrency, cards, c.cardMovements) {
				if err != nil {
					yield(WalletTransaction{}, err)
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
}

func (c *Client) cardListing() listing[rawCardID, string] {
	return listing[rawCardID, string]{
		name:    "cards",
		url:     c.accountURL("wallets", "cards"),
		query:   url.Values{"limit": {strconv.Itoa(pageSize)}, "include_deleted": {"true"}},
		key:     "cards",
		convert: cardID,
	}
}

// cardMovements reads the transactions of a card: one page, as documented.
func (c *Client) cardMovements(ctx context.Context, card string) ([]WalletTransaction, error) {
	if err := safeSegment(card); err != nil {
		return nil, fmt.Errorf("card %s: %w", shown(card), err)
	}
	l := listing[rawWallet, WalletTransaction]{
		name:    "transactions",
		url:     c.accountURL("wallets", "cards", card, "transactions"),
		convert: walletOfCard(card),
	}
	var all []WalletTransaction
	for rows, err := range pages(ctx, c, l) {
		if err != nil {
			return nil, fmt.Errorf("card %s: %w", shown(card), err)
		}
		all = append(all, rows...)
	}
	return all, nil
}
