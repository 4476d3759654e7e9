// Package learned is what connections to a relay found out for the next ones: its address, a login,
// whether extensions work, how large a message it takes. It refuses to remember a limit for ever.
package learned

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Relay is what was learned of one relay and login. It may be shared.
type Relay struct {
	mu        sync.Mutex
	answered  netip.Addr // the address that let us in last
	mechanism string     // the one that worked last
	plain     bool       // extensions that are offered do not work
	stated    int64      // SIZE; 0: none
	refused   int64      // the largest size in bytes that was not refused for it; 0: none was
}

// LastAddress is the one that let us in last; invalid where none has.
func (l *Relay) LastAddress() netip.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answered
}

// LastMechanism is that of the last login that worked.
func (l *Relay) LastMechanism() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mechanism
}

// UseMechanism is told that a login worked.
func (l *Relay) UseMechanism(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mechanism = name
}

// WithoutExtensions tells whether those that are offered do not work.
func (l *Relay) WithoutExtensions() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.plain
}

// UseExtensions is told whether they do.
func (l *Relay) UseExtensions(well bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.plain = !well
}

// Remember keeps what a connection that works has shown: stated is the SIZE in bytes, 0: none.
func (l *Relay) Remember(address netip.Addr, stated int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answered = address
	if stated != l.stated {
		l.stated, l.refused = stated, 0 // somebody changed it
	}
}

// Limit is the largest message in bytes that is worth a try, 0 for any; configured stands
// where the relay states none.
func (l *Relay) Limit(configured int64) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := configured
	if l.stated > 0 {
		limit = l.stated
	}
	if l.refused > 0 && (limit == 0 || l.refused < limit) {
		limit = l.refused
	}
	return limit
}

// RefusedFor is how long a limit counts that was found out by a refusal: the next day's
// messages try again.
const RefusedFor = 12 * time.Hour

// Refuse notes that a larger message than limit was refused for its size.
func (l *Relay) Refuse(limit int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused > 0 && l.refused <= limit {
		return
	}
	l.refused = limit
	time.AfterFunc(RefusedFor, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.refused == limit {
			l.refused = 0
		}
	})
}

var sizeSaid = regexp.MustCompile(`(?i)\b(\d{1,12}) ?(k|m|g)?i?(?:b|bytes?)?\b`)

// leastLimit is the smallest number, in bytes, that is taken for a limit.
const leastLimit = 64_000

// BelowRefused is the limit to try after a message of size bytes was too large: what the
// relay says it is, else a little less than size, as the next message differs a little.
func BelowRefused(size int64, said string) int64 {
	limit := size - size/16
	for _, found := range sizeSaid.FindAllStringSubmatch(said, -1) {
		n, err := strconv.ParseInt(found[1], 10, 64)
		switch strings.ToLower(found[2]) {
		case "k":
			n *= 1000
		case "m":
			n *= 1000 * 1000
		case "g":
			n *= 1000 * 1000 * 1000
		}
		if err == nil && n >= leastLimit && n < limit {
			limit = n
		}
	}
	return limit
}
