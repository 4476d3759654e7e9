package shop

import "slices"

// settle says of each movement whose method is paid out when that is, at six in the morning,
// and what it costs.
func (s *Shop) settle(t *Transaction) {
	if t.Method.provider == "" {
		return
	}
	for i := range t.Events {
		e := &t.Events[i]
		if !e.IsMovement() || t.sharesOf(i) == nil {
			continue
		}
		e.SettledAt = s.Midnight(s.payoutDay(s.DateOf(e.At))).Add(payoutHour)
		switch {
		case e.Type == "CAPTURE":
			e.Fee = Ratio(e.Amount, 145, 10000)
		case t.Method.provider == "bambora" && t.Split == Unsplit: // which charges for a refund too
			e.Fee = min(250, e.Amount)
		}
	}
}

// A Payout is the part of a movement that one bank account gets, minor units.
type Payout struct {
	SettlementID, Reference string
	Seller                  string
	Amount                  int64 // of the capture or refund, not signed
	Fee                     int64
}

// Payouts are the parts in which the ith event of t is paid out.
func (s *Shop) Payouts(t *Transaction, i int) []Payout {
	e := &t.Events[i]
	shares, left := t.sharesOf(i), e.Fee
	var all []Payout
	for k, share := range shares {
		fee := left
		if k < len(shares)-1 {
			fee = min(left, Ratio(e.Fee, share.Amount, e.Amount))
		}
		left -= fee
		id, reference, _ := s.settlementNames(t.Method.provider, share.PayoutDestination, s.DateOf(e.SettledAt))
		all = append(all, Payout{SettlementID: id, Reference: reference, Seller: share.PayoutDestination, Amount: share.Amount, Fee: fee})
	}
	return all
}

// sharesOf is who gets how much of the ith event, which is a movement; nil where the data
// does not tell.
func (t *Transaction) sharesOf(i int) []Share {
	e := &t.Events[i]
	switch {
	case t.Split == Unsplit:
		return []Share{{t.Owner(), e.Amount}}
	case len(e.Splits) > 0:
		return e.Splits
	}
	lines := e.Lines
	if len(lines) == 0 { // a refund of all that was captured
		for k := range t.Events[:i] {
			if c := &t.Events[k]; c.Type == "CAPTURE" && c.Success {
				lines = append(lines[:len(lines):len(lines)], c.Lines...)
			}
		}
	}
	var whole []Line // with their shares, which not every event repeats
	for _, l := range lines {
		if k := slices.IndexFunc(t.Lines, func(o Line) bool { return o.ID == l.ID }); k >= 0 {
			whole = append(whole, t.Lines[k])
		}
	}
	shares := SumShares(whole)
	var sum int64
	for _, share := range shares {
		sum += share.Amount
	}
	if sum != e.Amount {
		return nil
	}
	return shares
}
