package apiclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Limits of trying again.
const (
	maxTries      = 8
	firstWait     = 500 * time.Millisecond // doubles, with jitter of a half
	longestWait   = 60 * time.Second
	longestTry    = 2 * time.Hour // all tries of a page together
	minRetryAfter = time.Second
	maxRetryAfter = time.Hour
)

// temporaryError marks an error that a later try may mend; after is how long the server
// asks to wait, 0 where it does not say.
type temporaryError struct {
	err   error
	after time.Duration
}

func (t temporaryError) Error() string { return t.err.Error() }
func (t temporaryError) Unwrap() error { return t.err }

// As lets the backoff see the server's wish.
func (t temporaryError) As(target any) bool {
	if wish, ok := target.(**backoff.RetryAfterError); ok && t.after > 0 {
		*wish = &backoff.RetryAfterError{Duration: t.after}
		return true
	}
	return false
}

// retry calls try until it succeeds, fails for good, or has failed eight times.
// The context's end ends a wait at once.
func (c *Client) retry(ctx context.Context, what string, try func() error) error {
	waits := &backoff.ExponentialBackOff{
		InitialInterval: firstWait, MaxInterval: longestWait, Multiplier: 2, RandomizationFactor: 0.5,
	}
	tries := 0
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		tries++
		err := try()
		var temporary temporaryError
		if err != nil && !errors.As(err, &temporary) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(waits), backoff.WithMaxTries(maxTries), backoff.WithMaxElapsedTime(longestTry),
		backoff.WithNotify(func(err error, wait time.Duration) {
			c.config.Log.WarnContext(ctx, "trying again", "request", what, "error", err, "wait", wait.Round(time.Millisecond))
		}))
	var final *backoff.PermanentError // is left on where the last try was the eighth
	if errors.As(err, &final) {
		err = final.Err
	}
	var temporary temporaryError
	if errors.As(err, &temporary) {
		err = fmt.Errorf("%w (tried %d times)", temporary.err, tries)
	}
	return err
}

// retryAfter reads the header: seconds or an HTTP date, between a second and an
// hour; false where there is none that can be read. A date is compared with the
// server's own clock where the answer has one.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if digits := strings.TrimPrefix(value, "-"); strings.Trim(digits, "0123456789") == "" && digits != "" {
		seconds, err := strconv.Atoi(value)
		switch {
		case value[0] == '-':
			return minRetryAfter, true
		case err != nil || seconds > int(maxRetryAfter/time.Second):
			return maxRetryAfter, true
		}
		return max(minRetryAfter, time.Duration(seconds)*time.Second), true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if theirs, err := http.ParseTime(header.Get("Date")); err == nil {
		now = theirs
	}
	return min(max(minRetryAfter, date.Sub(now)), maxRetryAfter), true
}

// pause holds all requests of a client back while the server wants one of them to wait.
type pause struct {
	mu     sync.Mutex
	wishes int           // that have not ended yet
	over   chan struct{} // closed when the last of them ends; nil: there is none
}

// extend begins a pause, or makes the one that is running last as long.
func (p *pause) extend(after time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wishes++; p.wishes == 1 {
		p.over = make(chan struct{})
	}
	time.AfterFunc(after, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.wishes--; p.wishes == 0 {
			close(p.over)
			p.over = nil
		}
	})
}

// running is closed when the pause ends; nil where there is none.
func (p *pause) running() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

// wait returns when no pause is running, or with the context's cause.
func (p *pause) wait(ctx context.Context) error {
	for over := p.running(); over != nil && ctx.Err() == nil; over = p.running() {
		select {
		case <-over:
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}
