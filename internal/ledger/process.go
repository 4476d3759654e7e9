package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
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
func insertProcess(d Dialect) string {
	return fmt.Sprintf(`INSERT INTO process (id, host, pid, started_at, heartbeat_at) VALUES (?, ?, ?, %s, %s)
	ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at WHERE process.heartbeat_at < excluded.heartbeat_at - %d`,
		d.Clock, d.Clock, heartbeatEvery.Milliseconds())
}

// claim runs do, once this process has its row.
func (l *store) claim(ctx context.Context, do func(t tx, process string) error) error {
	p, err := l.thisProcess()
	if err != nil {
		return err
	}
	err = l.writeGrouped(ctx, func(t tx) error {
		now := millis(l.options.Now())
		if _, err := t.exec(insertProcess(t.d), p.id, l.options.Host, os.Getpid(), now, now); err != nil {
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
		n, err := t.exec(`UPDATE process SET heartbeat_at = `+t.d.Clock+` WHERE id = ?
			AND `+claimsSomething, millis(l.options.Now()), process)
		if err == nil && n == 0 {
			err = errNothingClaimed
		}
		return err
	})
}

const (
	// notedEvery is how often a machine that shares the ledger notes the reports that it has.
	notedEvery = time.Hour
	// notedFor is how long a note counts: longer than a timer's daily run is away.
	notedFor = 26 * time.Hour
)

// KnownElsewhere notes which reports a configuration of this machine has, and gives those of
// the account that other machines have noted, with the paths of the files that have them: they
// are somebody's, though no file here has them. Notes of this machine's own files are removed when gone says that of a file. Of a ledger
// that no other machine shares nothing is noted.
func (l Planner) KnownElsewhere(ctx context.Context, account, config string, reports []string, gone func(config string) bool) (elsewhere map[string][]string, err error) {
	if l.dialect.Machine == "" {
		return nil, nil
	}
	type note struct {
		machine, config, reports string
		age                      int64 // milliseconds
	}
	var notes []note
	err = l.read(ctx, func(t tx) (err error) {
		notes, err = collect(t, func(row scanner) (n note, err error) {
			return n, row.Scan(&n.machine, &n.config, &n.reports, &n.age)
		}, `SELECT machine, config, reports, `+t.d.Clock+` - noted_at FROM report_note WHERE account = ?`, millis(l.options.Now()), account)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reports of other machines: %w", err)
	}
	ours, noted := strings.Join(slices.Sorted(slices.Values(reports)), "\n"), false
	var old []note
	elsewhere = map[string][]string{}
	for _, n := range notes {
		switch {
		case n.machine == l.dialect.Machine && n.config == config:
			noted = n.reports == ours && n.age < notedEvery.Milliseconds()
		case n.age > notedFor.Milliseconds(), n.machine == l.dialect.Machine && gone(n.config):
			old = append(old, n)
		case n.machine != l.dialect.Machine:
			for report := range strings.SplitSeq(n.reports, "\n") {
				elsewhere[report] = append(elsewhere[report], n.config)
			}
		}
	}
	if noted && len(old) == 0 {
		return elsewhere, nil
	}
	err = l.write(ctx, func(t tx) error {
		for _, n := range old {
			if _, err := t.exec(`DELETE FROM report_note WHERE machine = ? AND account = ? AND config = ?`, n.machine, account, n.config); err != nil {
				return err
			}
		}
		_, err := t.exec(`INSERT INTO report_note (machine, account, config, reports, noted_at) VALUES (?, ?, ?, ?, `+t.d.Clock+`)
			ON CONFLICT (machine, account, config) DO UPDATE SET reports = excluded.reports, noted_at = excluded.noted_at`,
			l.dialect.Machine, account, config, ours, millis(l.options.Now()))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reports of this machine: %w", err)
	}
	return elsewhere, nil
}
