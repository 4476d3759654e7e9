package apiclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"rapport/fetch/internal/dinterojson"
)

// Deadlines of one request; a page that drips is as good as none.
const (
	headerDeadline = 60 * time.Second // until the answer begins
	idleDeadline   = 30 * time.Second // between two reads of the body
	pageDeadline   = 5 * time.Minute  // all of it
)

// Causes of a request's end.
var (
	errNoAnswer = fmt.Errorf("no answer within %s", headerDeadline)
	errIdle     = fmt.Errorf("nothing came for %s", idleDeadline)
	errSlow     = fmt.Errorf("not complete after %s", pageDeadline)
)

// send makes one request and gives the body of a 200 to read, which must read it
// to its end. An error that a later try may mend is a temporary one.
func (c *Client) send(ctx context.Context, req *http.Request, read func(io.Reader) error) (err error) {
	transport, err := c.acquireSlot(ctx, req) // before the deadlines: they are the host's, not the queue's
	if err != nil {
		return err
	}
	attempt, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	whole := time.AfterFunc(pageDeadline, func() { stop(errSlow) })
	defer whole.Stop()
	headers := time.AfterFunc(headerDeadline, func() { stop(errNoAnswer) })
	defer headers.Stop()

	c.identify(req)
	resp, err := transport.RoundTrip(req.WithContext(attempt)) // no client between: redirects are refused below
	if err != nil {
		return noAnswer(attempt, req.URL.Host, c.secrets.shown(err))
	}
	defer resp.Body.Close()
	headers.Stop()
	c.clock.note(resp.Header, c.config.Now())
	body := &timedBody{body: resp.Body, idle: time.AfterFunc(idleDeadline, func() { stop(errIdle) })}
	defer body.idle.Stop()
	if resp.StatusCode != http.StatusOK {
		return c.refused(resp, body)
	}
	body.guard = newGuard(c.secrets.strong())
	page := &dinterojson.LimitedReader{R: body}
	if held := holdOf(ctx); held != nil {
		before := held.bytes
		body.take = func(bytes int) error { return held.take(attempt, bytes, leaveOf(resp)) }
		page.Keep = held.keep
		defer func() {
			if err != nil { // of a try that failed nothing is kept
				held.keep(before - held.bytes)
			}
		}()
	}
	if err := read(page); err != nil {
		return badBody(attempt, body, c.secrets.shown(err))
	}
	return nil
}

// acquireSlot waits for the request's turn. One that comes in a pause is left to others.
func (c *Client) acquireSlot(ctx context.Context, req *http.Request) (http.RoundTripper, error) {
	for {
		if err := c.pause.wait(ctx); err != nil {
			return nil, err
		}
		transport, leave, err := acquireSlot(ctx, c.config.Transport, req)
		if err != nil || c.pause.running() == nil {
			return transport, err
		}
		leave()
	}
}

// identify says who asks, as Dintero's own clients do.
func (c *Client) identify(req *http.Request) {
	const longest = 120 // of a Dintero-System header
	version := c.config.Version[:min(len(c.config.Version), longest)]
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "rapport/"+version)
	req.Header.Set("Dintero-System-Name", "rapport")
	req.Header.Set("Dintero-System-Version", version)
}

// noAnswer is the error of a request that got no answer.
func noAnswer(attempt context.Context, host string, err error) error {
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return fmt.Errorf("%w — is %s the right address?", err, host)
	}
	if attempt.Err() != nil {
		err = context.Cause(attempt)
	}
	return temporaryError{err: err}
}

// badBody is the error of a body that could not be read: temporary where the way
// failed, final where the content is wrong.
func badBody(attempt context.Context, body *timedBody, err error) error {
	switch {
	case errors.Is(err, dinterojson.ErrTooLong):
		return fmt.Errorf("the answer %w", dinterojson.ErrTooLong) // whichever row it was found in
	case errors.Is(body.err, errRepeats), errors.Is(body.err, errHeld):
		return body.err
	case attempt.Err() != nil:
		return temporaryError{err: context.Cause(attempt)}
	case body.err != nil:
		return temporaryError{err: fmt.Errorf("the answer breaks off: %w", body.err)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return temporaryError{err: fmt.Errorf("the answer is cut short: %w", err)}
	}
	return err
}

// timedBody reads a body. It lets the request end when no read comes back within the idle
// deadline, and keeps the error with which reading ended.
type timedBody struct {
	body  io.Reader
	idle  *time.Timer
	take  func(bytes int) error // waits for room in memory; nil: there is
	guard *guard
	err   error
}

// Read implements [io.Reader].
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.idle.Stop()
	if b.guard != nil && b.guard.finds(p[:n]) {
		n, err = 0, errRepeats
	}
	if b.take != nil && n > 0 {
		if full := b.take(n); full != nil {
			n, err = 0, full
		}
	}
	b.idle.Reset(idleDeadline)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
