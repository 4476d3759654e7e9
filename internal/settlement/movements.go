package settlement

import (
	"slices"
	"time"
)

// A counter counts movements for a bridge.
type counter struct {
	*maker
	listed time.Time // the settlements of movements since then are not older than the listing
}

func (m *maker) counter() counter {
	c := counter{maker: m}
	if m.previous != nil {
		c.listed = m.midnight(m.lookBack(&m.past))
	}
	return c
}

// countMovements counts each movement in the first bridge that sees it, and finds out what of all
// of them is not settled.
func (m counter) countMovements() error {
	counted, err := m.counted(m.since)
	if err != nil {
		return err
	}
	m.counting = m.history.newCounted()
	for move, err := range m.reading.Movements() {
		if err != nil {
			return err
		}
		if !move.At.Before(m.Period.To) || move.At.Before(m.since) {
			continue
		}
		hash := move.hash()
		before, known, err := counted.find(hash)
		if err != nil {
			return err
		}
		m.count(move, hash, before, known)
	}
	return m.counting.finish(m.out.Record)
}

// count counts one movement, of which the chain has counted something before if it is known.
func (m counter) count(move *Movement, hash uint64, before []share, known bool) {
	beginning := m.Period.From // of the chain of bridges
	if m.previous != nil {
		beginning = m.past.since
	}
	parts, forgotten := m.attribute(move)
	kept := forgotten && known
	var shares, open []share // of what is in the bridges, of what is kept
	if kept {
		open = slices.Clone(before)
	}
	for _, p := range parts {
		if p.standing == Before && move.At.Before(beginning) || !m.wants(p.line) {
			continue
		}
		shares = m.merge(shares, p.line, p.amount)
		switch {
		case kept && p.standing != "":
			open = m.merge(open, p.line, -p.amount)
		case !kept && p.standing == "":
			m.leaveOpen(p.line, m.day(move.At), p.amount)
		}
	}
	if kept {
		for _, s := range open {
			m.leaveOpen(s.line, m.day(move.At), s.amount)
		}
		return
	}
	shares = slices.DeleteFunc(shares, func(s share) bool { return s.amount == 0 })
	switch {
	case m.previous == nil && move.At.Before(m.Period.From):
		m.openWith(parts)
	case !known && move.At.Before(m.remembered()):
		return // counted by a bridge whose record is gone
	case !known:
		m.flow(move, shares, 1)
	case sameShares(before, shares):
		return
	case m.sum(before) == m.sum(shares): // it stands in other lines now
		for _, s := range shares {
			m.add(&m.line(s.line).Opening, s.amount)
		}
		for _, s := range before {
			m.sub(&m.line(s.line).Opening, s.amount)
		}
		m.out.Moved = true
	default: // its amount was changed: taken back and counted anew
		m.flow(move, before, -1)
		m.flow(move, shares, 1)
	}
	if len(shares) > 0 || known {
		m.counting.add(hash, shares, &m.table)
	}
}

// remembered is since when the chain remembers what it counted: always, unless its first records
// are gone.
func (m counter) remembered() time.Time {
	if len(m.chain) == 0 || m.chain[0].Previous.IsZero() {
		return time.Time{}
	}
	return m.chain[0].From
}

// openWith opens the first bridge with what of a movement was outstanding then: all but what was
// settled before, or is in a settlement that was postponed by then.
func (m counter) openWith(parts []attributed) {
	first, _ := m.Period.Days()
	for _, p := range parts {
		if p.standing == Before || p.standing == Postponed && p.day.Before(first) {
			continue
		}
		if l := m.line(p.line); l != nil {
			m.add(&l.Opening, p.amount)
		}
	}
}

// flow counts a movement as captured or refunded; sign is −1 to take it back.
func (m counter) flow(move *Movement, shares []share, sign int64) {
	for _, s := range shares {
		l := m.line(s.line)
		to := &l.Captured
		if move.Refund {
			to = &l.Refunded
		}
		m.add(to, sign*s.amount)
		if move.At.Before(m.Period.From) {
			m.out.LateMovements++
		}
	}
}

// attributed is a part of a movement, and to whom it belongs.
type attributed struct {
	line     LineKey
	amount   int64
	standing Standing  // of the settlement that it is in; "" for none yet
	day      time.Time // of that settlement
}

// attribute says whose a movement is: a settled part is of the seller and provider of its
// settlement, the rest of the transaction's seller and of the provider that last settled
// the product for that one. A movement is forgotten if it names a settlement that may be older than
// the listing and that no report of the chain has told of, as it is cut to others: its rest is
// nobody's, and what the chain has counted of it stays.
func (m counter) attribute(move *Movement) (parts []attributed, forgotten bool) {
	rest, line := move.Amount, LineKey{move.Currency, move.Seller, move.Product}
	if by, ok := m.providers[[2]string{move.Seller, move.Product}]; ok {
		line.Provider = by.provider
	}
	listed := !move.At.Before(m.listed)
	for _, p := range move.Parts {
		key := Key{p.Settlement, move.Currency}
		s, t := m.reading.Settlements[p.Settlement], m.told[key]
		a := attributed{amount: p.Gross}
		switch {
		case s != nil && s.Fault == nil:
			a.line, a.day = LineKey{move.Currency, s.PayoutDestination, s.Provider}, s.Date(m.Zone)
			a.standing = m.standings[p.Settlement]
		case t != nil && t.inChain: // it is not listed any more
			a.line, a.day, a.standing = t.line(), t.Day, t.Standing
		default:
			forgotten = forgotten || s == nil && !listed
			if s == nil && t == nil && listed && m.wants(line) {
				m.out.Unlisted[p.Settlement] = true
			}
			continue
		}
		m.sub(&rest, p.Gross)
		parts = append(parts, a)
	}
	if rest != 0 && !forgotten {
		parts = append(parts, attributed{line: line, amount: rest})
	}
	return parts, forgotten
}

// learnProviders finds out who last settled each product for each seller before the period's end.
func (m counter) learnProviders() {
	_, end := m.Period.Days()
	if m.previous != nil {
		for _, s := range m.previous.SettledBy {
			m.providers[[2]string{s.Seller, s.Product}] = settle{s.Day, s.Provider}
		}
	}
	for key, all := range m.reading.settledBy {
		for _, s := range all {
			have, ok := m.providers[key]
			if s.day.Before(end) && (!ok || s.day.After(have.day) || s.day.Equal(have.day) && s.provider > have.provider) {
				m.providers[key] = s
			}
		}
	}
}

// merge adds an amount to the share of a line.
func (m counter) merge(shares []share, line LineKey, amount int64) []share {
	for i := range shares {
		if shares[i].line == line {
			m.add(&shares[i].amount, amount)
			return shares
		}
	}
	return append(shares, share{line, amount})
}

func (m counter) sum(shares []share) (sum int64) {
	for _, s := range shares {
		m.add(&sum, s.amount)
	}
	return sum
}

// sameShares tells whether two are the same, in whatever order.
func sameShares(a, b []share) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s share) bool { return !slices.Contains(b, s) })
}
