package fetch

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// timeWindow is a listing of the transactions of a span. It can rest between two pages.
type timeWindow struct {
	span
	bounded    bool // of a listing that was cut
	bottomless bool // what is earlier than the span belongs to it too
	by         moment
	listing    listing[rawTransaction, Transaction] // of the whole, without the span
	chain      *chain[rawTransaction, Transaction]
	seen       sample
	rows       int
}

// mostSeen is how many moments a window remembers.
const mostSeen = 1024

// sample is moments within a window, all or every second, every fourth …
type sample struct {
	moments     []int64
	every, next int
}

func (s *sample) add(at int64) {
	if s.next++; s.next < max(s.every, 1) {
		return
	}
	s.next = 0
	if s.moments = append(s.moments, at); len(s.moments) < mostSeen {
		return
	}
	for i := range mostSeen / 2 {
		s.moments[i] = s.moments[2*i]
	}
	s.moments = s.moments[:mostSeen/2]
	s.every = 2 * max(s.every, 1)
}

// within is a piece of w.
func (w *timeWindow) within(s span) *timeWindow {
	p := &timeWindow{span: s, bounded: true, bottomless: w.bottomless && s.from == w.from, by: w.by, listing: w.listing}
	l := w.listing
	l.query = maps.Clone(l.query)
	l.name += ", of those the ones " + strings.TrimSuffix(string(w.by), "_at") + " "
	if !p.bottomless {
		l.query.Set(string(w.by)+".gte", at(s.from))
		l.name += "from " + at(s.from) + " "
	}
	l.query.Set(string(w.by)+".lte", at(s.to))
	l.name += "to " + at(s.to)
	p.chain = newChain(w.chain.client, l)
	return p
}

// since is the listing of what is not earlier than an instant.
func (w *timeWindow) since(from int64) listing[rawTransaction, Transaction] {
	l := w.listing
	l.query = maps.Clone(l.query)
	l.query.Set(string(w.by)+".gte", at(from))
	l.name += ", of those the ones " + strings.TrimSuffix(string(w.by), "_at") + " since " + at(from)
	return l
}

// read reads a page. Within a piece most rows must be of its span.
func (w *timeWindow) read(ctx context.Context) ([]Transaction, error) {
	rows, err := w.chain.next(ctx)
	var moments []int64
	strangers := 0
	w.rows += len(rows)
	for i := range rows {
		moments = w.by.of(&rows[i], moments[:0])
		moments = slices.DeleteFunc(moments, func(at int64) bool { return !w.holds(at) })
		if len(moments) == 0 {
			strangers++
		}
		for _, at := range moments {
			w.seen.add(at)
		}
	}
	if err == nil && len(rows) >= pageSize/2 && 2*strangers > len(rows) && w.bounded {
		return nil, errUncut
	}
	return rows, err
}
