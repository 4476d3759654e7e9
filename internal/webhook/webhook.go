// Package webhook tells others over HTTP: a monitor, in the manner of healthchecks.io, that a
// report started, succeeded or failed, and whoever takes alarms as JSON. It refuses to repeat
// an address, or what an answer says: who knows the path can answer for the report.
package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// A Client calls, and calls again soon if nobody hears. It may be shared.
type Client struct {
	Agent  string          // of the header User-Agent
	Pauses []time.Duration // before each further call

	http *http.Client
}

const (
	callTimeout = 5 * time.Second
	maxAnswer   = 64 << 10 // bytes that are read of an answer
)

// New makes a client that calls at most three times.
func New(agent string) *Client {
	return &Client{Agent: agent, Pauses: []time.Duration{time.Second, 3 * time.Second}, http: &http.Client{Timeout: callTimeout}}
}

// Ping gets URL, URL/start or URL/fail: signal is "", "start" or "fail".
func (c *Client) Ping(ctx context.Context, url, signal string) error {
	base, query, hasQuery := strings.Cut(url, "?")
	if signal != "" {
		base = strings.TrimSuffix(base, "/") + "/" + signal
	}
	if hasQuery {
		base += "?" + query
	}
	return c.call(ctx, http.MethodGet, base, nil)
}

// Post hands JSON over.
func (c *Client) Post(ctx context.Context, url string, body []byte) error {
	return c.call(ctx, http.MethodPost, url, body)
}

func (c *Client) call(ctx context.Context, method, url string, body []byte) error {
	err := c.once(ctx, method, url, body)
	for _, pause := range c.Pauses {
		var status *statusError
		if err == nil || errors.As(err, &status) && !status.passes() || !wait(ctx, pause) {
			break
		}
		err = c.once(ctx, method, url, body)
	}
	return err
}

func (c *Client) once(ctx context.Context, method, url string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address cannot be called")
	}
	request.Header.Set("User-Agent", c.Agent)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %s", request.URL.Hostname(), reason(err))
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %w", request.URL.Hostname(), &statusError{answer.StatusCode})
	}
	if err != nil {
		return fmt.Errorf("%s: %s", request.URL.Hostname(), reason(err))
	}
	return nil
}

// reason says why there was no answer. What the other side sent is not repeated: it may have
// sent back what it was sent.
func reason(err error) string {
	var network net.Error
	var operation *net.OpError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate):
		return "its certificate is not trusted"
	case errors.As(err, &name):
		return "its name does not resolve"
	case errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	case errors.As(err, &operation):
		return operation.Op + ": " + operation.Err.Error()
	}
	return "no answer that is HTTP"
}

// A statusError is an answer other than 2xx.
type statusError struct{ code int }

func (e *statusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", e.code, http.StatusText(e.code)))
}

// passes tells whether another call may hear something else.
func (e *statusError) passes() bool {
	return e.code/100 == 5 || e.code == http.StatusRequestTimeout || e.code == http.StatusTooManyRequests
}

// wait waits, unless ctx ends before.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
