package listing

import (
	"context"
	"maps"
	"slices"
	"strings"

	"rapport/internal/payment"
)

// partition is a listing of the transactions of an interval. It can rest between two pages.
type partition struct {
	interval
	openStart bool // what is earlier than the interval belongs to it too
	by        TimeField
	listing   Listing[payment.Transaction] // the whole one, without the interval
	pager     *pager[payment.Transaction]
	seen      sample
	rows      int

	plan     *plan // that it is a part of; nil: it is the whole listing
	cuts     int   // of the plan
	expected int   // pages
}

// maxSample is how many times a partition remembers at most.
const maxSample = 1024

// sample is times of rows of a partition, all or every second, every fourth …
type sample struct {
	times       []int64
	every, next int
}

func (s *sample) add(at int64) {
	if s.next++; s.next < max(s.every, 1) {
		return
	}
	s.next = 0
	if s.times = append(s.times, at); len(s.times) < maxSample {
		return
	}
	for i := range maxSample / 2 {
		s.times[i] = s.times[2*i]
	}
	s.times = s.times[:maxSample/2]
	s.every = 2 * max(s.every, 1)
}

// part is the partition of an interval of p.
func (p *partition) part(r *Reader, in interval) *partition {
	part := &partition{interval: in, openStart: p.openStart && in.from == p.from, by: p.by, listing: p.listing}
	l := p.narrowed()
	if !part.openStart {
		l.Query.Set(string(p.by)+".gte", formatUnix(in.from))
		l.Name += "from " + formatUnix(in.from) + " "
	}
	l.Query.Set(string(p.by)+".lte", formatUnix(in.to))
	l.Name += "to " + formatUnix(in.to)
	part.pager = newPager(r, l)
	return part
}

// since is the listing of what is not earlier than an instant.
func (p *partition) since(from int64) Listing[payment.Transaction] {
	l := p.narrowed()
	l.Query.Set(string(p.by)+".gte", formatUnix(from))
	l.Name += "since " + formatUnix(from)
	return l
}

// narrowed is the listing, for bounds to be added.
func (p *partition) narrowed() Listing[payment.Transaction] {
	l := p.listing
	l.Query = maps.Clone(l.Query)
	l.Name += ", of those the ones " + strings.TrimSuffix(string(p.by), "_at") + " "
	return l
}

// read reads a page. Of a partition most rows must lie within its interval.
func (p *partition) read(ctx context.Context) (rows []payment.Transaction, release func(), err error) {
	rows, release, err = p.pager.next(ctx)
	var times []int64
	foreign := 0
	p.rows += len(rows)
	for i := range rows {
		times = p.by.appendTimes(times[:0], &rows[i])
		times = slices.DeleteFunc(times, func(at int64) bool { return !p.contains(at) })
		if len(times) == 0 {
			foreign++
		}
		for _, at := range times {
			p.seen.add(at)
		}
	}
	if err == nil && len(rows) >= PageSize/2 && 2*foreign > len(rows) && p.plan != nil {
		release()
		return nil, nil, errForeignRows
	}
	return rows, release, err
}

// longer reports whether the partition is much longer than it was expected to be.
func (p *partition) longer() bool { return p.pager.read > 2*p.expected+worthPages }
