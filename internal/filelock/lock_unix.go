//go:build unix

package filelock

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// Dir locks a directory until it is closed.
func Dir(path string) (io.Closer, error) { return open(path, os.O_RDONLY, exclusive) }

// lock takes a flock, which belongs to the open file and not, as a lock of fcntl does, to
// the whole process.
func lock(f *os.File, m mode) error {
	how := syscall.LOCK_SH
	if m == exclusive {
		how = syscall.LOCK_EX
	}
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return ErrLocked
		}
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// Close ends the lock at once, even while a child process that is just being started still
// has the file.
func (l *Lock) Close() error {
	return errors.Join(syscall.Flock(int(l.Fd()), syscall.LOCK_UN), l.File.Close())
}
