package insight

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// What one client may ask.
const (
	requestsPerSecond = 20
	longestWait       = 5 * time.Second
	signInsPerSecond  = 1
	signInsAtOnce     = 30
	mostLimiters      = 10_000 // then those that are known are forgotten
)

// limits bound what a client and an address may ask.
type limits struct {
	now func() time.Time

	mu       sync.Mutex
	requests map[string]*rate.Limiter // by client
	signIns  map[string]*rate.Limiter // by address, and by the name that is claimed
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, requests: map[string]*rate.Limiter{}, signIns: map[string]*rate.Limiter{}}
}

func limiterOf(all map[string]*rate.Limiter, key string, perSecond rate.Limit, atOnce int) *rate.Limiter {
	if all[key] == nil {
		if len(all) >= mostLimiters {
			clear(all)
		}
		all[key] = rate.NewLimiter(perSecond, atOnce)
	}
	return all[key]
}

// wait lets a client go on when it asks no more than it may; one that would wait too long is
// turned away.
func (l *limits) wait(ctx context.Context, client string) error {
	l.mu.Lock()
	now := l.now()
	turn := limiterOf(l.requests, client, requestsPerSecond, requestsPerSecond).ReserveN(now, 1)
	pause := turn.DelayFrom(now)
	if pause > longestWait {
		turn.CancelAt(now)
	}
	l.mu.Unlock()
	if pause > longestWait {
		f := errUnavailable("the client asks more than 20 requests a second")
		f.retryAfter = "5"
		return f
	}
	if pause <= 0 {
		return nil
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return errUnavailable("the request was given up")
	}
}

// signIn refuses who tries to prove itself too often.
func (l *limits) signIn(address, name string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for _, key := range []string{"address " + address, "name " + name} {
		turn := limiterOf(l.signIns, key, signInsPerSecond, signInsAtOnce).ReserveN(now, 1)
		if pause := turn.DelayFrom(now); pause > 0 {
			turn.CancelAt(now)
			return &failure{
				status: http.StatusTooManyRequests, code: "too_many_requests", message: "too many attempts: wait a moment",
				retryAfter: strconv.Itoa(int(pause/time.Second) + 1),
			}
		}
	}
	return nil
}
