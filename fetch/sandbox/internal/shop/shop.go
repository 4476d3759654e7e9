// Package shop is an invented fish shop: its stores, goods, customers, and every purchase
// and gift card with its whole future, as a function of a seed and a calendar day. It is
// what the sandbox serves as Dintero's.
//
// It refuses to know of requests, JSON and the present: its caller decides what of the
// future to hide. The same seed and day make the same things on every machine.
package shop

import (
	"cmp"
	"iter"
	"slices"
	"sync"
	"time"
)

// Shop is the shop of one seed. Its days are made when asked for, and a bounded number is
// kept: a month's report looks at some 215 days, page after page. It may be used by several
// goroutines.
type Shop struct {
	Calendar
	*Catalog
	Seed uint64

	mu    sync.Mutex
	kept  map[Date][]Transaction
	order []Date // of keeping, oldest first
	paid  map[Date][]Settlement
}

const keptDays = 260

// New makes the shop of a seed.
func New(seed uint64, zone *time.Location) *Shop {
	return &Shop{Calendar: Calendar{zone}, Catalog: newCatalog(), Seed: seed, kept: map[Date][]Transaction{}, paid: map[Date][]Settlement{}}
}

// Day is everything created on d, newest first. Callers must not change it.
func (s *Shop) Day(d Date) []Transaction {
	if d < 0 {
		return nil
	}
	s.mu.Lock()
	made, ok := s.kept[d]
	s.mu.Unlock()
	if ok {
		return made
	}
	made = s.makeDay(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.kept[d]; !ok {
		if len(s.order) >= keptDays {
			delete(s.kept, s.order[0])
			s.order = s.order[1:]
		}
		s.kept[d] = made
		s.order = append(s.order, d)
	}
	return made
}

// Days yields the days from newest down to oldest on which the shop existed.
func Days(newest, oldest Date) iter.Seq[Date] {
	return func(yield func(Date) bool) {
		for d := newest; d >= max(oldest, 0); d-- {
			if !yield(d) {
				return
			}
		}
	}
}

// makeDay makes every transaction of the day: the planned ones first, then what chance brings.
func (s *Shop) makeDay(d Date) []Transaction {
	rng := NewRNG(s.Seed, uint64(d), 0xda)
	plans := s.dayPlans(d)
	made := make([]Transaction, s.transactionsOn(d, rng))
	var room []Event
	for n := range made {
		g := &generator{Shop: s, RNG: NewRNG(s.Seed, uint64(d), uint64(n)), tx: &made[n]}
		if n < len(plans) {
			g.plan = plans[n]
		}
		made[n].Events = room[:0]
		g.generate(Serial{d, n})
		room, made[n].Events = made[n].Events, slices.Clone(made[n].Events)
	}
	return newestFirst(made)
}

// newestFirst is the day in the order of every listing.
func newestFirst(made []Transaction) []Transaction {
	order := make([]int, len(made))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(made[b].Created.Compare(made[a].Created), made[b].N-made[a].N)
	})
	sorted := make([]Transaction, len(made))
	for i, k := range order {
		sorted[i] = made[k]
	}
	return sorted
}

// transactionsOn is how many transactions a day has: fewer on Sundays, more before
// Christmas and in the summer.
func (s *Shop) transactionsOn(d Date, rng *RNG) int {
	noon := s.Midnight(d).Add(12 * time.Hour)
	n := map[time.Weekday]int{time.Sunday: 60, time.Friday: 82, time.Saturday: 86}[noon.Weekday()]
	if n == 0 {
		n = 68
	}
	switch noon.Month() {
	case time.December:
		n += 16
	case time.June, time.July:
		n += 6
	case time.January, time.February:
		n -= 4
	}
	return max(60, n+rng.Below(8))
}
