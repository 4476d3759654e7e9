package pipeline

import (
	"rapport/fetch"
	"rapport/render"
	"rapport/reportconfig"
)

// walletRows is wallets/transactions: a row per movement on a gift card. Money loaded
// is positive, money used negative; a reservation and its release are no money yet, so
// they stand unsigned and outside the net.
type walletRows struct {
	period reportconfig.Period
}

var walletColumns = []column{
	{"time", render.Time, 1, dayRole}, {"type", render.Text, 1, 0}, {"transaction_id", render.Text, 3, 0}, {"card_id", render.Text, 1, 0},
	{"reference", render.Text, 2, 0}, {"parent_id", render.Text, 5, 0}, {"originated_by", render.Text, 4, 0},
	{"currency", render.Text, 2, 0}, {"amount", render.Money, 1, 0},
}

// Where the totals find what they need in a row of walletColumns.
const walletTime, walletAmount = 0, 8

func (k walletRows) shape() shape {
	return shape{
		columns: walletColumns,
		counted: []string{"issued", "used", "reserved", "released"},
		measures: []measure{
			{"summary.movements", true, []int{0, 1, 2, 3}}, {"summary.issued", false, []int{0}}, {"summary.used", false, []int{1}},
			{"summary.reserved", false, []int{2}}, {"summary.released", false, []int{3}}, {"summary.net", false, []int{0, 1}},
		},
		answer: answer{"summary.net_change", []int{0, 1}, []answerPart{
			{"summary.issued", "", 0}, {"summary.used", "", 1}, {"summary.reserved", "", 2}, {"summary.released", "", 3},
		}},
		words: map[string]wording{"type": named("wallet.")},
		empty: "document.empty_wallets", notes: []string{"document.wallet_note"},
	}
}

// movementEdition names a movement, whose copies are alike: it never changes.
func movementEdition(t *fetch.WalletTransaction) (id string, version int64) {
	return t.CardID + "\x00" + t.ID, t.CreatedAt.UnixNano()
}

// take makes the row of one movement.
func (k walletRows) take(c *collector, t *fetch.WalletTransaction) error {
	if !within(t.CreatedAt, k.period) {
		return nil
	}
	kind, amount := classOther, t.Amount
	switch t.Type {
	case "fund":
		kind = classFund
	case "drawdown":
		kind, amount = classDrawdown, -t.Amount
	case "pending_capture":
		kind = classReserved
	case "voided":
		kind = classReleased
	}
	return c.add(&row{
		at: t.CreatedAt, tie: t.ID, class: kind,
		cells: []render.Value{
			render.TimeOf(t.CreatedAt.In(c.zone)), text(t.Type), text(t.ID), text(t.CardID),
			text(t.Reference), text(t.ParentID), text(t.OriginatedBy),
			text(string(t.Currency)), render.MoneyOf(amount, t.Currency),
		},
	})
}
