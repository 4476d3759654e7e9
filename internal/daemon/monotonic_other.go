//go:build !linux

package daemon

// monotonic is of use to systemd only.
func monotonic() (usec int64, ok bool) { return 0, false }
