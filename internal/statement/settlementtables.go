package statement

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/settlement"
)

// settlementTables shows them in tables.
type settlementTables struct{ settlementTexts }

// linesBeforePayouts is how many lines a bridge may have to stand before what is paid out and still
// leave that on page one.
const linesBeforePayouts = 4

// maxPayouts is how many payouts have a line of their own before the rows.
const maxPayouts = 40

// rowFigures are what a row of a table comes to.
type rowFigures struct {
	code  money.Currency
	minor []int64
}

// rank says which rows of a table are the largest, by their largest figure, and what stands for the
// others where it is cut: a row of each currency, which line makes of how many they are and their sums.
func (t settlementTables) rank(out *content.Table, rows []rowFigures, line func(more string, sum rowFigures) []string) error {
	sizes := make([]float64, len(rows))
	for i, row := range rows {
		digits, _ := row.code.Decimals()
		for _, minor := range row.minor {
			sizes[i] = max(sizes[i], math.Abs(float64(minor))/math.Pow10(digits))
		}
	}
	counts, sums := map[money.Currency]int64{}, map[money.Currency][]int64{}
	add := func(i int) (err error) {
		code := rows[i].code
		counts[code]++
		if sums[code] == nil {
			sums[code] = make([]int64, len(rows[i].minor))
		}
		for k, minor := range rows[i].minor {
			if sums[code][k], err = money.Add(sums[code][k], minor); err != nil {
				return fmt.Errorf("%s: %w", out.Title, err)
			}
		}
		return nil
	}
	return out.RankRows(sizes, add, func() (rest [][]string, err error) {
		for _, code := range slices.SortedFunc(maps.Keys(counts), t.fs.compareCurrencies()) {
			rest = append(rest, line(t.words().Word("document.more", t.words().Int(counts[code])), rowFigures{code, sums[code]}))
		}
		return rest, nil
	})
}

// all are those that have rows.
func (t settlementTables) all() ([]content.Table, error) {
	lines, err := t.lineTables()
	if err != nil {
		return nil, err
	}
	var answers []content.Table
	for _, table := range []func() (content.Table, error){t.payoutTable, t.waitingTable, t.leftOutTable, t.changedTable} {
		made, err := table()
		if err != nil {
			return nil, err
		}
		answers = append(answers, made)
	}
	answers = append(answers, t.ageTable())
	if len(t.Lines) <= linesBeforePayouts {
		answers = append(lines, answers...)
	} else {
		answers = append(answers, lines...)
	}
	return slices.DeleteFunc(append([]content.Table{t.sumTable()}, answers...), func(t content.Table) bool { return len(t.Rows) == 0 }), nil
}

// payoutTable is what is expected in the bank: a line for each transfer.
func (t settlementTables) payoutTable() (content.Table, error) {
	words, paid := t.words(), t.PaidRows()
	codes := map[money.Currency]bool{}
	sum, rows := rowFigures{minor: make([]int64, 4)}, make([]rowFigures, len(paid))
	for i, row := range paid {
		codes[row.Currency] = true
		rows[i] = rowFigures{row.Currency, []int64{row.Capture, -row.Refund, row.Fee, row.Amount}}
		for k, minor := range rows[i].minor {
			sum.minor[k] += minor // the totals have added them up with a check
		}
		sum.code = row.Currency
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
	line := func(figures rowFigures, cells ...string) []string {
		if len(codes) > 1 {
			cells = append(cells, string(figures.code))
		}
		return append(cells, t.numbers(figures)...)
	}
	for i, row := range paid {
		out.Rows = append(out.Rows, line(rows[i], words.Date(row.Day), t.partyName(row.Provider, row.PayoutDestination), cmp.Or(row.ProviderReference, row.ID)))
	}
	if err := t.rank(&out, rows, func(more string, sum rowFigures) []string { return line(sum, more, "", "") }); err != nil {
		return out, err
	}
	if len(paid) > 1 && len(codes) == 1 {
		out.Rows, out.Total = append(out.Rows, line(sum, words.Word("summary.sum"), "", "")), true
	}
	if len(paid) > maxPayouts {
		return out.Shortened(maxPayouts - 1), nil
	}
	return out, nil
}

func (t settlementTables) numbers(row rowFigures) []string {
	cells := make([]string, len(row.minor))
	for i, minor := range row.minor {
		cells[i] = t.number(minor, row.code)
	}
	return cells
}

// waitingTable names what is postponed, with how much and since when.
func (t settlementTables) waitingTable() (content.Table, error) {
	words := t.words()
	out := content.Table{Title: words.Word("summary.postponed"), Right: []bool{false, false, true}, Head: []string{words.Word("summary.since"), words.Word("summary.settlement"), words.Word("column.net")}}
	rows := make([]rowFigures, len(t.Waiting))
	for i, w := range t.Waiting {
		name := t.settlementName(w.Provider, w.Reference, w.ID)
		if w.Seller != "" {
			name += ", " + w.Seller
		}
		rows[i] = rowFigures{w.Currency, []int64{w.Amount}}
		out.Rows = append(out.Rows, []string{words.Date(w.Day), name, t.amount(w.Amount, w.Currency)})
	}
	return out, t.rank(&out, rows, func(more string, sum rowFigures) []string {
		return []string{more, "", t.amount(sum.minor[0], sum.code)}
	})
}

// ageTable says how old what is not settled is.
func (t settlementTables) ageTable() content.Table {
	words, ages := t.words(), t.ages()
	out := content.Table{Title: words.Word("summary.not_settled_by_age"), Right: []bool{false}, Head: []string{words.Word("summary.age")}}
	for _, a := range ages {
		out.Head, out.Right = append(out.Head, string(a.Currency)), append(out.Right, true)
	}
	if len(ages) == 0 {
		return out
	}
	for i, bucket := range ageBuckets() {
		cells, any := []string{words.Word("age." + bucket)}, false
		for _, a := range ages {
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
func (t settlementTables) leftOutTable() (content.Table, error) {
	words := t.words()
	out := content.Table{Title: words.Word("summary.left_out"), Right: []bool{false, true, false}, Head: []string{words.Word("summary.settlement"), words.Word("column.net"), words.Word("summary.reason")}}
	rows := make([]rowFigures, len(t.Booking.LeftOut))
	for i, l := range t.Booking.LeftOut {
		rows[i] = rowFigures{l.Currency, []int64{l.Amount}}
		out.Rows = append(out.Rows, []string{t.settlementName(l.Provider, l.ProviderReference, l.ID), words.MoneyByCode(money.Amount{Minor: l.Amount, Currency: l.Currency}), t.leftOutReason(l)})
	}
	return out, t.rank(&out, rows, func(more string, sum rowFigures) []string {
		return []string{more, words.MoneyByCode(money.Amount{Minor: sum.minor[0], Currency: sum.code}), ""}
	})
}

// changedTable shows settlements that were told of otherwise, side by side.
func (t settlementTables) changedTable() (content.Table, error) {
	words := t.words()
	out := content.Table{Title: words.Word("summary.changed_settlements"), Right: []bool{false, true, true}, Head: []string{words.Word("summary.settlement"), words.Word("summary.told"), words.Word("summary.now")}}
	state := func(told settlement.Told) string {
		text := t.amount(told.Amount, told.Currency)
		if told.Standing == settlement.Postponed {
			text += ", " + strings.ToLower(words.Word("payment_status.postponed"))
		}
		return text
	}
	rows := make([]rowFigures, len(t.Changed))
	for i, c := range t.Changed {
		rows[i] = rowFigures{c.Now.Currency, []int64{c.Before.Amount, c.Now.Amount}}
		out.Rows = append(out.Rows, []string{t.settlementName(c.Now.Provider, c.Now.Reference, c.Now.ID), state(c.Before), state(c.Now)})
	}
	return out, t.rank(&out, rows, func(more string, sum rowFigures) []string {
		return []string{more, t.amount(sum.minor[0], sum.code), t.amount(sum.minor[1], sum.code)}
	})
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
