package statement

import (
	"fmt"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/settlement"
	"slices"
	"strings"
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
// down.
func (t settlementTables) sumTable() content.Table {
	words, codes := t.words(), t.currencies
	out := content.Table{Title: words.Word("summary.bridge"), Head: []string{""}, Right: []bool{false}, Whole: true}
	if len(t.Lines) == 0 {
		return out
	}
	for _, code := range codes {
		out.Head, out.Right = append(out.Head, string(code)), append(out.Right, true)
	}
	for i, key := range BridgeColumns()[3:] {
		sums := t.sums(func(l settlement.Line) int64 { return BridgeFigures(l)[i] })
		cells, some := []string{strings.TrimSpace(bridgeSign(key) + " " + words.Word("column."+key))}, false
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

// bridgeSign is how a figure of the bridge is read from the top down: what is taken off, and what is
// left. A refund has its sign in the figure.
func bridgeSign(key string) string {
	switch key {
	case "fees", "paid_out":
		return "−"
	case "closing":
		return "="
	}
	return ""
}

// The figures of a line, by their place in [BridgeFigures].
const closingFigure, figures = 5, 9

// lineTables are the bridge by provider and seller: what leads to its closing, and what explains that,
// as one table would be too wide for a mail. With one line the other table says it all.
func (t settlementTables) lineTables() ([]content.Table, error) {
	if len(t.Lines) < 2 {
		return nil, nil
	}
	way, err := t.lineTable("summary.bridge_lines", 0, closingFigure+1)
	if err != nil {
		return nil, err
	}
	rest, err := t.lineTable("summary.bridge_closing", closingFigure, figures)
	return []content.Table{way, rest}, err
}

// lineTable has some of the figures of each line; lines in which all of them are 0 are left out.
func (t settlementTables) lineTable(title string, from, to int) (content.Table, error) {
	words, codes := t.words(), t.currencies
	several := len(codes) > 1
	out := content.Table{Title: words.Word(title)}
	head := func(text string, right bool) {
		out.Head, out.Right = append(out.Head, text), append(out.Right, right)
	}
	head(words.Word("column.provider"), false)
	if several {
		head(words.Word("column.currency"), false)
	} else {
		out.Title += " (" + string(codes[0]) + ")"
	}
	for _, key := range BridgeColumns()[3:][from:to] {
		head(words.Word("column."+key), true)
	}
	line := func(figures rowFigures, cells ...string) []string {
		if several {
			cells = append(cells, string(figures.code))
		}
		return append(cells, t.numbers(figures)...)
	}
	sum, rows := settlement.Line{}, []rowFigures(nil)
	for _, code := range codes {
		for _, l := range t.Lines {
			row := rowFigures{code, BridgeFigures(l)[from:to]}
			if l.Currency != code || !slices.ContainsFunc(row.minor, func(minor int64) bool { return minor != 0 }) {
				continue
			}
			rows, out.Rows = append(rows, row), append(out.Rows, line(row, t.partyName(l.Provider, l.Seller)))
			if several {
				continue
			}
			if err := addLine(&sum, l); err != nil {
				return out, err
			}
		}
	}
	err := t.rank(&out, rows, func(more string, sum rowFigures) []string { return line(sum, more) })
	if err == nil && !several && len(rows) > 1 {
		out.Rows, out.Total = append(out.Rows, line(rowFigures{codes[0], BridgeFigures(sum)[from:to]}, words.Word("summary.sum"))), true
	}
	return out, err
}

// partyName is who pays whom: the provider, and the seller where it is not the shop itself.
func (t settlementTables) partyName(provider, seller string) string {
	return strings.TrimSuffix(t.provider(provider)+", "+seller, ", ")
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
