package reportconfig

import (
	"net/url"
	"strings"
)

// maxPing bounds the length of a ping URL, in characters.
const maxPing = 2000

// ping reads the URL that is told how a report goes. Who knows its path can answer for the report, so that no message
// repeats any of it.
func (v value) ping() string {
	v.secret = true
	s, ok := v.text()
	if !ok {
		return ""
	}
	const like = "like https://hc-ping.com/<uuid>"
	u, err := url.Parse(s)
	switch {
	case len(s) > maxPing:
		v.fault("", "is longer than %d characters", maxPing)
	case err != nil || u.Opaque != "" || u.Scheme != "https" && u.Scheme != "http":
		v.fault(like, "is not an https address (it is not shown here)")
	case u.User != nil || strings.Contains(u.Host, "@"):
		v.fault("leave them out", "has a user name or password in it (not shown)")
	case !hostAndPort(u):
		v.fault(like, "names no host that can be called (it is not shown here)")
	case strings.Contains(s, "#"):
		v.fault("leave out the # and what follows", "has a fragment, which is never sent")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		v.fault("write it as %20, a letter like å as %C3%A5", "holds a space or another character that a URL has no place for")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		v.fault("use https", "would send its path in the clear")
	default:
		return s
	}
	return ""
}
