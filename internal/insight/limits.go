package insight

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"rapport/internal/access"
)

// What one client may ask.
const (
	requestsPerSecond = 20
	longestWait       = 5 * time.Second
)

// limits bound what a client and an address may ask.
type limits struct {
	requests *access.Limiters // by client
	attempts access.Attempts
}

func newLimits(o Options) *limits {
	return &limits{access.NewLimiters(o.Now, requestsPerSecond, requestsPerSecond), o.Attempts}
}

// wait lets a client go on when it asks no more than it may; one that would wait too long is
// turned away.
func (l *limits) wait(ctx context.Context, client string) error {
	pause := l.requests.Reserve(longestWait, client)
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
	if pause := l.attempts.Pause(address, name); pause > 0 {
		return &failure{
			status: http.StatusTooManyRequests, code: "too_many_requests", message: "too many attempts: wait a moment",
			retryAfter: strconv.Itoa(int(pause/time.Second) + 1),
		}
	}
	return nil
}
