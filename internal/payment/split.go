package payment

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"rapport/internal/money"
	"rapport/internal/text"
)

// PartsOf says who gets what of an event's amount; the parts always sum to it. They are
// the event's own splits, else those of its lines, else those of all lines when it is the
// whole, else all is the owner's. A refund that does not tell goes back in proportion to
// what was captured for each. What is split to nobody is the owner's, or stands under "".
func PartsOf(t *Transaction, e *Event) (parts []Split, err error) {
	return splitter{t, IndexByID(t.Lines, func(l *Line) string { return l.ID })}.partsOf(e)
}

// splitter splits the events of a transaction, whose lines it finds by id.
type splitter struct {
	*Transaction
	lines *ByID[Line]
}

func (t splitter) partsOf(e *Event) (parts []Split, err error) {
	switch {
	case len(e.Splits) > 0:
		parts, err = complete(e.Splits, e.Amount, SellerOf(t.Transaction))
	case len(e.Lines) > 0 && (anySplit(e.Lines) || anySplit(t.Lines)):
		parts, err = t.partsOfEach(e.Lines, e.Amount, t.partsOfLine)
		if err != nil && e.Type == EventRefund {
			parts, err = t.partsOfRefund(e)
		}
	case e.Type == EventRefund:
		parts, err = t.partsOfRefund(e)
	case !anySplit(t.Lines):
		parts = []Split{{PayoutDestination: SellerOf(t.Transaction), Amount: e.Amount}}
	case isWhole(t.Transaction, e):
		parts, err = t.partsOfEach(t.Lines, e.Amount, func(line Line) ([]Split, error) {
			return complete(line.Splits, line.Amount, SellerOf(t.Transaction))
		})
	default:
		err = errors.New("it says neither splits nor lines")
	}
	if err != nil {
		return nil, Named("transaction", t.ID, fmt.Errorf("the sellers' parts of the %s of %s cannot be told: %w", text.Quoted(e.Type, maxQuotedID), e.CreatedAt.Format(timeLayout), err))
	}
	return parts, nil
}

const timeLayout = "2006-01-02 15:04:05Z07:00"

// complete is splits and, where they leave something of amount over, the owner's part
// of it. A part may go the other way, as a voucher does that the marketplace pays, if the
// parts make the whole; splits that go past the amount are no splits of it.
func complete(splits []Split, amount int64, owner string) ([]Split, error) {
	rest, against := amount, int64(0)
	for _, s := range splits {
		if s.Amount != 0 && (s.Amount < 0) != (amount < 0) {
			against = s.Amount
		}
		var err error
		if rest, err = money.Sub(rest, s.Amount); err != nil {
			return nil, err
		}
	}
	switch {
	case rest == 0:
		return splits, nil
	case against != 0:
		return nil, fmt.Errorf("%d minor units are split from %d, and the parts do not make the whole", against, amount)
	case (rest < 0) != (amount < 0):
		return nil, fmt.Errorf("the splits of %d minor units sum to more", amount)
	}
	return append(slices.Clip(splits), Split{PayoutDestination: owner, Amount: rest}), nil
}

// isWhole tells whether an event is of all that the transaction has.
func isWhole(t *Transaction, e *Event) bool {
	if e.Amount == t.Amount {
		return true
	}
	var sum int64
	for _, line := range t.Lines {
		var err error
		if sum, err = money.Add(sum, line.Amount); err != nil {
			return false
		}
	}
	return e.Amount == sum
}

// partsOfEach adds up the parts of lines; what the lines leave of amount is the owner's.
func (t splitter) partsOfEach(lines []Line, amount int64, partsOf func(Line) ([]Split, error)) ([]Split, error) {
	var parts []Split
	rest := amount
	for _, line := range lines {
		more, err := partsOf(line)
		if err != nil {
			return nil, err
		}
		parts = append(parts, more...)
		if rest, err = money.Sub(rest, line.Amount); err != nil {
			return nil, err
		}
	}
	if rest < 0 {
		return nil, errors.New("its lines sum to more than its amount")
	}
	if rest > 0 {
		parts = append(parts, Split{PayoutDestination: SellerOf(t.Transaction), Amount: rest})
	}
	return parts, nil
}

// partsOfLine splits a line of an event by its own splits, else in proportion to those
// of the transaction's line of the same id.
func (t splitter) partsOfLine(line Line) ([]Split, error) {
	if len(line.Splits) > 0 || line.Amount == 0 {
		return complete(line.Splits, line.Amount, SellerOf(t.Transaction))
	}
	whole := t.lines.Only(line.ID)
	if whole == nil {
		return nil, fmt.Errorf("line %q is not one of the transaction's", text.Truncate(line.ID, maxQuotedID))
	}
	parts, err := complete(whole.Splits, whole.Amount, SellerOf(t.Transaction))
	if err != nil || line.Amount == whole.Amount {
		return parts, err
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("line %q has no amount to be split by", text.Truncate(line.ID, maxQuotedID))
	}
	return inProportion(line.Amount, parts)
}

// partsOfRefund takes each one's part back in proportion to what was captured for it.
func (t splitter) partsOfRefund(refund *Event) ([]Split, error) {
	var captured []Split
	for i := range t.Events {
		e := &t.Events[i]
		if e.Type != EventCapture || !e.Success || e.CreatedAt.After(refund.CreatedAt) || e.Repeats(t.Events[:i]) {
			continue
		}
		if e.Fault != nil {
			return nil, e.Fault
		}
		parts, err := t.partsOf(e)
		if err != nil {
			return nil, err
		}
		captured = append(captured, parts...)
	}
	merged, err := mergeSplits(captured)
	if err != nil {
		return nil, err
	}
	if len(merged) == 0 {
		return []Split{{PayoutDestination: SellerOf(t.Transaction), Amount: refund.Amount}}, nil
	}
	return inProportion(refund.Amount, merged)
}

// mergeSplits adds up the parts of each one, in order of first appearance, and drops the empty.
func mergeSplits(parts []Split) (merged []Split, err error) {
	for _, part := range parts {
		i := slices.IndexFunc(merged, func(m Split) bool { return m.PayoutDestination == part.PayoutDestination })
		if i < 0 {
			merged = append(merged, part)
			continue
		}
		if merged[i].Amount, err = money.Add(merged[i].Amount, part.Amount); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(merged, func(m Split) bool { return m.Amount == 0 }), nil
}

// inProportion shares amount as parts are sized; the shares sum to amount.
func inProportion(amount int64, parts []Split) ([]Split, error) {
	weights := make([]int64, len(parts))
	plus, minus := false, false
	for i, part := range parts {
		weights[i] = part.Amount
		plus, minus = plus || part.Amount > 0, minus || part.Amount < 0
	}
	share := money.Share
	switch {
	case plus && minus:
		share = shareSigned
	case minus:
		for i := range weights {
			weights[i] = -weights[i]
		}
	}
	shares, err := share(amount, weights)
	if err != nil {
		return nil, err
	}
	out := make([]Split, len(parts))
	for i, part := range parts {
		out[i] = Split{PayoutDestination: part.PayoutDestination, Amount: shares[i]}
	}
	return out, nil
}

// shareSigned is [money.Share] of weights of both signs: the parts of what somebody was paid
// more than the whole for, and somebody else paid for.
func shareSigned(total int64, weights []int64) ([]int64, error) {
	sum := new(big.Int)
	for _, w := range weights {
		sum.Add(sum, big.NewInt(w))
	}
	if sum.Sign() == 0 {
		return nil, errors.New("share by parts that sum to zero")
	}
	shares, rests, order := make([]int64, len(weights)), make([]*big.Int, len(weights)), make([]int, len(weights))
	whole, left := big.NewInt(total), big.NewInt(total)
	if sum.Sign() < 0 {
		sum.Neg(sum)
		whole.Neg(whole)
	}
	for i, w := range weights {
		share, rest := new(big.Int).DivMod(new(big.Int).Mul(whole, big.NewInt(w)), sum, new(big.Int)) // rounded down, whatever the sign
		if !share.IsInt64() {
			return nil, money.ErrOverflow
		}
		shares[i], rests[i], order[i] = share.Int64(), rest, i
		left.Sub(left, share)
	}
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for _, i := range order[:left.Int64()] {
		shares[i]++
	}
	return shares, nil
}

func anySplit(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { return len(l.Splits) > 0 })
}
