package settlement

import (
	"fmt"
	"io"
	"slices"
	"time"

	"rapport/internal/calendar"
)

// A Spool keeps outside of memory what records have counted.
type Spool interface {
	io.Writer
	io.ReaderAt
}

// A History is the records of one report, in the order of their periods.
type History struct {
	records []*Record
	spool   Spool
	spooled int64 // bytes of it
}

// NewHistory is a history without records, which keeps what they have counted in a spool.
func NewHistory(spool Spool) *History { return &History{spool: spool} }

// Add takes in a record, unless there is one of its period.
func (h *History) Add(r *Record) error {
	at, found := slices.BinarySearchFunc(h.records, r, func(a, b *Record) int { return a.From.Compare(b.From) })
	if found {
		return nil
	}
	kept, err := h.keep(r)
	if err == nil {
		h.records = slices.Insert(h.records, at, kept)
	}
	return err
}

// Write keeps what a record has counted, a part of it at a time.
func (h *History) Write(part []byte) (int, error) {
	n, err := h.spool.Write(part)
	h.spooled += int64(n)
	return n, err
}

// keep is a record without what it has counted, which goes to the spool unless it is there.
func (h *History) keep(r *Record) (*Record, error) {
	kept := *r
	if r.packed == nil {
		return &kept, nil
	}
	begin := h.spooled
	if _, err := io.Copy(h, r.packed); err != nil {
		return nil, fmt.Errorf("%s: keep what it counted: %w", r.Name, err)
	}
	kept.packed, kept.spooled = nil, io.NewSectionReader(h.spool, begin, h.spooled-begin)
	return &kept, nil
}

// Replace takes in a record in place of the one of its period.
func (h *History) Replace(r *Record) error {
	h.records = slices.DeleteFunc(h.records, func(o *Record) bool { return o.From.Equal(r.From) })
	return h.Add(r)
}

// EndedSince gives of periods' names those that had not ended so long before an instant, or before
// the end of the last of them, and those that are no period's.
func EndedSince(names []string, zone *time.Location, before time.Time, kept time.Duration) []string {
	var last time.Time
	ends := map[string]time.Time{}
	for _, name := range names {
		if p, err := calendar.ParsePeriod(name, zone); err == nil {
			ends[name] = p.To
			if p.To.After(last) {
				last = p.To
			}
		}
	}
	if last.Before(before) {
		before = last
	}
	since := before.Add(-kept)
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		end, ok := ends[name]
		return ok && end.Before(since)
	})
}

// Holds tells whether the record of a period is there.
func (h *History) Holds(name string) bool {
	return slices.ContainsFunc(h.records, func(r *Record) bool { return r.Name == name })
}

// IsEmpty tells whether it has no records at all.
func (h *History) IsEmpty() bool { return len(h.records) == 0 }

// Newest is the end of the newest record of a period from before an instant; zero: there is none.
func (h *History) Newest(before time.Time) (newest time.Time) {
	for _, r := range h.records {
		if !r.To.After(before) && r.To.After(newest) {
			newest = r.To
		}
	}
	return newest
}

// LastNumber is the number of the report's last voucher; 0: there was none.
func (h *History) LastNumber() (last int) {
	for _, r := range h.records {
		last = max(last, r.LastNumber)
	}
	return last
}

// Numbered gives the vouchers that the report has made, by settlement.
func (h *History) Numbered() map[Key]int {
	all := map[Key]int{}
	for _, r := range h.records {
		for _, t := range r.Settlements {
			if t.Voucher > 0 {
				all[t.Key] = t.Voucher
			}
		}
	}
	return all
}

// NumberedBy gives the vouchers that the report of a question has made already: made again, it has
// the same ones.
func (h *History) NumberedBy(q *Question) map[Key]int {
	all := map[Key]int{}
	for _, r := range h.records {
		for _, t := range r.Settlements {
			if t.Voucher > 0 && q.isOf(r) {
				all[t.Key] = t.Voucher
			}
		}
	}
	return all
}

// isOf tells whether a record is of the period of the question.
func (q *Question) isOf(r *Record) bool {
	return r.From.Equal(q.Period.From) && r.To.Equal(q.Period.To)
}

// past is what a period's bridge goes on from.
type past struct {
	previous *Record   // whose closing is the opening; nil: there is none
	since    time.Time // when the first bridge of the chain began
	chain    []*Record // the bridges that lead to this one, oldest first
	told     map[Key]*told
}

// told is a settlement that some report of a chain, or of another, has told of.
type told struct {
	Told
	inChain bool      // by a bridge that leads to this one
	by      time.Time // the end of the period whose report told of it
}

// before is what the bridge of a question goes on from: the newest one before it that was cut
// to the same.
func (h *History) before(q *Question) past {
	from, filter := q.Period.From, q.filter()
	p := past{told: map[Key]*told{}}
	byEnd := map[int64]*Record{}
	for _, r := range h.records {
		if r.Filter != filter {
			continue
		}
		if !r.To.After(from) && (p.previous == nil || r.To.After(p.previous.To)) {
			p.previous = r
		}
		if have := byEnd[r.To.UnixNano()]; have == nil || r.From.After(have.From) {
			byEnd[r.To.UnixNano()] = r
		}
	}
	inChain := map[*Record]bool{}
	for r := p.previous; r != nil && !inChain[r]; r = byEnd[r.Previous.UnixNano()] {
		inChain[r] = true
		p.chain = append(p.chain, r)
		p.since = r.Since
	}
	slices.Reverse(p.chain)
	for _, r := range h.records {
		if q.isOf(r) { // it is made again
			continue
		}
		for i := range r.Settlements {
			p.tell(&told{Told: r.Settlements[i], inChain: inChain[r], by: r.To})
		}
	}
	return p
}

// tell takes in what a record says of a settlement: what the chain says comes before what other
// records say, and what was told of before what was settled before.
func (p *past) tell(t *told) {
	have := p.told[t.Key]
	if have != nil && (have.inChain && !t.inChain || have.inChain == t.inChain && have.Standing != Before && t.Standing == Before) {
		return
	}
	p.told[t.Key] = t
}

// counted reads what the chain has counted of movements since an instant.
func (p *past) counted(since time.Time) (*countedReader, error) {
	reader := &countedReader{}
	for place, r := range p.chain {
		if !r.To.After(since) {
			continue
		}
		if err := reader.add(r, place); err != nil {
			return nil, err
		}
	}
	return reader, nil
}
