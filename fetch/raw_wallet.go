package fetch

import "cmp"

// The fields of a wallet transaction that a report prints, and a card's two ids.
type (
	rawWallet struct {
		ID           leaf    `json:"id"`
		CardID       leaf    `json:"card_id"` // files only: over HTTP the path says it
		Type         leaf    `json:"type"`
		Amount       leaf    `json:"amount"`
		Currency     leaf    `json:"currency"`
		Reference    leaf    `json:"ref_id"`
		ParentID     leaf    `json:"parent_id"`
		OriginatedBy leaf    `json:"originated_by"`
		CreatedAt    instant `json:"created_at"`
	}
	rawCardID struct {
		CardID leaf `json:"card_id"`
		ID     leaf `json:"id"`
	}
)

func (r *rawWallet) name() (what, id string) { return "wallet transaction", r.ID.text }

func (r *rawCardID) name() (what, id string) { return "card", cmp.Or(r.CardID.text, r.ID.text) }

// walletOfCard checks a wallet transaction of a known card.
func walletOfCard(card string) rowConverter[rawWallet, WalletTransaction] {
	return func(c *checker, r *rawWallet) (WalletTransaction, error) {
		w := WalletTransaction{
			ID:           c.name("id", r.ID),
			CardID:       card,
			Type:         c.name("type", r.Type),
			Amount:       c.amount("amount", r.Amount),
			Currency:     c.currency("currency", r.Currency),
			Reference:    c.text("ref_id", r.Reference),
			ParentID:     c.text("parent_id", r.ParentID),
			OriginatedBy: c.text("originated_by", r.OriginatedBy),
			CreatedAt:    c.moment("created_at", r.CreatedAt),
		}
		return w, c.result(r.name())
	}
}

// wholeWallet checks a wallet transaction that names its card.
func wholeWallet(c *checker, r *rawWallet) (WalletTransaction, error) {
	card := c.name("card_id", r.CardID)
	return walletOfCard(card)(c, r)
}

// cardID is what GET /cards/{card_id}/transactions wants.
func cardID(c *checker, r *rawCardID) (string, error) {
	id := c.text("card_id", r.CardID)
	if id == "" {
		id = c.name("id", r.ID)
	}
	return id, c.result(r.name())
}
