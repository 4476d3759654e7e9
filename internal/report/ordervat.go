package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/payment"
)

// A lineVAT is the order line behind an operation's line, and the VAT of the operation's part of it.
type lineVAT struct {
	line   *payment.OrderLine // nil: the order has no such line
	rate   content.Value
	known  bool
	amount int64 // minor units
	err    error
}

// orderVAT is the VAT of the lines of an order's operations. The VAT of an order line goes to
// the captures of it in the order in which they were made, each in proportion to what of the
// line was left, half away from zero: one by itself is rounded as it should be, all together
// make the whole, and what a report said of the first stays true when there are more. So it
// goes to its refunds, and the others, each kind by itself.
type orderVAT struct {
	parts [][]lineVAT // by operation, then by line
}

// lineLeft is what is left of an order line for the next operations of one type.
type lineLeft struct{ gross, vat int64 }

// vatOf shares the VAT of an order out.
func vatOf(o *payment.Order) *orderVAT {
	lines := payment.IndexByID(o.Lines, func(l *payment.OrderLine) string { return l.LineID })
	all := &orderVAT{parts: make([][]lineVAT, len(o.Operations))}
	wholes := map[*payment.OrderLine]lineVAT{}
	left := map[payment.OperationType]map[*payment.OrderLine]lineLeft{}
	seen := map[operationKey]bool{}
	for _, i := range byTime(o.Operations) {
		op := &o.Operations[i]
		key := operationKey{op.Type, op.ID}
		if !op.Success || op.Fault != nil || op.ID != "" && seen[key] {
			continue
		}
		seen[key] = true
		if left[op.Type] == nil {
			left[op.Type] = map[*payment.OrderLine]lineLeft{}
		}
		all.parts[i] = make([]lineVAT, len(op.Lines))
		for j := range op.Lines {
			line := lines.Only(op.Lines[j].LineID)
			if line == nil {
				continue
			}
			whole, known := wholes[line]
			if !known {
				whole = wholeVAT(line)
				wholes[line] = whole
			}
			rest, begun := left[op.Type][line]
			if !begun {
				rest = lineLeft{line.Gross, whole.amount}
			}
			all.parts[i][j], left[op.Type][line] = partOfVAT(whole, rest, op.Lines[j].Amount)
		}
	}
	return all
}

// byTime are the indexes of operations in the order in which they were made.
func byTime(ops []payment.Operation) []int {
	order := make([]int, len(ops))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return ops[a].At.Compare(ops[b].At) })
	return order
}

// of is the VAT of a line of an operation.
func (v *orderVAT) of(operation, line int) (lineVAT, error) {
	one := v.parts[operation][line]
	return one, one.err
}

// partOfVAT is the VAT of an amount of a line of which rest is left, and what is left then.
// An amount that goes past the line, or the other way, is a part of the whole line.
func partOfVAT(whole lineVAT, rest lineLeft, amount int64) (lineVAT, lineLeft) {
	if !whole.known || whole.err != nil {
		return whole, rest
	}
	part, from := whole, rest
	if rest.gross == 0 || (amount < 0) != (rest.gross < 0) || amount > 0 && amount > rest.gross || amount < 0 && amount < rest.gross {
		from = lineLeft{whole.line.Gross, whole.amount}
	}
	if part.amount, part.err = money.Ratio(from.vat, amount, from.gross); part.err != nil {
		part.err = fmt.Errorf("line %q: VAT: %w", whole.line.LineID, part.err)
	}
	if from != rest {
		return part, rest
	}
	return part, lineLeft{rest.gross - amount, rest.vat - part.amount}
}

// wholeVAT is the VAT of a whole order line.
func wholeVAT(line *payment.OrderLine) lineVAT {
	v := lineVAT{line: line, known: len(line.Taxes) > 0 && line.Gross != 0}
	var rates []string
	for _, tax := range line.Taxes {
		if tax.Percentage != "" && !slices.Contains(rates, tax.Percentage) {
			rates = append(rates, tax.Percentage)
		}
		var err error
		if v.amount, err = money.Add(v.amount, tax.Amount); err != nil {
			v.err = cmp.Or(v.err, fmt.Errorf("line %q: VAT: %w", line.LineID, err))
		}
	}
	switch len(rates) {
	case 0:
	case 1:
		v.rate = content.DecimalOf(rates[0])
	default:
		v.rate = content.TextOf(strings.Join(rates, ratesJoin))
	}
	return v
}
