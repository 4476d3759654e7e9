package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// A process is one program that claims. It lives while it is present in the backend, which
// ends with the program, however that ends.
type process struct {
	id       string
	presence io.Closer
}

// lease is how long a process on another machine, whose lock cannot be seen here, may be
// silent. It is longer than any message takes to be sent.
const lease = 20 * time.Minute

// thisProcess registers this process at its first claim.
func (l *store) thisProcess() (*process, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.process != nil {
		return l.process, nil
	}
	id := strings.ToLower(rand.Text())
	presence, err := l.backend.Enter(id)
	if err != nil {
		return nil, err
	}
	l.process = &process{id: id, presence: presence}
	return l.process, nil
}

// processID is the id that this process claims by, "" before its first claim.
func (l *store) processID() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.process == nil {
		return ""
	}
	return l.process.id
}

// insertProcess registers a process, or gives a sign of life of one that was silent for a while.
const insertProcess = `INSERT INTO process (id, host, pid, started_at, heartbeat_at) VALUES (?, ?, ?, ?, ?)
	ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at WHERE process.heartbeat_at < ?`

// claim runs do, once this process has its row.
func (l *store) claim(ctx context.Context, do func(t tx, process string) error) error {
	p, err := l.thisProcess()
	if err != nil {
		return err
	}
	err = l.writeGrouped(ctx, func(t tx) error {
		now := l.options.Now()
		if _, err := t.exec(insertProcess, p.id, l.options.Host, os.Getpid(), millis(now), millis(now), millis(now.Add(-heartbeatEvery))); err != nil {
			return err
		}
		return do(t, p.id)
	})
	if err == nil {
		l.heart.start(l, p.id)
	}
	return err
}

// claimsSomething is true of a process that has claimed a row which was not given back.
const claimsSomething = `(EXISTS (SELECT 1 FROM period WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM delivery WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM alarm WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM notification WHERE claimed_by = process.id))`

// endProcess takes the row and the presence away, when nothing is claimed any more. What
// is stays claimed by a process that is dead.
func (l *store) endProcess() error {
	if l.process == nil {
		return nil
	}
	left := 0
	var err error
	if l.heart.everBeat() { // else it never got a row
		err = l.write(context.Background(), func(t tx) error {
			if _, err := t.exec(`DELETE FROM process WHERE id = ? AND NOT `+claimsSomething, l.process.id); err != nil {
				return err
			}
			return t.row([]any{&left}, `SELECT count(*) FROM process WHERE id = ?`, l.process.id)
		})
	}
	if left == 0 && err == nil {
		err = l.backend.Leave(l.process.id)
	}
	return errors.Join(err, l.process.presence.Close())
}

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
func (h *heart) start(l *store, process string) {
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

func (h *heart) beat(ctx context.Context, l *store, process string, done chan struct{}) {
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

// everBeat tells whether anything was ever claimed.
func (h *heart) everBeat() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.claims > 0
}

var errNothingClaimed = errors.New("nothing is claimed")

// heartbeat says that this process lives. With nothing claimed it writes nothing.
func (l *store) heartbeat(ctx context.Context, process string) error {
	return l.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE process SET heartbeat_at = ? WHERE id = ?
			AND `+claimsSomething, millis(l.options.Now()), process)
		if err == nil && n == 0 {
			err = errNothingClaimed
		}
		return err
	})
}
