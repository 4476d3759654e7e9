package apiclient

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// What the answers of all accounts may hold in memory at once, in bytes.
const (
	freeBytes    = 1 << 20  // of each answer, which nobody waits for: a page of Dintero's is that long
	sharedBytes  = 16 << 20 // of what is beyond that, in all
	maxOverdrawn = 2        // answers of an account beyond that: a page, and what is read for a row of it
	maxHeld      = 33 << 20 // of what is used together: a page of the longest, or all of an order
)

// errHeld is an order or a gift card with more operations than anybody has.
var errHeld = errors.New("all that belongs together is longer than 33 MiB")

// budget bounds what the answers of a process hold, from when they are read until they
// were used. An answer of usual length waits for nothing. Of longer ones the oldest of each
// account that is being read goes on whatever there is, so that no two wait for each other
// and none for another account's.
type budget struct {
	mu      sync.Mutex
	used    int
	holds   []*held // the oldest first
	changed chan struct{}
}

func newBudget() *budget { return &budget{changed: make(chan struct{})} }

// held is an answer, or several that are used together. A nil one holds nothing.
type held struct {
	budget  *budget
	account string
	bytes   int // that were read or are kept
	over    int // of them beyond those that are free
	done    bool
	drawn   bool // it went on though there was no room
}

type holdKey struct{}

// hold begins to hold what is read with the context, unless that is held together with
// something else already.
func (b *budget) hold(ctx context.Context, account string) (context.Context, *held) {
	if holdOf(ctx) != nil {
		return ctx, nil
	}
	h := &held{budget: b, account: account}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.holds = append(b.holds, h)
	return context.WithValue(ctx, holdKey{}, h), h
}

func holdOf(ctx context.Context) *held {
	h, _ := ctx.Value(holdKey{}).(*held)
	return h
}

// finish says that all was read that there is to read.
func (h *held) finish() {
	if h == nil {
		return
	}
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.done = true
	h.budget.wake()
}

// release says that what was held has been used.
func (h *held) release() {
	if h == nil {
		return
	}
	b := h.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.holds, h); i >= 0 {
		b.holds = slices.Delete(b.holds, i, i+1)
		b.used -= h.over
		b.wake()
	}
}

// take holds so many bytes more, when there is room for them; waits is called before it waits.
func (h *held) take(ctx context.Context, bytes int, waits func()) error {
	b := h.budget
	if h.bytes+bytes > maxHeld {
		return errHeld
	}
	for {
		b.mu.Lock()
		more := max(h.bytes+bytes-freeBytes, 0) - h.over
		fits := more <= 0 || b.used+more <= sharedBytes
		if fits || b.mayOverdraw(h) {
			h.drawn = h.drawn || !fits
			h.add(bytes)
			b.mu.Unlock()
			return nil
		}
		changed := b.changed
		b.mu.Unlock()
		waits()
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// keep holds bytes that are in memory already; a negative number gives back.
func (h *held) keep(bytes int) {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.add(bytes)
	if bytes < 0 {
		h.budget.wake()
	}
}

func (h *held) add(bytes int) {
	h.bytes += bytes
	over := max(h.bytes-freeBytes, 0)
	h.budget.used += over - h.over
	h.over = over
}

// mayOverdraw tells whether h is the oldest of its account that is being read, and not too
// many others of it went on without room.
func (b *budget) mayOverdraw(h *held) bool {
	drawn := 0
	for _, other := range b.holds {
		switch {
		case other == h:
			return drawn < maxOverdrawn
		case other.account != h.account:
		case !other.done:
			return false
		case other.drawn:
			drawn++
		}
	}
	return false
}

// wake lets those that wait look again.
func (b *budget) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}
