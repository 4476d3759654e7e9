package daemon

import "golang.org/x/sys/unix"

// monotonic is CLOCK_MONOTONIC in microseconds, by which systemd tells an answer to this
// reload from one to an earlier.
func monotonic() (usec int64, ok bool) {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return 0, false
	}
	return t.Nano() / 1000, true
}
