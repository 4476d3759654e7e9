package report

import (
	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/payment"
)

func (k walletReport) Count(t *Totals, r *Row) error {
	measure, ok := map[class]int{classFund: 0, classDrawdown: 1, classReserved: 2, classReleased: 3}[r.class]
	amount := r.Cells[walletAmount]
	if !ok { // a type that Dintero invents tomorrow is shown and counted, but is no money of ours
		if amount.Number != 0 {
			if err := t.AddUnknown(&Row{Cells: []content.Value{r.Cells[walletType], amount}}); err != nil {
				return err
			}
		}
		measure, amount.Number = 0, 0
	}
	if err := t.addCard(r); err != nil {
		return err
	}
	var p groupKeys
	p.in(PerCurrency, "")
	t.addTime(&p, k.period, r.Cells[walletTime].Time)
	return t.Add(measure, 1, amount, &p)
}

// walletReport is wallets/transactions: a row per movement on a gift card. Money loaded
// is positive, money used negative; a reservation and its release are no money yet, so
// they stand unsigned and outside the net.
type walletReport struct {
	period calendar.Period
}

var walletColumns = []Column{
	{"time", content.Time, 1, dayRole}, {"type", content.Text, 1, 0}, {"transaction_id", content.Text, 3, 0}, {"card_id", content.Text, 1, 0},
	{"reference", content.Text, 2, 0}, {"parent_id", content.Text, 5, 0}, {"originated_by", content.Text, 4, 0},
	{"currency", content.Text, 2, 0}, {"amount", content.Money, 1, 0},
}

// Where the totals find what they need in a row of walletColumns.
const walletTime, walletType, walletParent, walletAmount = 0, 1, 5, 8

func (k walletReport) Layout() Layout {
	return Layout{
		Columns:  walletColumns,
		Ledgered: []string{"issued", "used", "reserved", "released"},
		Measures: []Measure{
			{"summary.movements", true, []int{0, 1, 2, 3}}, {"summary.issued", false, []int{0}}, {"summary.used", false, []int{1}},
			{"summary.reserved", false, []int{2}}, {"summary.released", false, []int{3}}, {"summary.net", false, []int{0, 1}},
		},
		Answer: Answer{"summary.net_change", []int{0, 1}, []AnswerPart{
			{"summary.issued", "", 0}, {"summary.used", "", 1}, {"summary.reserved", "", 2}, {"summary.released", "", 3},
		}},
		words: map[string]Wording{"type": nameWithPrefix("wallet.")},
		Empty: "document.empty_wallets", Notes: []string{"document.wallet_note"},
	}
}

// MovementVersion names a movement, whose copies are alike: it never changes.
func MovementVersion(t *payment.WalletTransaction) (id string, version int64) {
	return t.CardID + "\x00" + t.ID, t.CreatedAt.UnixNano()
}

// AppendRows makes the row of one movement. What was before the period counts in what is owed.
func (k walletReport) AppendRows(c *Collector, t *payment.WalletTransaction) error {
	if t.CreatedAt.Before(k.period.From) && !t.CreatedAt.IsZero() || t.Expired && t.CreatedAt.Before(k.period.To) {
		return k.appendBefore(c, t)
	}
	if t.Expired || !k.period.Contains(t.CreatedAt) && (t.Fault == nil || !t.CreatedAt.IsZero()) {
		return nil
	}
	if t.Fault != nil {
		return payment.Named("wallet transaction", t.ID, t.Fault)
	}
	kind, amount := classOther, t.Amount
	switch t.Type {
	case payment.WalletFund:
		kind = classFund
	case payment.WalletDrawdown:
		kind, amount = classDrawdown, -t.Amount
	case payment.WalletReserved:
		kind = classReserved
	case payment.WalletReleased:
		kind = classReleased
	}
	return c.Add(&Row{
		at: t.CreatedAt, tie: t.ID, class: kind,
		Cells: []content.Value{
			content.TimeOf(t.CreatedAt.In(c.Zone)), textCell(t.Type), textCell(t.ID), textCell(t.CardID),
			textCell(t.Reference), textCell(t.ParentID), textCell(t.OriginatedBy),
			textCell(string(t.Currency)), content.MoneyOf(amount, t.Currency),
		},
	})
}
