package daemon

import "golang.org/x/sys/windows"

// ErrAddressInUse is the error of a port at which somebody else listens.
const ErrAddressInUse = windows.WSAEADDRINUSE
