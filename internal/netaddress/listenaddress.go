package netaddress

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"rapport/internal/hostname"
	"rapport/internal/yamltree"
)

const likeListen = "like 127.0.0.1:9797"

// ReadListen reads an address to listen at: host:port.
func ReadListen(v yamltree.Value) string {
	if v.Tag() == "!!int" {
		v.Fault(likeListen, "must be host:port, is %s", v.Describe())
		return ""
	}
	s := v.Text()
	if s == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(s)
	switch {
	case strings.Contains(s, "://"):
		v.Fault(likeListen, "is a URL, not host:port")
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
	return host == "" || hostname.IsName(host) && !hostname.IsDigits(host[strings.LastIndexByte(host, '.')+1:])
}

func isListenPort(port string) bool {
	_, err := strconv.ParseUint(port, 10, 16)
	return err == nil && hostname.IsDigits(port) && (port == "0" || port[0] != '0')
}

func listenHint(s string) string {
	if strings.Count(s, ":") > 1 && !strings.HasPrefix(s, "[") {
		return "an IPv6 address goes into brackets, like [::1]:9797"
	}
	return likeListen
}

// ReadCertified reads the name of a host that a public authority gives a certificate for: letters, digits and -, with
// a dot. It gives it in lower case.
func ReadCertified(v yamltree.Value) string {
	const like = "like rapport.example.com, a name that others reach this machine by"
	s := v.Text()
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	switch last := s[strings.LastIndexByte(s, '.')+1:]; {
	case s == "":
	case err == nil:
		v.Fault(like, "%s is an address, and certificates are for names", yamltree.Quote(s))
	case hostname.IsLoopback(s) || strings.EqualFold(last, "localhost"):
		v.Fault(like, "%s is this machine, and nobody else can check it", yamltree.Quote(s))
	case !hostname.IsName(s) || last == s || strings.Contains(s, "_") || hostname.IsDigits(last):
		v.Fault(like, "%s is not the full name of a host", yamltree.Quote(s))
	default:
		return strings.ToLower(s)
	}
	return ""
}
