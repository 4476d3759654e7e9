// Package hostname tells which names and addresses of machines a program may call. It refuses
// what is no name in ASCII and what answers for the machine itself, and asks no name server.
package hostname

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const labelLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// IsCallable tells whether u names a host, and a port if any, that a program should ever call.
func IsCallable(u *url.URL) bool {
	if u.Port() != "" {
		if port, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || port == 0 {
			return false
		}
	} else if strings.HasSuffix(u.Host, ":") {
		return false
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		// 169.254.169.254 and its like answer with a cloud machine's own credentials.
		return !ip.IsLinkLocalUnicast() && !ip.IsUnspecified() && !ip.IsMulticast() && ip.Zone() == ""
	}
	return IsName(u.Hostname())
}

// IsLoopback tells whether host is this machine, whatever a name server says.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() && ip.Zone() == ""
}

// IsName tells whether s is a host name in ASCII: labels of letters, digits, - and _, at most 63 each.
func IsName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if strings.Trim(label, labelLetters) != "" || label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// IsDigits tells whether s has nothing but digits. A name of which the last label has would be a mistyped address.
func IsDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
