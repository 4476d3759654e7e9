// Package netaddress tells what hosts are: this machine, one that a program may call, a name at
// all; and reads addresses in a configuration. It asks no name server, and refuses what would send
// a secret in the clear or to a place that answers with a machine's own secrets.
package netaddress

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const labelLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// HasCallableHost tells whether u names a host, and a port if any, that a program should ever call.
func HasCallableHost(u *url.URL) bool {
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
	return IsHostName(u.Hostname())
}

// IsLoopback tells whether host is this machine, whatever a name server says.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() && ip.Zone() == ""
}

// IsHostName tells whether s is a host name in ASCII: labels of letters, digits, - and _, at most 63 each.
func IsHostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || strings.Trim(label, labelLetters) != "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// IsDotAtom tells whether local needs no quoting in an address (RFC 5322, 3.2.3).
func IsDotAtom(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.Trim(atom, labelLetters+"!#$%&'*+/=?^`{|}~") != "" {
			return false
		}
	}
	return true
}
