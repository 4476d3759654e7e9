package access

import (
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const mostLimiters = 10_000 // then those that are known are forgotten

// Limiters bound how often something is done, for each key by itself.
type Limiters struct {
	now       func() time.Time
	perSecond rate.Limit
	atOnce    int

	mu  sync.Mutex
	all map[[sha256.Size]byte]*rate.Limiter
}

// NewLimiters allows so many a second, and so many at once.
func NewLimiters(now func() time.Time, perSecond float64, atOnce int) *Limiters {
	return &Limiters{now: now, perSecond: rate.Limit(perSecond), atOnce: atOnce, all: map[[sha256.Size]byte]*rate.Limiter{}}
}

// Reserve gives how long to wait before it may be done for all keys; what would wait longer
// than longest is not to be done, and does not count.
func (l *Limiters) Reserve(longest time.Duration, keys ...string) (pause time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	var turns []*rate.Reservation
	for _, name := range keys {
		key := sha256.Sum256([]byte(name)) // whoever claims a name chooses its length
		if l.all[key] == nil {
			if len(l.all) >= mostLimiters {
				clear(l.all)
			}
			l.all[key] = rate.NewLimiter(l.perSecond, l.atOnce)
		}
		turn := l.all[key].ReserveN(now, 1)
		turns = append(turns, turn)
		pause = max(pause, turn.DelayFrom(now))
	}
	if pause > longest {
		for _, turn := range turns {
			turn.CancelAt(now)
		}
	}
	return pause
}

// How often who is not known yet may try to prove itself.
const (
	attemptsPerSecond = 1
	attemptsAtOnce    = 30
)

// Attempts bound the attempts to sign in, by address and by the name that is claimed.
type Attempts struct{ limiters *Limiters }

// NewAttempts allows one a second, and thirty at once.
func NewAttempts(now func() time.Time) Attempts {
	return Attempts{NewLimiters(now, attemptsPerSecond, attemptsAtOnce)}
}

// Pause is how long to wait before an attempt; zero: it may be made, and counts.
func (a Attempts) Pause(address, name string) time.Duration {
	return a.limiters.Reserve(0, "address "+address, "name "+name)
}
