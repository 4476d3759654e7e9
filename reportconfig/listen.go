package reportconfig

import (
	"net"

	"rapport/internal/hostname"
	"rapport/internal/netaddress"
	"rapport/internal/yamltree"
)

const defaultListen = "127.0.0.1:9797"

// readListen reads where health and metrics are shown. There is no login, so an address that others can reach is worth
// a warning.
func readListen(v yamltree.Value) string {
	s := netaddress.ReadListen(v)
	if host, _, err := net.SplitHostPort(s); err == nil && !hostname.IsLoopback(host) {
		v.Warn(defaultListen+" keeps it to this machine", "anybody who reaches it can read the figures of this daemon")
	}
	return s
}
