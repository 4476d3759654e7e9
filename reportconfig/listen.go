package reportconfig

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

const defaultListen = "127.0.0.1:9797"

// listen reads where health and metrics are shown: host:port. There is no login, so that an address others can reach
// is worth a warning.
func (v value) listen() string {
	if v.node.ShortTag() == "!!int" {
		v.fault("like "+defaultListen, "must be host:port, is %s", v.described())
		return ""
	}
	s, ok := v.text()
	if !ok {
		return ""
	}
	host, port, err := net.SplitHostPort(s)
	switch {
	case strings.Contains(s, "://"):
		v.fault("like "+defaultListen, "is a URL, not host:port")
	case err != nil || net.JoinHostPort(host, port) != s || !listenHost(host):
		v.fault(listenHint(s), "%s is not host:port", quote(s))
	case !listenPort(port):
		v.fault("", "the port must be a number from 0 to 65535 (0: any free one), is %s", quote(port))
	default:
		if !loopback(host) {
			v.warn(defaultListen+" keeps it to this machine", "anybody who reaches it can read the figures of this daemon")
		}
		return s
	}
	return ""
}

// listenHost takes an address, a name, or "" for all addresses. A name that ends in a number would be a mistyped address.
func listenHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Zone() == ""
	}
	return host == "" || hostName(host) && !digits(host[strings.LastIndexByte(host, '.')+1:])
}

func listenPort(port string) bool {
	_, err := strconv.ParseUint(port, 10, 16)
	return err == nil && digits(port) && (port == "0" || port[0] != '0')
}

func listenHint(s string) string {
	if strings.Count(s, ":") > 1 && !strings.HasPrefix(s, "[") {
		return "an IPv6 address goes into brackets, like [::1]:9797"
	}
	return "like " + defaultListen
}
