package payment

import (
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

	Fault  error    // a field of money, time or currency that cannot be read; without a time, it may be of any
	Unread []string // describing fields that cannot be read and are blank
}
