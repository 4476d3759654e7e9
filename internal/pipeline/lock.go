//go:build unix

package pipeline

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock holds a directory against other runs until release is called, or the process
// ends. It does not wait: what is held is errHeld.
func lock(dir string) (release func() error, err error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errHeld
		}
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), d.Close())
	}
	return d.Close, nil
}

var errHeld = errors.New("another run is at work on this report")
