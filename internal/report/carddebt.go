package report

import (
	"fmt"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/payment"
)

// CardDebt is what is owed to the holders of gift cards in one currency, minor units:
// Opening + Loaded − Used − Expired = Closing, of which Reserved is reserved at the end.
type CardDebt struct{ Opening, Loaded, Used, Expired, Closing, Reserved int64 }

// appendBefore makes the row, which is printed nowhere, of a movement that changes what is owed and
// is none of the period's: one before it, or the expiry of a card.
func (k walletReport) appendBefore(c *Collector, t *payment.WalletTransaction) error {
	r := Row{at: t.CreatedAt, tie: t.ID, class: classBefore}
	if t.Fault != nil {
		r.class, r.Cells = classUnread, []content.Value{content.TextOf(t.ID)}
		return c.Add(&r)
	}
	owed, reserved := t.Debt()
	if t.Expired {
		owed = -t.Amount
		if k.period.Contains(t.CreatedAt) {
			r.class = classExpired
		}
	}
	if owed == 0 && reserved == 0 {
		return nil
	}
	r.Cells = []content.Value{content.MoneyOf(owed, t.Currency), content.MoneyOf(reserved, t.Currency)}
	return c.Add(&r)
}

// AddCards takes a row that is printed nowhere.
func (t *Totals) AddCards(r *Row) error {
	if r.class == classUnread {
		if t.UnreadCards == "" {
			t.UnreadCards = strings.Clone(r.Cells[0].Text)
		}
		return nil
	}
	d := t.cards(r.Cells[0].Code)
	amount := r.Cells[0].Number
	if r.class == classExpired {
		return d.add(&d.Expired, -amount, amount, r.Cells[1].Number)
	}
	return d.add(&d.Opening, amount, amount, r.Cells[1].Number)
}

// addCard takes a movement of the period.
func (t *Totals) addCard(r *Row) error {
	amount, captured := r.Cells[walletAmount], r.Cells[walletParent].Text != ""
	d := t.cards(amount.Code)
	switch r.class {
	case classFund:
		return d.add(&d.Loaded, amount.Number, amount.Number, 0)
	case classDrawdown:
		if captured {
			return d.add(&d.Used, -amount.Number, amount.Number, amount.Number)
		}
		return d.add(&d.Used, -amount.Number, amount.Number, 0)
	case classReserved:
		return d.add(&d.Used, 0, 0, amount.Number)
	case classReleased:
		return d.add(&d.Used, 0, 0, -amount.Number)
	}
	return nil
}

func (t *Totals) cards(code money.Currency) *CardDebt {
	if t.Cards[code] == nil {
		t.Cards[money.Currency(strings.Clone(string(code)))] = &CardDebt{}
	}
	return t.Cards[code]
}

// add adds to one of the figures, and to what is owed and reserved at the end.
func (d *CardDebt) add(to *int64, amount, owed, reserved int64) error {
	for _, sum := range []struct {
		to   *int64
		more int64
	}{{to, amount}, {&d.Closing, owed}, {&d.Reserved, reserved}} {
		total, err := money.Add(*sum.to, sum.more)
		if err != nil {
			return fmt.Errorf("what is owed to card holders: %w", err)
		}
		*sum.to = total
	}
	return nil
}
