package filelock

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Dir locks a directory until it is closed, by a file in it that is there for as long:
// Windows locks no directories.
func Dir(path string) (io.Closer, error) {
	l, err := File(filepath.Join(path, ".lock"))
	return dirLock{l}, err
}

type dirLock struct{ *Lock }

// Close ends the lock and removes its file, unless another has opened that meanwhile.
func (l dirLock) Close() error {
	if err := l.Lock.Close(); err != nil {
		return err
	}
	if err := os.Remove(l.Name()); !errors.Is(err, windows.ERROR_SHARING_VIOLATION) {
		return err
	}
	return nil
}

// theByte is the one that is locked: far behind any text, since nobody else may read what
// is locked.
func theByte() *windows.Overlapped { return &windows.Overlapped{OffsetHigh: 1 << 30} }

func lock(f *os.File, m mode) error {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if m == exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, theByte())
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrLocked
	}
	return err
}

// Close ends the lock.
func (l *Lock) Close() error {
	return errors.Join(windows.UnlockFileEx(windows.Handle(l.Fd()), 0, 1, 0, theByte()), l.File.Close())
}
