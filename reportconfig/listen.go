package reportconfig

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"rapport/internal/hostname"
	"rapport/internal/yamltree"
)

const defaultListen = "127.0.0.1:9797"

// readListen reads where health and metrics are shown. There is no login, so an address that others can reach is worth
// a warning.
func readListen(v yamltree.Value) string {
	s := readHostPort(v)
	if host, _, err := net.SplitHostPort(s); err == nil && !hostname.IsLoopback(host) {
		v.Warn(defaultListen+" keeps it to this machine", "anybody who reaches it can read the figures of this daemon")
	}
	return s
}

// readHostPort reads an address to listen at: host:port.
func readHostPort(v yamltree.Value) string {
	if v.Tag() == "!!int" {
		v.Fault("like "+defaultListen, "must be host:port, is %s", v.Describe())
		return ""
	}
	s := v.Text()
	if s == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(s)
	switch {
	case strings.Contains(s, "://"):
		v.Fault("like "+defaultListen, "is a URL, not host:port")
	case err != nil || net.JoinHostPort(host, port) != s || !isListenHost(host):
		v.Fault(listenHint(s), "%s is not host:port", yamltree.Quote(s))
	case !isListenPort(port):
		v.Fault("", "the port must be a number from 0 to 65535 (0: any free one), is %s", yamltree.Quote(port))
	default:
		return s
	}
	return ""
}

// isListenHost takes an address, a name, or "" for all addresses. A name that ends in a number would be a mistyped address.
func isListenHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Zone() == ""
	}
	return host == "" || hostname.IsName(host) && !isDigits(host[strings.LastIndexByte(host, '.')+1:])
}

func isListenPort(port string) bool {
	_, err := strconv.ParseUint(port, 10, 16)
	return err == nil && isDigits(port) && (port == "0" || port[0] != '0')
}

func listenHint(s string) string {
	if strings.Count(s, ":") > 1 && !strings.HasPrefix(s, "[") {
		return "an IPv6 address goes into brackets, like [::1]:9797"
	}
	return "like " + defaultListen
}
