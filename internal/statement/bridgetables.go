package statement

import (
	"fmt"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/settlement"
	"slices"
)

// BridgeColumns are the columns of the bridge, as words: three texts, then amounts.
func BridgeColumns() []string {
	return []string{"currency", "seller", "provider", "opening", "captured", "refunded", "fees", "paid_out", "closing", "not_settled", "postponed", "unexplained"}
}

// BridgeFigures are the amounts of a line in the order of the columns.
func BridgeFigures(l settlement.Line) []int64 {
	return []int64{l.Opening, l.Captured, l.Refunded, l.Fees, l.PaidOut, l.Closing, l.NotSettled, l.Postponed, l.Unexplained}
}

// sumTable is the bridge of each currency, all sellers and providers together, read from the top
// down. With one line it would say nothing more.
func (t settlementTables) sumTable() content.Table {
	words, codes := t.words(), t.currencies()
	out := content.Table{Title: words.Word("summary.bridge"), Head: []string{""}, Right: []bool{false}}
	if len(t.Lines) < 2 {
		return out
	}
	if len(codes) == 1 {
		out.Title += " (" + string(codes[0]) + ")"
	}
	for _, code := range codes {
		out.Head, out.Right = append(out.Head, string(code)), append(out.Right, true)
	}
	for i, key := range BridgeColumns()[3:] {
		sums := t.sums(func(l settlement.Line) int64 { return BridgeFigures(l)[i] })
		cells, some := []string{words.Word("column." + key)}, false
		for _, code := range codes {
			cells = append(cells, t.number(sums[code], code))
			some = some || sums[code] != 0
		}
		if some || key != "postponed" && key != "refunded" {
			out.Rows = append(out.Rows, cells)
		}
	}
	return out
}

// bridgeTable is the bridge; columns that would say nothing are left out.
func (t settlementTables) bridgeTable() (content.Table, error) {
	words := t.words()
	codes := t.currencies()
	sellers := slices.ContainsFunc(t.Lines, func(l settlement.Line) bool { return l.Seller != "" })
	out := content.Table{Title: words.Word("summary.bridge_lines")}
	if len(t.Lines) < 2 {
		out.Title = words.Word("summary.bridge")
	}
	shown := []bool{len(codes) > 1, sellers, true}
	if len(codes) == 1 {
		out.Title += " (" + string(codes[0]) + ")"
	}
	for i, key := range BridgeColumns() {
		if i < len(shown) && !shown[i] {
			continue
		}
		out.Head, out.Right = append(out.Head, words.Word("column."+key)), append(out.Right, i >= len(shown))
	}
	sum := settlement.Line{}
	for _, l := range t.Lines {
		var cells []string
		for i, text := range []string{string(l.Currency), l.Seller, t.provider(l.Provider)} {
			if shown[i] {
				cells = append(cells, text)
			}
		}
		for _, minor := range BridgeFigures(l) {
			cells = append(cells, t.number(minor, l.Currency))
		}
		out.Rows = append(out.Rows, cells)
		if err := addLine(&sum, l); err != nil {
			return out, err
		}
	}
	if len(codes) != 1 || len(t.Lines) < 2 {
		return out, nil
	}
	cells := []string{words.Word("summary.sum")}
	if sellers {
		cells = append(cells, "")
	}
	for _, minor := range BridgeFigures(sum) {
		cells = append(cells, t.number(minor, codes[0]))
	}
	out.Rows, out.Total = append(out.Rows, cells), true
	return out, nil
}

// addLine adds a line of one currency to a sum.
func addLine(sum *settlement.Line, l settlement.Line) error {
	into := []*int64{&sum.Opening, &sum.Captured, &sum.Refunded, &sum.Fees, &sum.PaidOut, &sum.Closing, &sum.NotSettled, &sum.Postponed, &sum.Unexplained}
	for i, minor := range BridgeFigures(l) {
		total, err := money.Add(*into[i], minor)
		if err != nil {
			return fmt.Errorf("bridge: %w", err)
		}
		*into[i] = total
	}
	return nil
}
