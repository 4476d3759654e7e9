package ledger

import (
	"context"
	"errors"
	"sync"
	"time"
)

// heartbeatEvery is how often a process that has claimed something says that it lives, for
// machines that cannot see its lock: much more often than the lease ends.
const heartbeatEvery = time.Minute

// A heart gives the signs of life of this process from a claim on, until nothing is claimed
// any more. A fetch that takes longer than the lease so never looks dead.
type heart struct {
	mu      sync.Mutex
	claims  int // that were ever made: whether there were more since
	beating bool
	stopped bool // for good
	stop    context.CancelFunc
	done    chan struct{}
}

// start notes a claim, and begins to beat.
func (h *heart) start(l *Ledger, process string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.claims++
	if h.beating || h.stopped {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	h.beating, h.stop, h.done = true, stop, make(chan struct{})
	go h.beat(ctx, l, process, h.done)
}

func (h *heart) beat(ctx context.Context, l *Ledger, process string, done chan struct{}) {
	defer close(done)
	ticks := time.NewTicker(heartbeatEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		l.backend.KeepReserve()
		h.mu.Lock()
		claims := h.claims
		h.mu.Unlock()
		if !errors.Is(l.heartbeat(ctx, process), errNothingClaimed) {
			continue // one that could not be written is followed by the next, long before the lease ends
		}
		h.mu.Lock()
		more := h.claims != claims
		h.beating = more
		h.mu.Unlock()
		if !more {
			return
		}
	}
}

// end stops beating for good.
func (h *heart) end() {
	h.mu.Lock()
	h.stopped = true
	stop, done := h.stop, h.done
	h.mu.Unlock()
	if done != nil {
		stop()
		<-done
	}
}

var errNothingClaimed = errors.New("nothing is claimed")

// heartbeat says that this process lives. With nothing claimed it writes nothing.
func (l *Ledger) heartbeat(ctx context.Context, process string) error {
	return l.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE process SET heartbeat_at = ? WHERE id = ?
			AND (EXISTS (SELECT 1 FROM period WHERE claimed_by = process.id) OR EXISTS (SELECT 1 FROM delivery WHERE claimed_by = process.id))`,
			millis(l.options.Now()), process)
		if err == nil && n == 0 {
			err = errNothingClaimed
		}
		return err
	})
}
