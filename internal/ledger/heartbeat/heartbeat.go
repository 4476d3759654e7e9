// Package heartbeat has a process say again and again that it lives, and knows when it said so
// last: what cannot be taken back is only to be done while others surely take it for alive. It
// knows no database, and refuses to read a clock.
package heartbeat

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrRest is wrapped by a beat that had nothing to say.
var ErrRest = errors.New("nothing is claimed")

// A Heart gives the signs of life of one process at a time. The zero value rests.
type Heart struct {
	mu      sync.Mutex
	starts  int // whether there were more since
	beating bool
	stopped bool // for good
	stop    context.CancelFunc
	done    chan struct{}

	process   string    // whose
	confirmed time.Time // the last sign of life is surely not older
}

// A Rhythm is how a heart beats.
type Rhythm struct {
	Every  time.Duration
	AtOnce bool                            // the first comes without a pause
	Beat   func(ctx context.Context) error // one that fails is followed by the next; ErrRest: it rests until it is started again
}

// Start notes that there is something to live for, and begins to beat.
func (h *Heart) Start(r Rhythm) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.starts++
	if h.beating || h.stopped {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	h.beating, h.stop, h.done = true, stop, make(chan struct{})
	go h.beat(ctx, r, h.done)
}

// Confirm notes that a process gave a sign of life, not before an instant.
func (h *Heart) Confirm(process string, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.process, h.confirmed = process, at
}

// IsOf tells whether the process gave the last sign of life.
func (h *Heart) IsOf(process string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.process == process
}

// Prove fails when the last sign of life is older than it may be, by the clock on the wall or by
// the one that runs on when that is set; Linux stops the latter while the machine sleeps.
func (h *Heart) Prove(most time.Duration, now time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	silent := max(now.Sub(h.confirmed), now.Round(0).Sub(h.confirmed.Round(0)))
	if silent < most {
		return nil
	}
	return fmt.Errorf("this process has given no sign of life in the ledger for %s, others may take it for dead", silent.Round(time.Second))
}

func (h *Heart) beat(ctx context.Context, r Rhythm, done chan struct{}) {
	defer close(done)
	ticks := time.NewTicker(r.Every)
	defer ticks.Stop()
	for first := r.AtOnce; ; first = false {
		if !first {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
			}
		}
		h.mu.Lock()
		starts := h.starts
		h.mu.Unlock()
		if !errors.Is(r.Beat(ctx), ErrRest) {
			continue // one that failed is followed by the next, long before the lease ends
		}
		h.mu.Lock()
		more := h.starts != starts
		h.beating = more
		h.mu.Unlock()
		if !more {
			return
		}
	}
}

// Stop ends beating for good.
func (h *Heart) Stop() {
	h.mu.Lock()
	h.stopped = true
	stop, done := h.stop, h.done
	h.mu.Unlock()
	if done != nil {
		stop()
		<-done
	}
}

// Begun tells whether it was ever started.
func (h *Heart) Begun() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.starts > 0
}
