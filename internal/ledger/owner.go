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

// An owner is a process that claims. It lives while its lock file is held, which ends
// with the process, however that ends.
type owner struct {
	id   string
	lock *os.File
}

// lease is how long an owner on another machine, whose lock cannot be seen here, may be
// silent. It is longer than any message takes to be sent.
const lease = 20 * time.Minute

// claimant gives the owner of this process, made at the first claim.
func (l *Ledger) claimant() (*owner, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner != nil {
		return l.owner, nil
	}
	id := strings.ToLower(rand.Text())
	lock, err := hold(l.place.lock(id))
	if err != nil {
		return nil, err
	}
	l.owner = &owner{id: id, lock: lock}
	return l.owner, nil
}

// claimed names the owner of this process, or nobody.
func (l *Ledger) claimed() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner == nil {
		return ""
	}
	return l.owner.id
}

// claim runs do for the owner, which has its row by then.
func (l *Ledger) claim(ctx context.Context, do func(t tx, owner string) error) error {
	o, err := l.claimant()
	if err != nil {
		return err
	}
	return l.writeTogether(ctx, func(t tx) error {
		now := millis(l.options.Now())
		_, err := t.exec(`INSERT INTO owner (id, host, pid, started, beat) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
			o.id, l.options.Host, os.Getpid(), now, now)
		if err != nil {
			return err
		}
		return do(t, o.id)
	})
}

// Beat says that this process lives, for those who cannot see its lock.
func (l *Ledger) Beat(ctx context.Context) error {
	l.place.keepBallast()
	id := l.claimed()
	if id == "" {
		return nil
	}
	return l.write(ctx, func(t tx) error {
		_, err := t.exec(`UPDATE owner SET beat = ? WHERE id = ?`, millis(l.options.Now()), id)
		return err
	})
}

// endOwner takes the row and the lock file away, when nothing is claimed any more. What
// is stays claimed by an owner that is dead.
func (l *Ledger) endOwner() error {
	if l.owner == nil {
		return nil
	}
	gone := int64(0)
	err := l.write(context.Background(), func(t tx) (err error) {
		gone, err = t.exec(`DELETE FROM owner WHERE id = ?
			AND NOT EXISTS (SELECT 1 FROM period WHERE claimed_by = owner.id)
			AND NOT EXISTS (SELECT 1 FROM delivery WHERE claimed_by = owner.id)`, l.owner.id)
		return err
	})
	if gone > 0 && err == nil {
		err = os.Remove(l.place.lock(l.owner.id))
	}
	return errors.Join(err, l.owner.lock.Close())
}

// heldBy is the HeldError of a row that the owner has claimed.
func heldBy(t tx, owner string) error {
	var e HeldError
	if err := t.row([]any{&e.PID, &e.Host}, `SELECT pid, host FROM owner WHERE id = ?`, owner); err != nil {
		return err
	}
	return &e
}

// ServeAlone makes this process the ledger's one daemon; a *HeldError names another that is.
func (l *Ledger) ServeAlone() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.alone != nil {
		return nil
	}
	path := l.place.path + "-daemon.lock"
	f, err := hold(path)
	if errors.Is(err, errElsewhere) {
		return readHolder(path)
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

// readHolder reads who holds the daemon's lock. A holder that has not written its name
// yet is process 0.
func readHolder(path string) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	e := &HeldError{Host: "this machine"}
	_, _ = fmt.Sscanf(string(text), "%d %s", &e.PID, &e.Host)
	return e
}

func (l *Ledger) endAlone() error {
	if l.alone == nil {
		return nil
	}
	return l.alone.Close()
}
