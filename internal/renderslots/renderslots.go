// Package renderslots bounds how many reports of all accounts are written out at once, so that no account
// waits for another's. It refuses to know what is written.
package renderslots

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Slots bound how many reports are written out at once, since each takes memory. Accounts
// that wait take turns, the one with the fewest first; as many more places are for accounts that
// have none, so that no report waits for another account's long ones. Nil is no bound.
type Slots struct {
	most int

	mu      sync.Mutex
	taken   int
	held    map[string]int // by account
	turns   int            // so far
	last    map[string]int // turn by account
	waiting []*slotRequest // the first to come first
}

type slotRequest struct {
	account string
	granted chan struct{}
}

// New makes so many places, and those beside them.
func New(most int) *Slots {
	return &Slots{most: most, held: map[string]int{}, last: map[string]int{}}
}

// Acquire waits for a place, which release gives back.
func (s *Slots) Acquire(ctx context.Context, account string) (release func(), err error) {
	if err := ctx.Err(); err != nil || s == nil {
		return func() {}, err
	}
	request := &slotRequest{account, make(chan struct{})}
	s.mu.Lock()
	s.waiting = append(s.waiting, request)
	s.grant()
	s.mu.Unlock()
	release = sync.OnceFunc(func() { s.release(account) })
	select {
	case <-request.granted:
		return release, nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	at := slices.Index(s.waiting, request)
	if at >= 0 {
		s.waiting = slices.Delete(s.waiting, at, at+1)
	}
	s.mu.Unlock()
	if at < 0 { // it came as well
		release()
	}
	return nil, ctx.Err()
}

func (s *Slots) release(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.held[account]--; s.held[account] == 0 {
		delete(s.held, account)
	}
	s.grant()
}

// Taken is how many places are taken; of none that bound it is 0.
func (s *Slots) Taken() int {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

// grant gives places to who waits. It is called with the lock held.
func (s *Slots) grant() {
	for len(s.waiting) > 0 {
		next := slices.MinFunc(s.waiting, func(a, b *slotRequest) int {
			return cmp.Or(s.held[a.account]-s.held[b.account], s.last[a.account]-s.last[b.account])
		})
		if s.taken >= s.most && (s.taken >= 2*s.most || s.held[next.account] > 0) {
			return
		}
		s.waiting = slices.DeleteFunc(s.waiting, func(r *slotRequest) bool { return r == next })
		s.taken++
		s.turns++
		s.last[next.account] = s.turns
		s.held[next.account]++
		close(next.granted)
	}
}
