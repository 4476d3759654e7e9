// Package filelock locks files and directories against other processes, and against other
// calls in this one. A lock ends when it is closed and when its process ends, however that
// ends. It binds only those who ask, and it refuses to wait: what is locked is ErrLocked.
package filelock

import (
	"errors"
	"os"
)

// ErrLocked says that somebody else holds the lock.
var ErrLocked = errors.New("another process holds the lock")

// Lock is a lock that is held, and the file that carries it.
type Lock struct{ *os.File }

// File locks a file, which is made if it is not there. Its text stays readable for others.
func File(path string) (*Lock, error) {
	return open(path, os.O_RDWR|os.O_CREATE, exclusive)
}

// IsLocked tells whether somebody holds the lock of a file. It does not get in the way of
// others who ask the same, but a File in the same moment may find it locked.
func IsLocked(path string) (bool, error) {
	l, err := open(path, os.O_RDONLY, shared)
	if errors.Is(err, ErrLocked) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, l.Close()
}

// mode is how a lock goes together with others.
type mode bool

const (
	exclusive mode = true
	shared    mode = false
)

func open(path string, flags int, m mode) (*Lock, error) {
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f, m); err != nil {
		return nil, errors.Join(&os.PathError{Op: "lock", Path: path, Err: err}, f.Close())
	}
	return &Lock{f}, nil
}
