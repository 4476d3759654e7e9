package payment

import (
	"slices"
	"time"

	"rapport/internal/money"
)

// WalletTransaction is a movement on a gift card (Wallets API,
// GET /cards/{card_id}/transactions). Its type decides the sign of its amount.
type WalletTransaction struct {
	ID           string // id
	CardID       string // card_id, of the address where the row has none
	Type         string // type: fund, drawdown, pending_capture, voided; unknown ones are kept
	Amount       int64  // amount, minor units, not negative
	Currency     money.Currency
	Reference    string    // ref_id
	ParentID     string    // parent_id: the reservation that is captured or voided
	OriginatedBy string    // originated_by
	CreatedAt    time.Time // created_at; zero only with a Fault

	// Expired says that this is no movement but what is left on a card when it expires: ours, of the
	// card's expires_at, as Dintero has no movement of it.
	Expired bool

	Fault  error    // a field of money, time or currency that cannot be read; without a time, it may be of any
	Unread []string // describing fields that cannot be read and are blank
}

// GiftCard is what is read of a card besides its movements.
type GiftCard struct {
	ID        string    // card_id, else id
	ExpiresAt time.Time // expires_at; zero: it does not expire, or nobody can tell when
}

// Expiry is what is left on the card, in each currency, when it expires; movements are all of it.
func (c GiftCard) Expiry(movements []WalletTransaction) (left []WalletTransaction) {
	if c.ExpiresAt.IsZero() {
		return nil
	}
	for i := range movements {
		t := &movements[i]
		if t.Fault != nil || !t.CreatedAt.Before(c.ExpiresAt) || t.Type != WalletFund && t.Type != WalletDrawdown {
			continue
		}
		at := slices.IndexFunc(left, func(l WalletTransaction) bool { return l.Currency == t.Currency })
		if at < 0 {
			at, left = len(left), append(left, WalletTransaction{ID: "expired " + string(t.Currency), CardID: c.ID, Currency: t.Currency, CreatedAt: c.ExpiresAt, Expired: true})
		}
		sum, err := money.Add, error(nil)
		if t.Type == WalletDrawdown {
			sum = money.Sub
		}
		if left[at].Amount, err = sum(left[at].Amount, t.Amount); err != nil {
			left[at].Fault = err
		}
	}
	return slices.DeleteFunc(left, func(l WalletTransaction) bool { return l.Amount <= 0 && l.Fault == nil })
}

// The types of movements on gift cards.
const (
	WalletFund     = "fund"
	WalletDrawdown = "drawdown"
	WalletReserved = "pending_capture"
	WalletReleased = "voided"
)
