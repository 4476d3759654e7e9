package settlement

import (
	"cmp"
	"maps"
	"slices"

	"rapport/internal/payment"
)

// tellSettlements chooses the settlements that the report tells of, and says of all of them what
// they are to its movements.
func (m *maker) tellSettlements() {
	listed := map[Key]bool{}
	for _, s := range m.reading.Settlements {
		if s.Fault != nil {
			continue
		}
		m.standings[s.ID] = m.standing(s)
		for _, a := range s.Amounts {
			listed[Key{s.ID, a.Currency}] = true
			if m.wants(LineKey{a.Currency, s.PayoutDestination, s.Provider}) {
				m.tellAmount(s, a)
			}
		}
	}
	for key, t := range m.told { // what waits still, and is not listed any more
		if t.inChain && t.Standing == Postponed && !listed[key] && m.wants(t.line()) {
			m.wait(t.Told)
		}
	}
	slices.SortFunc(m.out.Rows, func(a, b Row) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Currency, b.Currency))
	})
	slices.SortFunc(m.out.Waiting, func(a, b Waiting) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Currency, b.Currency))
	})
	slices.SortFunc(m.out.Changed, func(a, b Changed) int {
		return cmp.Or(cmp.Compare(a.Now.ID, b.Now.ID), cmp.Compare(a.Now.Currency, b.Now.Currency))
	})
	m.out.Record.Settlements = append(m.out.Record.Settlements, slices.SortedFunc(maps.Values(m.record()), func(a, b Told) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Currency, b.Currency))
	})...)
}

// standing is what a settlement is to the movements in it as this bridge ends: paid, postponed,
// settled before the first bridge, or still to come.
func (m *maker) standing(s *payment.Settlement) Standing {
	first, _ := m.Period.Days()
	for _, a := range s.Amounts {
		if t := m.told[Key{s.ID, a.Currency}]; t != nil {
			switch {
			case t.inChain && t.Standing != Postponed:
				return t.Standing
			case !t.inChain && t.Standing != Before && t.by.After(m.Period.From):
				return "" // by a report of a later period
			}
		}
	}
	switch {
	case !m.isOver(s):
		return ""
	case m.previous == nil && s.Date(m.Zone).Before(first) && s.Paid():
		return Before
	case !m.isRecent(s):
		return Before
	case s.Paid():
		return Paid
	}
	return Postponed
}

// tellAmount tells of a settlement in one currency, if this is the report that does.
func (m *maker) tellAmount(s *payment.Settlement, a payment.SettlementAmount) {
	first, end := m.Period.Days()
	day := s.Date(m.Zone)
	now := Told{Key: Key{s.ID, a.Currency}, Standing: Paid, Day: day, Seller: s.PayoutDestination, Provider: s.Provider, Reference: s.ProviderReference,
		Amount: a.Amount, Capture: a.Capture, Refund: a.Refund, Fee: a.Fee}
	if !s.Paid() {
		now.Standing = Postponed
	}
	t := m.told[now.Key]
	switch {
	case !day.Before(end):
		return // of a period to come
	case t != nil && !t.inChain && t.Standing != Before && t.by.After(m.Period.From):
		return // a report of a later period has it
	case t != nil && t.Standing == Paid, t != nil && t.inChain && t.Standing == Before:
		m.compare(t.Told, now)
		return
	case t != nil && t.inChain && t.Standing == Postponed && now.Standing == Postponed:
		m.compare(t.Told, now)
		m.wait(now)
		return
	case !m.isRecent(s):
		return
	case m.previous == nil && day.Before(first):
		m.settledBefore(now)
		return
	}
	m.row(s, a, now, day.Before(first) || t != nil && t.Standing == Postponed)
}

// row makes a row of a settlement, and counts it if it is paid.
func (m *maker) row(s *payment.Settlement, a payment.SettlementAmount, now Told, late bool) {
	at := s.SettledAt
	if s.DateOnly {
		at = m.midnight(now.Day)
	}
	row := Row{Settlement: s, SettlementAmount: a, Day: now.Day, At: at, Late: late, ReadAt: m.reading.Now}
	row.Events = m.reading.events[now.Key]
	row.EventsRead = m.reading.Known && (s.StartAt.IsZero() || !s.StartAt.Before(m.since))
	m.out.Rows = append(m.out.Rows, row)
	m.note(now)
	if now.Standing == Postponed {
		m.wait(now)
		return
	}
	l := m.line(now.line())
	m.add(&l.Fees, a.Fee)
	m.add(&l.PaidOut, a.Amount)
}

// settledBefore notes a settlement from before the first bridge; one that was postponed then is
// a part of its opening.
func (m *maker) settledBefore(now Told) {
	if now.Standing == Paid {
		now.Standing = Before
		m.note(now)
		return
	}
	m.note(now)
	m.wait(now)
	gross, err := now.gross()
	if err != nil && m.fault == nil {
		m.fault = err
	}
	m.add(&m.line(now.line()).Opening, gross)
}

// wait counts a settlement that is postponed.
func (m *maker) wait(t Told) {
	gross, err := t.gross()
	if err != nil && m.fault == nil {
		m.fault = err
	}
	m.add(&m.line(t.line()).Postponed, gross)
	m.out.Waiting = append(m.out.Waiting, Waiting{t})
}

// compare finds out whether a settlement is another one than was told; that is told once.
func (m *maker) compare(before, now Told) {
	same := before
	same.Amount, same.Capture, same.Refund, same.Fee = now.Amount, now.Capture, now.Refund, now.Fee
	back := before.Standing == Paid && now.Standing == Postponed
	if same == before && !back || before.Standing == Before {
		return
	}
	if back && before.Returned && same == before {
		return
	}
	m.out.Changed = append(m.out.Changed, Changed{before, now})
	same.Returned = back
	m.note(same)
}

// note keeps what the report has told of a settlement for its record.
func (m *maker) note(t Told) { m.record()[t.Key] = t }

// record is what the report has told of settlements.
func (m *maker) record() map[Key]Told {
	if m.telling == nil {
		m.telling = map[Key]Told{}
	}
	return m.telling
}
