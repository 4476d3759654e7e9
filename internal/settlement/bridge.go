package settlement

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/money"
	"rapport/internal/payment"
)

// A Question is the report that a bridge is made for.
type Question struct {
	Account   string
	Report    string
	Name      string // of the period
	Period    calendar.Period
	Zone      *time.Location
	Sellers   []string // empty: all
	Providers []string // likewise
}

func (q *Question) wants(k LineKey) bool {
	return (len(q.Sellers) == 0 || slices.Contains(q.Sellers, k.Seller)) && (len(q.Providers) == 0 || slices.Contains(q.Providers, k.Provider))
}

// filter names what the report is cut to.
func (q *Question) filter() string {
	if len(q.Sellers)+len(q.Providers) == 0 {
		return ""
	}
	return fmt.Sprintf("%q %q", slices.Sorted(slices.Values(q.Sellers)), slices.Sorted(slices.Values(q.Providers)))
}

// midnight is when a day begins in the question's zone.
func (q *Question) midnight(day time.Time) time.Time {
	year, month, dom := day.Date()
	return calendar.Daily.Containing(time.Date(year, month, dom, 12, 0, 0, 0, q.Zone), q.Zone).From
}

// day is the local date of an instant: its midnight in UTC.
func (q *Question) day(at time.Time) time.Time {
	year, month, dom := at.In(q.Zone).Date()
	return time.Date(year, month, dom, 0, 0, 0, 0, time.UTC)
}

// SettledSince is from which day on a report needs settlements, and from which instant on those
// whose record was made late.
func SettledSince(q *Question, h *History) (settled, created time.Time) {
	p := h.before(q)
	first, _ := q.Period.Days()
	if p.previous == nil {
		return first.AddDate(0, 0, -FirstLookBack), time.Time{}
	}
	settled = q.lookBack(&p)
	for _, t := range p.told {
		if t.inChain && t.Standing == Postponed && t.Day.Before(settled) {
			settled = t.Day // it may be paid by now
		}
	}
	return settled, q.midnight(q.lookBack(&p))
}

// lookBack is the first day that is looked at again.
func (q *Question) lookBack(p *past) time.Time {
	first, _ := q.Period.Days()
	if before := q.day(p.previous.To); before.Before(first) {
		first = before
	}
	return first.AddDate(0, 0, -LookBack)
}

// MovedSince is from which instant on a report needs movements: those of the days before it, and
// as far back as the settlements go that it tells of.
func MovedSince(q *Question, h *History, all map[string]*payment.Settlement) time.Time {
	m := &maker{Question: q, past: h.before(q), reading: &Reading{Settlements: all}}
	return m.midnight(m.window())
}

// window is the day since which movements are looked at.
func (m *maker) window() time.Time {
	first, _ := m.Period.Days()
	earliest := first.AddDate(0, 0, -FirstLookBack)
	if m.previous == nil {
		return earliest
	}
	since := m.lookBack(&m.past)
	for _, s := range m.reading.Settlements {
		if m.mayTell(s) && !s.StartAt.IsZero() {
			if day := m.day(s.StartAt); day.Before(since) {
				since = day
			}
		}
	}
	if since.Before(earliest) {
		since = earliest
	}
	return since
}

// mayTell tells whether a report may have to tell of a settlement.
func (m *maker) mayTell(s *payment.Settlement) bool {
	if s.Fault != nil || !m.isOver(s) || !m.isRecent(s) {
		return false
	}
	return slices.ContainsFunc(s.Amounts, func(a payment.SettlementAmount) bool {
		t := m.told[Key{s.ID, a.Currency}]
		return m.wants(LineKey{a.Currency, s.PayoutDestination, s.Provider}) && (t == nil || t.Standing != Paid)
	})
}

// isOver tells whether a settlement is from before the end of the period.
func (m *maker) isOver(s *payment.Settlement) bool {
	_, end := m.Period.Days()
	return s.Date(m.Zone).Before(end)
}

// isRecent tells whether a settlement is one that is read again, by its date or its record's: a
// file may hold all that ever were.
func (m *maker) isRecent(s *payment.Settlement) bool {
	if m.previous == nil {
		return true
	}
	since := m.lookBack(&m.past)
	return !s.Date(m.Zone).Before(since) || !s.CreatedAt.IsZero() && !s.CreatedAt.Before(m.midnight(since)) || m.isPostponed(s)
}

func (m *maker) isPostponed(s *payment.Settlement) bool {
	return slices.ContainsFunc(s.Amounts, func(a payment.SettlementAmount) bool {
		t := m.told[Key{s.ID, a.Currency}]
		return t != nil && t.Standing == Postponed
	})
}

// A maker makes one bridge.
type maker struct {
	*Question
	past
	history  *History
	reading  *Reading
	counting *countedWriter
	sinceDay time.Time // movements are looked at since then
	since    time.Time // when that day began

	out       *Outcome
	lines     map[LineKey]*Line
	standings map[string]Standing // of settlements, for the parts of movements; "" for those that are still to come
	providers map[[2]string]settle
	unsettled map[LineKey]map[time.Time]int64
	telling   map[Key]Told
	table     lineTable
	fault     error
}

// Make makes the bridge of a report, and all that is told with it. The history is that of the
// report; the outcome's record is to be added to it.
func Make(q Question, h *History, r *Reading) (*Outcome, error) {
	m := &maker{
		Question: &q, past: h.before(&q), history: h, reading: r,
		lines: map[LineKey]*Line{}, standings: map[string]Standing{}, providers: map[[2]string]settle{}, unsettled: map[LineKey]map[time.Time]int64{},
	}
	m.sinceDay = m.window()
	m.since = m.midnight(m.sinceDay)
	m.out = &Outcome{Computed: m.previous == nil, EventsKnown: r.Known, Unlisted: map[string]bool{}}
	m.out.Record = &Record{Version: recordVersion, Account: q.Account, Report: q.Report, Name: q.Name, From: q.Period.From.UTC(), To: q.Period.To.UTC(), Since: q.Period.From.UTC(), LastNumber: h.LastNumber(), Filter: q.filter()}
	if m.previous != nil {
		m.out.Record.Since, m.out.Record.Previous = m.past.since, m.previous.To
		m.out.Gap = m.previous.To.Before(q.Period.From)
		m.out.PreviousEnd = m.previous.To
	}
	if err := m.refuseFaults(); err != nil {
		return nil, err
	}
	m.open()
	m.tellSettlements()
	moved := m.counter()
	moved.learnProviders()
	if err := moved.countMovements(); err != nil {
		return nil, err
	}
	m.close()
	if m.fault != nil {
		return nil, fmt.Errorf("bridge: %w", m.fault)
	}
	m.explain()
	m.remember()
	return m.out, nil
}

// refuseFaults refuses a settlement that cannot be read and may belong to the report.
func (m *maker) refuseFaults() error {
	var faulty []*payment.Settlement
	for _, s := range m.reading.Settlements {
		if s.Fault != nil && (s.SettledAt.IsZero() || m.isOver(s) && m.isRecent(s)) {
			faulty = append(faulty, s)
		}
	}
	if len(faulty) == 0 {
		return nil
	}
	return slices.MinFunc(faulty, func(a, b *payment.Settlement) int { return cmp.Compare(a.ID, b.ID) }).Fault
}

// add adds to a figure of the bridge; what does not fit is the bridge's fault.
func (m *maker) add(to *int64, amount int64) {
	sum, err := money.Add(*to, amount)
	if err != nil && m.fault == nil {
		m.fault = err
	}
	*to = sum
}

func (m *maker) sub(from *int64, amount int64) {
	rest, err := money.Sub(*from, amount)
	if err != nil && m.fault == nil {
		m.fault = err
	}
	*from = rest
}

// line is the line of a key; of one that is not asked for nil.
func (m *maker) line(k LineKey) *Line {
	if !m.wants(k) {
		return nil
	}
	if m.lines[k] == nil {
		m.lines[k] = &Line{LineKey: k}
	}
	return m.lines[k]
}

// open carries forward what the bridge before this one closed with.
func (m *maker) open() {
	if m.previous == nil {
		return
	}
	for _, before := range m.previous.Lines {
		if l := m.line(before.LineKey); l != nil {
			m.add(&l.Opening, before.Closing)
		}
	}
	for _, u := range m.previous.Unsettled { // of days that are not looked at again
		if k := m.previous.Keys[u.Line]; u.Day.Before(m.sinceDay) && m.wants(k) {
			m.leaveOpen(k, u.Day, u.Amount)
		}
	}
}

// leaveOpen notes that something of a day is not settled.
func (m *maker) leaveOpen(k LineKey, day time.Time, amount int64) {
	if m.unsettled[k] == nil {
		m.unsettled[k] = map[time.Time]int64{}
	}
	sum := m.unsettled[k][day]
	m.add(&sum, amount)
	m.unsettled[k][day] = sum
	m.add(&m.line(k).NotSettled, amount)
}

// close strikes the balance of each line.
func (m *maker) close() {
	for _, l := range m.lines {
		l.Closing = l.Opening
		m.add(&l.Closing, l.Captured)
		m.add(&l.Closing, l.Refunded)
		m.sub(&l.Closing, l.Fees)
		m.sub(&l.Closing, l.PaidOut)
		l.Unexplained = l.Closing
		m.sub(&l.Unexplained, l.NotSettled)
		m.sub(&l.Unexplained, l.Postponed)
		if !l.isZero() {
			m.out.Lines = append(m.out.Lines, *l)
		}
	}
	slices.SortFunc(m.out.Lines, func(a, b Line) int { return a.compare(b.LineKey) })
}
