//go:build !windows

package daemon

import "syscall"

// ErrAddressInUse is the error of a port at which somebody else listens.
const ErrAddressInUse = syscall.EADDRINUSE
