package dinterojson

import (
	"cmp"

	"rapport/internal/payment"
)

// The fields of a wallet transaction that a report prints, and a card's two ids.
type (
	rawWallet struct {
		ID           scalar
		CardID       scalar // files only: over HTTP the path says it
		Type         scalar
		Amount       scalar
		Currency     scalar
		Reference    scalar
		ParentID     scalar
		OriginatedBy scalar
		CreatedAt    instant
	}
	rawGiftCard struct {
		CardID  scalar
		ID      scalar
		Expires instant
	}
)

func (r *rawWallet) name() (what, id string) { return "wallet transaction", r.ID.plain() }

func (r *rawGiftCard) name() (what, id string) { return "card", cmp.Or(r.CardID.plain(), r.ID.plain()) }

func (r *rawWallet) scan(s *scanner) { scanObject(s, walletFields, r, nil) }

func (r *rawGiftCard) scan(s *scanner) { scanObject(s, giftCardFields, r, nil) }

// The fields of the raw types.
var (
	walletFields = []field[rawWallet]{
		{"id", func(s *scanner, r *rawWallet) { s.scalar(&r.ID) }},
		{"card_id", func(s *scanner, r *rawWallet) { s.scalar(&r.CardID) }},
		{"type", func(s *scanner, r *rawWallet) { s.scalar(&r.Type) }},
		{"amount", func(s *scanner, r *rawWallet) { s.scalar(&r.Amount) }},
		{"currency", func(s *scanner, r *rawWallet) { s.scalar(&r.Currency) }},
		{"ref_id", func(s *scanner, r *rawWallet) { s.scalar(&r.Reference) }},
		{"parent_id", func(s *scanner, r *rawWallet) { s.scalar(&r.ParentID) }},
		{"originated_by", func(s *scanner, r *rawWallet) { s.scalar(&r.OriginatedBy) }},
		{"created_at", func(s *scanner, r *rawWallet) { s.instant(&r.CreatedAt) }},
	}
	giftCardFields = []field[rawGiftCard]{
		{"card_id", func(s *scanner, r *rawGiftCard) { s.scalar(&r.CardID) }},
		{"id", func(s *scanner, r *rawGiftCard) { s.scalar(&r.ID) }},
		{"expires_at", func(s *scanner, r *rawGiftCard) { s.instant(&r.Expires) }},
	}
)

// convertWalletOf checks a wallet transaction of a known card. Only one without an id is an
// error, as nobody could tell its copies apart.
func convertWalletOf(card string) converter[rawWallet, payment.WalletTransaction] {
	return func(c *checker, r *rawWallet) (payment.WalletTransaction, error) {
		over := c.begun()
		w := payment.WalletTransaction{ID: c.requiredText("id", r.ID), CardID: card}
		if card == "" {
			w.CardID = c.requiredText("card_id", r.CardID)
		}
		if fault := c.ended(over); fault != nil {
			what, id := r.name()
			return w, payment.Named(what, id, fault)
		}
		w.Type = c.requiredID("type", r.Type)
		w.Amount = c.amount("amount", r.Amount)
		w.Currency = c.currency("currency", r.Currency)
		w.Reference = c.text("ref_id", r.Reference)
		w.ParentID = c.text("parent_id", r.ParentID)
		w.OriginatedBy = c.text("originated_by", r.OriginatedBy)
		w.CreatedAt = c.requiredTime("created_at", r.CreatedAt)
		w.Fault, w.Unread = c.fault, c.unread
		return w, nil
	}
}

// convertCard is the id that GET /cards/{card_id}/transactions wants, and when the card expires. A
// time that cannot be read is none: it only describes.
func convertCard(c *checker, r *rawGiftCard) (payment.GiftCard, error) {
	card := payment.GiftCard{ID: c.id("card_id", r.CardID)}
	if card.ID == "" {
		card.ID = c.requiredID("id", r.ID)
	}
	if c.fault != nil {
		what, name := r.name()
		return card, payment.Named(what, name, c.fault)
	}
	if r.Expires.kind == '"' && r.Expires.err == nil {
		card.ExpiresAt = r.Expires.at
	}
	return card, nil
}
