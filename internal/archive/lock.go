package archive

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Lock holds a directory against other runs until release is called, or the process
// ends. It does not wait: what is held is errHeld.
func Lock(dir string) (release func() error, err error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrLocked
		}
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), d.Close())
	}
	return d.Close, nil
}

var ErrLocked = errors.New("another run is at work on this report")
