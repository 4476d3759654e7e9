package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// A process is one program that claims. It lives while its lock file is locked, which ends
// with the program, however that ends.
type process struct {
	id   string
	lock *os.File
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
	lock, err := hold(l.file.lock(id))
	if err != nil {
		return nil, err
	}
	l.process = &process{id: id, lock: lock}
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

// endProcess takes the row and the lock file away, when nothing is claimed any more. What
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
		err = os.Remove(l.file.lock(l.process.id))
	}
	return errors.Join(err, l.process.lock.Close())
}

// heldBy is the LockedError of a row that the process has claimed.
func heldBy(t tx, process string) error {
	var e LockedError
	if err := t.row([]any{&e.PID, &e.Host}, `SELECT pid, host FROM process WHERE id = ?`, process); err != nil {
		return err
	}
	return &e
}

// ServeAlone makes this process the ledger's one daemon; a *LockedError names another that is.
func (l *Ledger) ServeAlone() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.alone != nil {
		return nil
	}
	path := l.file.path + "-daemon.lock"
	f, err := hold(path)
	if errors.Is(err, errElsewhere) {
		return readServing(path)
	}
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return errors.Join(err, f.Close())
	}
	if _, err := fmt.Fprintf(f, "%d %s\n", os.Getpid(), l.options.Host); err != nil {
		return errors.Join(err, f.Close())
	}
	l.alone = f
	return nil
}

// readServing reads who holds the daemon's lock. A holder that has not written its name
// yet is process 0.
func readServing(path string) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	e := &LockedError{Host: "this machine"}
	_, _ = fmt.Sscanf(string(text), "%d %s", &e.PID, &e.Host)
	return e
}

func (l *Ledger) endServingAlone() error {
	if l.alone == nil {
		return nil
	}
	return l.alone.Close()
}
