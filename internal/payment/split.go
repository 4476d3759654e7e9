package payment

import (
	"errors"
	"fmt"
	"slices"

	"rapport/internal/money"
)

// PartsOf says who gets what of an event's amount; the parts always sum to it. They are
// the event's own splits, else those of its lines, else those of all lines when it is the
// whole, else all is the owner's. A refund that does not tell goes back in proportion to
// what was captured for each. What is split to nobody is the owner's, or stands under "".
func PartsOf(t *Transaction, e *Event) (parts []Split, err error) {
	switch {
	case len(e.Splits) > 0:
		parts, err = complete(e.Splits, e.Amount, SellerOf(t))
	case len(e.Lines) > 0 && (anySplit(e.Lines) || anySplit(t.Lines)):
		parts, err = partsOfLines(t, e.Lines, e.Amount)
		if err != nil && e.Type == EventRefund {
			parts, err = partsOfRefund(t, e)
		}
	case e.Type == EventRefund:
		parts, err = partsOfRefund(t, e)
	case !anySplit(t.Lines):
		parts = []Split{{PayoutDestination: SellerOf(t), Amount: e.Amount}}
	case isWhole(t, e):
		parts, err = partsOfWhole(t, e.Amount)
	default:
		err = errors.New("it says neither splits nor lines")
	}
	if err != nil {
		return nil, fmt.Errorf("transaction %s: the sellers' parts of the %s of %s cannot be told: %w", t.ID, e.Type, e.CreatedAt.Format(timeLayout), err)
	}
	return parts, nil
}

const timeLayout = "2006-01-02 15:04:05Z07:00"

// complete is splits and, where they leave something of amount over, the owner's part
// of it. Splits that go the other way than the amount, or past it, are no splits of it.
func complete(splits []Split, amount int64, owner string) ([]Split, error) {
	rest := amount
	for _, s := range splits {
		if s.Amount != 0 && (s.Amount < 0) != (amount < 0) {
			return nil, fmt.Errorf("%d minor units are split from %d", s.Amount, amount)
		}
		var err error
		if rest, err = money.Sub(rest, s.Amount); err != nil {
			return nil, err
		}
	}
	switch {
	case rest == 0:
		return splits, nil
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

// partsOfWhole adds up the parts of all lines of the transaction.
func partsOfWhole(t *Transaction, amount int64) ([]Split, error) {
	return partsOfEach(t.Lines, amount, SellerOf(t), func(line Line) ([]Split, error) {
		return complete(line.Splits, line.Amount, SellerOf(t))
	})
}

// partsOfLines adds up the parts of an event's lines.
func partsOfLines(t *Transaction, lines []Line, amount int64) ([]Split, error) {
	return partsOfEach(lines, amount, SellerOf(t), func(line Line) ([]Split, error) { return partsOfLine(t, line) })
}

// partsOfEach adds up the parts of lines; what the lines leave of amount is the owner's.
func partsOfEach(lines []Line, amount int64, owner string, partsOf func(Line) ([]Split, error)) ([]Split, error) {
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
		parts = append(parts, Split{PayoutDestination: owner, Amount: rest})
	}
	return parts, nil
}

// partsOfLine splits a line of an event by its own splits, else in proportion to those
// of the transaction's line of the same id.
func partsOfLine(t *Transaction, line Line) ([]Split, error) {
	if len(line.Splits) > 0 || line.Amount == 0 {
		return complete(line.Splits, line.Amount, SellerOf(t))
	}
	whole, ok := OnlyOneWith(t.Lines, line.ID, func(l Line) string { return l.ID })
	if !ok {
		return nil, fmt.Errorf("line %q is not one of the transaction's", line.ID)
	}
	parts, err := complete(whole.Splits, whole.Amount, SellerOf(t))
	if err != nil || line.Amount == whole.Amount {
		return parts, err
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("line %q has no amount to be split by", line.ID)
	}
	return inProportion(line.Amount, parts)
}

// OnlyOneWith is the one element of that id; none where the id is empty or stands twice.
func OnlyOneWith[T any](list []T, id string, idOf func(T) string) (one T, ok bool) {
	for _, element := range list {
		if id == "" || idOf(element) != id {
			continue
		}
		if ok {
			return one, false
		}
		one, ok = element, true
	}
	return one, ok
}

// partsOfRefund takes each one's part back in proportion to what was captured for it.
func partsOfRefund(t *Transaction, refund *Event) ([]Split, error) {
	var captured []Split
	for i := range t.Events {
		e := &t.Events[i]
		if e.Type != EventCapture || !e.Success || e.CreatedAt.After(refund.CreatedAt) || e.Repeats(t.Events[:i]) {
			continue
		}
		parts, err := PartsOf(t, e)
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
		return []Split{{PayoutDestination: SellerOf(t), Amount: refund.Amount}}, nil
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

// inProportion shares amount as parts are sized, all of one sign; the shares sum to amount.
func inProportion(amount int64, parts []Split) ([]Split, error) {
	weights := make([]int64, len(parts))
	for i, part := range parts {
		weights[i] = part.Amount
		if parts[0].Amount < 0 {
			weights[i] = -part.Amount
		}
	}
	shares, err := money.Share(amount, weights)
	if err != nil {
		return nil, err
	}
	out := make([]Split, len(parts))
	for i, part := range parts {
		out[i] = Split{PayoutDestination: part.PayoutDestination, Amount: shares[i]}
	}
	return out, nil
}

func anySplit(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { return len(l.Splits) > 0 })
}
