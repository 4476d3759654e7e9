package apiclient

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

var errNoDate = errors.New("the answer to the token says no date")

// A serverClock is the time that the host's answers tell.
type serverClock struct {
	mu   sync.Mutex
	date time.Time // of the newest answer
	at   time.Time // when that came, by our clock; its monotonic reading counts on
}

// note reads the time off an answer. One that a cache kept is as much older as it says.
func (s *serverClock) note(h http.Header, at time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	if age, err := strconv.Atoi(h.Get("Age")); err == nil && age > 0 {
		date = date.Add(time.Duration(age) * time.Second)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.date, s.at = date, at
}

// now is the time by the newest answer; without one, known is false.
func (s *serverClock) now(at time.Time) (t time.Time, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.date.IsZero() {
		return time.Time{}, false
	}
	return s.date.Add(at.Sub(s.at)), true
}

// ServerTime is the time by the header Date of Dintero's newest answer, to the second. As
// long as there was no answer, known is false.
func (c *Client) ServerTime() (t time.Time, known bool) { return c.clock.now(c.config.Now()) }

// AskServerTime is ServerTime, but that a token is asked for if there was no answer yet.
func (c *Client) AskServerTime(ctx context.Context) (time.Time, error) {
	if t, known := c.ServerTime(); known {
		return t, nil
	}
	if _, err := c.token(ctx, ""); err != nil {
		return time.Time{}, err
	}
	if t, known := c.ServerTime(); known {
		return t, nil
	}
	return time.Time{}, errNoDate
}
