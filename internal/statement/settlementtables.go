package statement

import (
	"cmp"
	"strconv"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/settlement"
)

// settlementTables shows them in tables.
type settlementTables struct{ settlementTexts }

// maxPayouts is how many payouts have a line of their own before the rows.
const maxPayouts = 40

// payoutTable is what is expected in the bank: a line for each transfer.
func (t settlementTables) payoutTable() content.Table {
	words, rows := t.words(), t.PaidRows()
	codes := map[money.Currency]bool{}
	sums := [4]int64{} // captured, refunded, fees, net
	for _, row := range rows {
		codes[row.Currency] = true
		for i, minor := range []int64{row.Capture, -row.Refund, row.Fee, row.Amount} {
			sums[i] += minor // the totals have added them up with a check
		}
	}
	out := content.Table{Title: words.Word("summary.payouts"), Head: []string{words.Word("column.settled_at")}, Right: []bool{false}}
	head := func(key string, right bool) {
		out.Head, out.Right = append(out.Head, words.Word(key)), append(out.Right, right)
	}
	head("column.provider", false)
	head("column.provider_reference", false)
	if len(codes) > 1 {
		head("column.currency", false)
	}
	for _, key := range []string{"column.captured", "column.refunded", "column.fee", "column.net"} {
		head(key, true)
	}
	for _, row := range rows {
		cells := []string{words.Date(row.Day), t.partyName(row.Provider, row.PayoutDestination), cmp.Or(row.ProviderReference, row.ID)}
		if len(codes) > 1 {
			cells = append(cells, string(row.Currency))
		}
		for _, minor := range []int64{row.Capture, -row.Refund, row.Fee, row.Amount} {
			cells = append(cells, t.number(minor, row.Currency))
		}
		out.Rows = append(out.Rows, cells)
	}
	if len(rows) > 1 && len(codes) == 1 {
		cells := make([]string, len(out.Head)-len(sums))
		cells[0] = words.Word("summary.sum")
		for _, minor := range sums {
			cells = append(cells, t.number(minor, rows[0].Currency))
		}
		out.Rows, out.Total = append(out.Rows, cells), true
	}
	return out.Shortened(maxPayouts)
}

// waitingTable names what is postponed, with how much and since when.
func (t settlementTables) waitingTable() content.Table {
	words := t.words()
	out := content.Table{Title: words.Word("summary.postponed"), Right: []bool{false, false, true}, Head: []string{words.Word("summary.since"), words.Word("summary.settlement"), words.Word("column.net")}}
	for _, w := range t.Waiting {
		name := t.settlementName(w.Provider, w.Reference, w.ID)
		if w.Seller != "" {
			name += ", " + w.Seller
		}
		out.Rows = append(out.Rows, []string{words.Date(w.Day), name, t.amount(w.Amount, w.Currency)})
	}
	return out
}

// ageTable says how old what is not settled is.
func (t settlementTables) ageTable() content.Table {
	words := t.words()
	out := content.Table{Title: words.Word("summary.not_settled_by_age"), Right: []bool{false}, Head: []string{words.Word("summary.age")}}
	for _, a := range t.Ages {
		out.Head, out.Right = append(out.Head, string(a.Currency)), append(out.Right, true)
	}
	if len(t.Ages) == 0 {
		return out
	}
	for i, bucket := range ageBuckets() {
		cells, any := []string{words.Word("age." + bucket)}, false
		for _, a := range t.Ages {
			cells = append(cells, t.number(a.Amounts[i], a.Currency))
			any = any || a.Amounts[i] != 0
		}
		if any {
			out.Rows = append(out.Rows, cells)
		}
	}
	return out
}

// leftOutTable names what is not booked, and why.
func (t settlementTables) leftOutTable() content.Table {
	words := t.words()
	out := content.Table{Title: words.Word("summary.left_out"), Right: []bool{false, true, false}, Head: []string{words.Word("summary.settlement"), words.Word("column.net"), words.Word("summary.reason")}}
	for _, l := range t.Booking.LeftOut {
		out.Rows = append(out.Rows, []string{t.settlementName(l.Provider, l.ProviderReference, l.ID), t.words().MoneyByCode(money.Amount{Minor: l.Amount, Currency: l.Currency}), t.leftOutReason(l)})
	}
	return out
}

// changedTable shows settlements that were told of otherwise, side by side.
func (t settlementTables) changedTable() content.Table {
	words := t.words()
	out := content.Table{Title: words.Word("summary.changed_settlements"), Right: []bool{false, true, true}, Head: []string{words.Word("summary.settlement"), words.Word("summary.told"), words.Word("summary.now")}}
	for _, c := range t.Changed {
		state := func(told settlement.Told, postponed bool) string {
			text := t.amount(told.Amount, told.Currency)
			if postponed {
				text += ", " + strings.ToLower(words.Word("payment_status.postponed"))
			}
			return text
		}
		out.Rows = append(out.Rows, []string{t.settlementName(c.Now.Provider, c.Now.Reference, c.Now.ID), state(c.Before, c.Before.Standing == settlement.Postponed), state(c.Now, c.Now.Standing == settlement.Postponed)})
	}
	return out
}

// bookingFact says what an accounting system is given.
func (t settlementTexts) bookingFact() content.Fact {
	b := t.Booking
	if b.Format == "" {
		return content.Fact{}
	}
	words := t.words()
	value := words.Word("booking.none")
	if n := len(b.Vouchers); n > 0 {
		numbers := strconv.Itoa(b.Vouchers[0].Number)
		if n > 1 {
			numbers += "–" + strconv.Itoa(b.Vouchers[n-1].Number)
		}
		value = words.Count("booking.vouchers", int64(n), numbers, b.Format, b.Bank)
	}
	return content.Fact{Label: words.Word("document.vouchers"), Value: value}
}

// notes are what a reader must know to read the figures right.
func (t settlementTexts) notes() (out []string) {
	words := t.words()
	switch {
	case t.Computed:
		out = append(out, words.Word("bridge.computed", strconv.Itoa(settlement.FirstLookBack)))
	case t.Gap:
		out = append(out, words.Word("bridge.gap", words.Date(t.PreviousEnd.In(t.fs.Location))))
	}
	if t.Moved {
		out = append(out, words.Word("bridge.moved"))
	}
	if t.LateMovements > 0 {
		out = append(out, words.Count("bridge.late_events", int64(t.LateMovements)))
	}
	late, silent := 0, 0
	for i := range t.Rows {
		if t.Rows[i].Late {
			late++
		}
		if t.Rows[i].PaymentStatus == "" {
			silent++
		}
	}
	if late > 0 {
		out = append(out, words.Count("bridge.late_settlements", int64(late)))
	}
	if silent > 0 {
		out = append(out, words.Count("bridge.no_status", int64(silent)))
	}
	return out
}
