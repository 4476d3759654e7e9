//go:build unix

package ledger

import (
	"errors"
	"os"
	"syscall"
)

// hold opens the file, made if absent, and locks it against all others until it is
// closed or the process ends. What another holds is errElsewhere.
func hold(path string) (*os.File, error) {
	return lockFile(path, os.O_RDWR|os.O_CREATE, syscall.LOCK_EX)
}

// held says whether somebody holds the file. It does not get in the way of another who asks.
func held(path string) (bool, error) {
	f, err := lockFile(path, os.O_RDONLY, syscall.LOCK_SH)
	if errors.Is(err, errElsewhere) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, f.Close()
}

func lockFile(path string, flags, how int) (*os.File, error) {
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errElsewhere
	}
	return nil, errors.Join(&os.PathError{Op: "lock", Path: path, Err: err}, f.Close())
}

var errElsewhere = errors.New("another process holds it")
