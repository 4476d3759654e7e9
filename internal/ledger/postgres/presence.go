package postgres

import (
	"errors"
	"io"
	"io/fs"

	"rapport/internal/durable"
	"rapport/internal/filelock"
	"rapport/internal/ledger/database"
)

// Enter shows that a process lives: to its own machine by a lock on a file, to others by a lock
// of the session.
func (b *Backend) Enter(process string) (io.Closer, error) {
	file, err := filelock.File(b.machine.processFile(process))
	if err != nil {
		return nil, err
	}
	if err := b.session.lock(process); err != nil {
		return nil, errors.Join(err, file.Close(), b.Leave(process))
	}
	return present{file, func() error { return b.session.end(process) }}, nil
}

// present is a process that lives until it is closed.
type present struct {
	file *filelock.Lock
	end  func() error
}

func (p present) Close() error { return errors.Join(p.end(), p.file.Close()) }

// Look tells by its file how a process of this machine is. Of another it tells whether its
// session has ended: the process may live, and be cut off.
func (b *Backend) Look(process string) (database.Life, error) {
	locked, err := filelock.IsLocked(b.machine.processFile(process))
	switch {
	case err == nil && locked:
		return database.Alive, nil
	case err == nil:
		return database.Dead, nil
	case !errors.Is(err, fs.ErrNotExist):
		return database.Unseen, err
	}
	if locked, err = b.session.isLocked(process); err != nil {
		return database.Unseen, err
	}
	if locked {
		return database.Alive, nil
	}
	return database.Suspect, nil
}

// EndSession ends the connection that holds the lock of a process.
func (b *Backend) EndSession(process string) error { return b.session.terminate(process) }

// Leave removes the file of a process of this machine that has ended.
func (b *Backend) Leave(process string) error {
	return durable.RemoveIfThere(b.machine.processFile(process))
}
