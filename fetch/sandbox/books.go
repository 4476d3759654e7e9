package sandbox

import (
	"iter"
	"slices"
	"sync"
	"time"
)

// books are the shop's days, made when asked for. A bounded number is kept: a
// month's report looks at some 215 days, page after page.
type books struct {
	calendar
	seed uint64
	shop *shop

	mu    sync.Mutex
	kept  map[date][]transaction
	order []date // of keeping, oldest first
}

const keptDays = 260

func newBooks(seed uint64, zone *time.Location) *books {
	return &books{calendar: calendar{zone}, seed: seed, shop: newShop(), kept: map[date][]transaction{}}
}

// day is everything created on d, newest first. Callers must not change it.
func (b *books) day(d date) []transaction {
	if d < 0 {
		return nil
	}
	b.mu.Lock()
	made, ok := b.kept[d]
	b.mu.Unlock()
	if ok {
		return made
	}
	made = b.makeDay(d)
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.kept[d]; !ok {
		if len(b.order) >= keptDays {
			delete(b.kept, b.order[0])
			b.order = b.order[1:]
		}
		b.kept[d] = made
		b.order = append(b.order, d)
	}
	return made
}

// made are the transactions created from the day of newest down to the day of
// oldest, newest first. Each is shown as the faults bend it.
func (b *books) made(newest, oldest date, faults faultSet) iter.Seq[*transaction] {
	return func(yield func(*transaction) bool) {
		for d := newest; d >= max(oldest, 0); d-- {
			made := bend(b.day(d), faults, b.seed)
			for i := range made {
				if !yield(&made[i]) {
					return
				}
			}
		}
	}
}

// scheduled is how many transactions a day has: fewer on Sundays, more before
// Christmas and in the summer.
func (b *books) scheduled(d date, die *dice) int {
	start := b.midnight(d).Add(12 * time.Hour)
	n := map[time.Weekday]int{time.Sunday: 60, time.Friday: 82, time.Saturday: 86}[start.Weekday()]
	if n == 0 {
		n = 68
	}
	switch start.Month() {
	case time.December:
		n += 16
	case time.June, time.July:
		n += 6
	case time.January, time.February:
		n -= 4
	}
	return max(60, n+die.below(8))
}

// makeDay tells every transaction of the day: the script first, then what chance brings.
func (b *books) makeDay(d date) []transaction {
	die := roll(b.seed, uint64(d), 0xda)
	script := b.script(d)
	made := make([]transaction, b.scheduled(d, die))
	for n := range made {
		t := &teller{books: b, dice: roll(b.seed, uint64(d), uint64(n)), tx: &made[n]}
		if n < len(script) {
			t.plot = script[n]
		}
		t.tell(place{d, n})
	}
	slices.SortFunc(made, newestFirst)
	return made
}

// newestFirst is the order of every listing.
func newestFirst(x, y transaction) int {
	if c := y.created.Compare(x.created); c != 0 {
		return c
	}
	return y.n - x.n
}
