package dinterojson

import (
	"cmp"

	"rapport/internal/payment"
)

// The fields of a wallet transaction that a report prints, and a card's two ids.
type (
	rawWallet struct {
		ID           scalar  `json:"id"`
		CardID       scalar  `json:"card_id"` // files only: over HTTP the path says it
		Type         scalar  `json:"type"`
		Amount       scalar  `json:"amount"`
		Currency     scalar  `json:"currency"`
		Reference    scalar  `json:"ref_id"`
		ParentID     scalar  `json:"parent_id"`
		OriginatedBy scalar  `json:"originated_by"`
		CreatedAt    instant `json:"created_at"`
	}
	rawGiftCard struct {
		CardID scalar `json:"card_id"`
		ID     scalar `json:"id"`
	}
)

func (r *rawWallet) name() (what, id string) { return "wallet transaction", r.ID.text }

func (r *rawGiftCard) name() (what, id string) { return "card", cmp.Or(r.CardID.text, r.ID.text) }

// convertWalletOf checks a wallet transaction of a known card.
func convertWalletOf(card string) converter[rawWallet, payment.WalletTransaction] {
	return func(c *checker, r *rawWallet) (payment.WalletTransaction, error) {
		w := payment.WalletTransaction{
			ID:           c.requiredText("id", r.ID),
			CardID:       card,
			Type:         c.requiredText("type", r.Type),
			Amount:       c.amount("amount", r.Amount),
			Currency:     c.currency("currency", r.Currency),
			Reference:    c.text("ref_id", r.Reference),
			ParentID:     c.text("parent_id", r.ParentID),
			OriginatedBy: c.text("originated_by", r.OriginatedBy),
			CreatedAt:    c.requiredTime("created_at", r.CreatedAt),
		}
		return w, c.result(r.name())
	}
}

// convertWallet checks a wallet transaction that names its card.
func convertWallet(c *checker, r *rawWallet) (payment.WalletTransaction, error) {
	card := c.requiredText("card_id", r.CardID)
	return convertWalletOf(card)(c, r)
}

// convertCard is the id that GET /cards/{card_id}/transactions wants.
func convertCard(c *checker, r *rawGiftCard) (string, error) {
	id := c.text("card_id", r.CardID)
	if id == "" {
		id = c.requiredText("id", r.ID)
	}
	return id, c.result(r.name())
}
