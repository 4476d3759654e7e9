package dinterojson

import (
	"cmp"
	"time"

	"rapport/fetch/internal/jsonscan"
	"rapport/internal/payment"
)

// The fields of a wallet transaction that a report prints, and a card's two ids.
type (
	rawWallet struct {
		ID           jsonscan.Scalar
		CardID       jsonscan.Scalar // files only: over HTTP the path says it
		Type         jsonscan.Scalar
		Amount       jsonscan.Scalar
		Currency     jsonscan.Scalar
		Reference    jsonscan.Scalar
		ParentID     jsonscan.Scalar
		OriginatedBy jsonscan.Scalar
		CreatedAt    jsonscan.Instant
	}
	rawGiftCard struct {
		CardID  jsonscan.Scalar
		ID      jsonscan.Scalar
		Expires jsonscan.Instant
	}
)

func (r *rawWallet) Named(err error) error {
	return payment.Named("wallet transaction", r.ID.Plain(), err)
}

func (r *rawGiftCard) Named(err error) error {
	return payment.Named("card", cmp.Or(r.CardID.Plain(), r.ID.Plain()), err)
}

func (r *rawWallet) Scan(s *jsonscan.Scanner) { jsonscan.ScanObject(s, walletFields, r, nil) }

func (r *rawGiftCard) Scan(s *jsonscan.Scanner) { jsonscan.ScanObject(s, giftCardFields, r, nil) }

// The fields of the raw types.
var (
	walletFields = []jsonscan.Field[rawWallet]{
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawWallet) { s.Scalar(&r.ID) }},
		{Name: "card_id", Scan: func(s *jsonscan.Scanner, r *rawWallet) { s.Scalar(&r.CardID) }},
		{Name: "type", Scan: func(s *jsonscan.Scanner, r *rawWallet) { s.Scalar(&r.Type) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawWallet) { s.Scalar(&r.Amount) }},
		{Name: "currency", Scan: func(s *jsonscan.Scanner, r *rawWallet) { s.Scalar(&r.Currency) }},
		{Name: "ref_id", Scan: func(s *jsonscan.Scanner, r *rawWallet) { s.Scalar(&r.Reference) }},
		{Name: "parent_id", Scan: func(s *jsonscan.Scanner, r *rawWallet) { s.Scalar(&r.ParentID) }},
		{Name: "originated_by", Scan: func(s *jsonscan.Scanner, r *rawWallet) { s.Scalar(&r.OriginatedBy) }},
		{Name: "created_at", Scan: func(s *jsonscan.Scanner, r *rawWallet) { s.Instant(&r.CreatedAt) }},
	}
	giftCardFields = []jsonscan.Field[rawGiftCard]{
		{Name: "card_id", Scan: func(s *jsonscan.Scanner, r *rawGiftCard) { s.Scalar(&r.CardID) }},
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawGiftCard) { s.Scalar(&r.ID) }},
		{Name: "expires_at", Scan: func(s *jsonscan.Scanner, r *rawGiftCard) { s.Instant(&r.Expires) }},
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
			return w, r.Named(fault)
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

// convertCard is the id that GET /cards/{card_id}/transactions wants, and when the card expires.
func convertCard(c *checker, r *rawGiftCard) (payment.GiftCard, error) {
	card := payment.GiftCard{ID: c.id("card_id", r.CardID)}
	if card.ID == "" {
		card.ID = c.requiredID("id", r.ID)
	}
	if c.fault != nil {
		return card, r.Named(c.fault)
	}
	card.ExpiresAt = c.time("expires_at", r.Expires)
	if card.Fault = c.fault; card.Fault != nil {
		card.ExpiresAt = time.Time{}
	}
	return card, nil
}
