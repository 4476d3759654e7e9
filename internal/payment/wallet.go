package payment

import (
	"cmp"
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
	ExpiresAt time.Time // expires_at; zero: it does not expire
	Fault     error     // why nobody can tell when it expires
}

// Expiry is what is left on the card, in each currency, when it expires; movements are all of it.
// What is reserved then is left to be captured, and expires when it is released instead.
func (c GiftCard) Expiry(movements []WalletTransaction) (all []WalletTransaction) {
	if c.Fault != nil && len(movements) > 0 {
		return []WalletTransaction{{ID: c.ID + " expires_at", CardID: c.ID, Expired: true, Fault: c.Fault}}
	}
	if c.ExpiresAt.IsZero() {
		return nil
	}
	expired := func(id string, t *WalletTransaction, at time.Time) WalletTransaction {
		return WalletTransaction{ID: "expired " + id, CardID: c.ID, Currency: t.Currency, CreatedAt: at, Expired: true}
	}
	left, reserved := []WalletTransaction{}, map[money.Currency]int64{}
	for i := range movements {
		t := &movements[i]
		owed, held := t.Debt()
		if t.Fault != nil || owed == 0 && held == 0 || !t.CreatedAt.Before(c.ExpiresAt) {
			continue
		}
		at := slices.IndexFunc(left, func(l WalletTransaction) bool { return l.Currency == t.Currency })
		if at < 0 {
			at, left = len(left), append(left, expired(string(t.Currency), t, c.ExpiresAt))
		}
		sum, err := money.Sub(owed, held)
		if err == nil {
			sum, err = money.Add(left[at].Amount, sum)
		}
		left[at].Amount, left[at].Fault = sum, cmp.Or(left[at].Fault, err)
		reserved[t.Currency] += held
	}
	for i := range movements {
		t := &movements[i]
		if t.Fault != nil || t.CreatedAt.Before(c.ExpiresAt) || reserved[t.Currency] <= 0 {
			continue
		}
		_, held := t.Debt()
		freed := min(max(-held, 0), reserved[t.Currency])
		reserved[t.Currency] -= freed
		if t.Type == WalletReleased && freed > 0 {
			one := expired(t.ID, t, t.CreatedAt)
			one.Amount = freed
			left = append(left, one)
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

// Debt is by how much a movement changes what is owed to the holder, and what of it is reserved. A
// reservation that is captured is a use with a parent.
func (t *WalletTransaction) Debt() (owed, reserved int64) {
	switch t.Type {
	case WalletFund:
		return t.Amount, 0
	case WalletDrawdown:
		if t.ParentID != "" {
			return -t.Amount, -t.Amount
		}
		return -t.Amount, 0
	case WalletReserved:
		return 0, t.Amount
	case WalletReleased:
		return 0, -t.Amount
	}
	return 0, 0
}
