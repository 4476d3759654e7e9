package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"rapport/internal/durable"
	"rapport/internal/filelock"
	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
)

// Enter shows that a process lives, by a lock on a file of its own beside the ledger.
func (b *Backend) Enter(process string) (io.Closer, error) {
	l, err := filelock.File(b.file.lock(process))
	if err != nil {
		return nil, err // no lock in an interface
	}
	return l, nil
}

// Look tells whether a process has its file locked. Without the file nothing is seen.
func (b *Backend) Look(process string) (database.Life, error) {
	locked, err := filelock.IsLocked(b.file.lock(process))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return database.Unseen, nil
	case err != nil:
		return database.Unseen, err
	case locked:
		return database.Alive, nil
	}
	return database.Dead, nil
}

// Leave removes the lock file of a process that has ended.
func (b *Backend) Leave(process string) error {
	return durable.RemoveIfThere(b.file.lock(process))
}

// ServeAlone locks the daemon's lock file, in which the daemon's name stands.
func (b *Backend) ServeAlone(host string) (io.Closer, error) {
	f, err := filelock.File(b.file.daemonLock())
	if errors.Is(err, filelock.ErrLocked) {
		return nil, b.servedBy()
	}
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if _, err := fmt.Fprintf(f, "%d %s\n", os.Getpid(), host); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// servedBy names the daemon that has the lock. One that has not written its name yet is
// process 0.
func (b *Backend) servedBy() error {
	text, err := os.ReadFile(b.file.daemonLock())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	e := &ledger.LockedError{Host: "this machine"}
	_, _ = fmt.Sscanf(string(text), "%d %s", &e.PID, &e.Host)
	return e
}

// EndSession refuses: who holds a lock of the file system is a process of this machine.
func (b *Backend) EndSession(process string) error {
	return fmt.Errorf("process %s: end it as any other of this machine", process)
}
