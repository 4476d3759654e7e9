package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"strings"
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
func (l *Ledger) thisProcess() (*process, error) {
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
func (l *Ledger) processID() string {
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
func (l *Ledger) claim(ctx context.Context, do func(t tx, process string) error) error {
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

// endProcess takes the row and the presence away, when nothing is claimed any more. What
// is stays claimed by a process that is dead.
func (l *Ledger) endProcess() error {
	if l.process == nil {
		return nil
	}
	gone := int64(0)
	err := l.write(context.Background(), func(t tx) (err error) {
		gone, err = t.exec(`DELETE FROM process WHERE id = ?
			AND NOT EXISTS (SELECT 1 FROM period WHERE claimed_by = process.id)
			AND NOT EXISTS (SELECT 1 FROM delivery WHERE claimed_by = process.id)`, l.process.id)
		return err
	})
	if gone > 0 && err == nil {
		err = l.backend.Leave(l.process.id)
	}
	return errors.Join(err, l.process.presence.Close())
}

// heldBy is the LockedError of a row that the process has claimed.
func heldBy(t tx, process string) error {
	var e LockedError
	if err := t.row([]any{&e.PID, &e.Host}, `SELECT pid, host FROM process WHERE id = ?`, process); err != nil {
		return err
	}
	return &e
}
