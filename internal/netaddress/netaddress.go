// Package netaddress reads addresses in a configuration: of services, of monitors, of ourselves, and
// what stands before the @ of a mail's. It asks no name server, and refuses what would send a secret
// in the clear or to a place that answers with a machine's own secrets.
package netaddress

import (
	"net/netip"
	"net/url"
	"strings"

	"rapport/internal/hostname"
	"rapport/internal/yamltree"
)

const likeURL = "like https://api.dintero.com/v1"

// ReadAPI reads the address of an API: https, or http to this machine, and nothing in it that could be a secret or
// send the bearer token elsewhere.
func ReadAPI(v yamltree.Value) string {
	s := v.Text()
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Opaque != "" || u.Scheme != "https" && u.Scheme != "http":
		v.Fault(likeURL, "%s is not an https address", yamltree.Quote(s))
	case u.User != nil || strings.Contains(u.Host, "@"):
		v.Fault("credentials go into client_id and client_secret", "has a user name or password in it (not shown)")
	case !hostname.IsCallable(u):
		v.Fault(likeURL, "%s names no host that can be called", yamltree.Quote(s))
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		v.Fault("end it with the path", "%s has a query or a fragment", yamltree.Quote(s))
	case u.Scheme == "http" && !hostname.IsLoopback(u.Hostname()):
		v.Fault("use https", "%s would send the access token in the clear", yamltree.Quote(s))
	default:
		return strings.TrimRight(u.String(), "/")
	}
	return ""
}

// maxPing bounds the length of a ping URL, in characters.
const maxPing = 2000

// ReadPing reads the URL that is told how a report goes. Who knows its path can answer for the report, so no message repeats
// any of it.
func ReadPing(v yamltree.Value) string { return ReadSecret(v, "like https://hc-ping.com/<uuid>") }

// ReadSecret reads a URL of which no message repeats any part.
func ReadSecret(v yamltree.Value, like string) string {
	v = v.Secret()
	s := v.Text()
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case len(s) > maxPing:
		v.Fault("", "is longer than %d characters", maxPing)
	case err != nil || u.Opaque != "" || u.Scheme != "https" && u.Scheme != "http":
		v.Fault(like, "is not an https address (it is not shown here)")
	case u.User != nil || strings.Contains(u.Host, "@"):
		v.Fault("leave them out", "has a user name or password in it (not shown)")
	case !hostname.IsCallable(u):
		v.Fault(like, "names no host that can be called (it is not shown here)")
	case strings.Contains(s, "#"):
		v.Fault("leave out the # and what follows", "has a fragment, which is never sent")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		v.Fault("write it as %20, a letter like å as %C3%A5", "holds a space or another character that a URL has no place for")
	case u.Scheme == "http" && !hostname.IsLoopback(u.Hostname()):
		v.Fault("use https", "would send its path in the clear")
	default:
		return s
	}
	return ""
}

// ReadPublic reads the address that others reach a listener at: scheme, host and port, nothing behind.
func ReadPublic(v yamltree.Value) string {
	s := ReadAPI(v)
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Path != "" {
		v.Fault("end it with the host or the port", "%s has a path", yamltree.Quote(s))
		return ""
	}
	return strings.ToLower(u.Scheme) + "://" + strings.ToLower(u.Host)
}

// ReadNetworks reads addresses and networks of proxies.
func ReadNetworks(v yamltree.Value) (list []netip.Prefix) {
	items, ok := v.List()
	if !ok {
		return nil
	}
	if len(items) == 0 {
		v.Fault("like [127.0.0.1/32]", "names no proxy")
	}
	for _, item := range items {
		s := item.Text()
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			var ip netip.Addr
			if ip, err = netip.ParseAddr(s); err == nil && ip.Zone() == "" {
				prefix, err = ip.Prefix(ip.BitLen())
			}
		}
		switch {
		case s == "":
		case err != nil || !prefix.IsValid():
			item.Fault("like 127.0.0.1/32", "%s is not an address or a network", yamltree.Quote(s))
		default:
			list = append(list, prefix.Masked())
		}
	}
	return list
}

const atomLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"

// IsDotAtom tells whether local needs no quoting in an address (RFC 5322, 3.2.3).
func IsDotAtom(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.Trim(atom, atomLetters) != "" {
			return false
		}
	}
	return true
}
