package payment

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"rapport/internal/money"
)

// Share is what the sellers get of event e of t, in minor units. An error means that
// the data does not tell sellers apart; it is none when the sellers have nothing to do
// with the transaction.
func Share(t *Transaction, e *Event, sellers []string) (int64, error) {
	if !Concerns(t, sellers) {
		return 0, nil
	}
	parts, err := PartsOf(t, e)
	if err == nil {
		return sumFor(parts, sellers)
	}
	switch side := sideOf(t, sellers); side {
	case allTheirs:
		return e.Amount, nil
	case noneTheirs:
		return 0, nil
	}
	return 0, err
}

// Concerns tells whether any of the sellers is named anywhere on the transaction.
func Concerns(t *Transaction, sellers []string) bool {
	for seller := range Sellers(t) {
		if slices.Contains(sellers, seller) {
			return true
		}
	}
	return false
}

// Sellers gives the sellers that are named anywhere on the transaction, some of them several times, and "" for none.
func Sellers(t *Transaction) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(SellerOf(t)) || !splitsOfLines(t.Lines, yield) {
			return
		}
		for i := range t.Events {
			if e := &t.Events[i]; !splits(e.Splits, yield) || !splitsOfLines(e.Lines, yield) {
				return
			}
		}
	}
}

func splitsOfLines(lines []Line, yield func(string) bool) bool {
	for i := range lines {
		if !splits(lines[i].Splits, yield) {
			return false
		}
	}
	return true
}

func splits(all []Split, yield func(string) bool) bool {
	for i := range all {
		if !yield(all[i].PayoutDestination) {
			return false
		}
	}
	return true
}

// Remaining is what the sellers may still capture of a transaction of which so much was captured by
// an instant: of its lines what is theirs and was not captured for them. An error means that the data
// does not tell sellers apart.
func Remaining(t *Transaction, captured int64, at time.Time, sellers []string) (int64, error) {
	remaining, err := money.Sub(t.Amount, captured)
	if err != nil || !Concerns(t, sellers) {
		return 0, err
	}
	if !anySplit(t.Lines) {
		if slices.Contains(sellers, SellerOf(t)) {
			return remaining, nil
		}
		return 0, nil
	}
	s := splitter{t, IndexByID(t.Lines, func(l *Line) string { return l.ID })}
	authorised, err := s.partsOfEach(t.Lines, t.Amount, func(line Line) ([]Split, error) { return complete(line.Splits, line.Amount, SellerOf(t)) })
	if err != nil {
		return 0, Named("transaction", t.ID, fmt.Errorf("the sellers' parts of what remains cannot be told: %w", err))
	}
	left, err := s.uncaptured(authorised, at)
	if err != nil { // or of what nobody can tell: as the lines are
		if left, err = mergeSplits(authorised); err == nil {
			left, err = inProportion(remaining, left)
		}
	}
	if err != nil {
		return 0, Named("transaction", t.ID, err)
	}
	return sumFor(left, sellers)
}

var errTaken = errors.New("more was captured for one than was authorised")

// uncaptured takes off what was captured for each.
func (t splitter) uncaptured(authorised []Split, at time.Time) ([]Split, error) {
	left := slices.Clone(authorised)
	for i := range t.Events {
		e := &t.Events[i]
		if e.Type != EventCapture || !e.Success || !e.CreatedAt.Before(at) || e.Repeats(t.Events[:i]) {
			continue
		}
		parts, err := t.partsOf(e)
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			left = append(left, Split{PayoutDestination: part.PayoutDestination, Amount: -part.Amount})
		}
	}
	left, err := mergeSplits(left)
	if err == nil && slices.ContainsFunc(left, func(s Split) bool { return s.Amount < 0 }) {
		err = errTaken
	}
	return left, err
}

// SellerOf is the seller of what is not split: the transaction's payout destination, else its store's.
func SellerOf(t *Transaction) string {
	if t.PayoutDestination != "" {
		return t.PayoutDestination
	}
	return t.Store.PayoutDestination
}

// A side says whose the lines of a transaction are.
type side int

const (
	mixed side = iota
	allTheirs
	noneTheirs
)

// sideOf tells whether all of a transaction's lines belong to the sellers, or none does:
// then so does any part of them.
func sideOf(t *Transaction, sellers []string) side {
	theirs, others := false, false
	for _, line := range t.Lines {
		parts, err := complete(line.Splits, line.Amount, SellerOf(t))
		if err != nil {
			return mixed
		}
		for _, part := range parts {
			if slices.Contains(sellers, part.PayoutDestination) {
				theirs = true
			} else {
				others = true
			}
		}
	}
	switch {
	case theirs && !others:
		return allTheirs
	case others && !theirs:
		return noneTheirs
	}
	return mixed
}

func sumFor(parts []Split, sellers []string) (sum int64, err error) {
	for _, part := range parts {
		if !slices.Contains(sellers, part.PayoutDestination) {
			continue
		}
		if sum, err = money.Add(sum, part.Amount); err != nil {
			return 0, err
		}
	}
	return sum, nil
}
