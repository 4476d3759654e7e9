package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"rapport/mail/internal/learned"
	"rapport/mail/internal/scram"
	"syscall"
)

// Verdict is how a send ended when the server did not accept the message.
type Verdict int

// The verdicts; a nil error is the fourth: accepted.
const (
	NotSent   Verdict = iota + 1 // surely not delivered; may be tried again
	Refused                      // surely not delivered, and the same try would end the same: the address is dead
	Uncertain                    // all was sent and no answer came: it may have arrived
)

// String is the word that reports, logs and --json use.
func (v Verdict) String() string {
	switch v {
	case NotSent:
		return "not sent"
	case Refused:
		return "refused"
	case Uncertain:
		return "uncertain"
	}
	return fmt.Sprintf("verdict %d", int(v))
}

// About is whose fault it is that a message was not accepted.
type About int

// What a refusal is about. With AboutUnknown and Refused the code alone speaks of the
// address: where all recipients of a run are refused so, it is not the address.
const (
	AboutUnknown About = iota
	AboutAddress       // the recipient's mailbox: it does not exist, or is full
	AboutMessage       // this message: too large, or its content is not liked
	AboutUs            // our sender, HELO, host, login or configuration, or the relay's: somebody must mend it
	AboutNow           // load, rate, quota, network: it passes by itself
)

// String is the word that logs use.
func (a About) String() string {
	if names := [...]string{"unknown", "address", "message", "us", "now"}; a >= 0 && int(a) < len(names) {
		return names[a]
	}
	return fmt.Sprintf("about %d", int(a))
}

// Error is a send that did not end in acceptance.
type Error struct {
	Verdict  Verdict
	About    About
	Step     string // connect, hello, starttls, login, sender, recipient, data, body, dot, or outbox
	Code     int    // the server's reply code, 0 when there was none
	Enhanced string // its enhanced status code like 5.1.1; empty when there was none
	Relay    bool   // the relay's or our own fault, not this message's: others will end the same
	Limit    int64  // the largest message in bytes that is worth a try, where this one is too large; else 0
	Err      error

	slowdown slowdown // what the relay wants of us, if it is that
	tried    []string // mechanisms of a login that the relay refused before it hung up
}

func (e *Error) Error() string { return e.Step + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// newError is the *Error of a step; one that err holds already is kept.
func (c *dialogue) newError(step string, err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	var refused *replyError
	var r reply
	e := &Error{Step: step}
	if errors.As(err, &refused) {
		r = refused.reply
		e.Code, e.Enhanced, e.slowdown = r.code, r.enhanced(), wantsLess(step, r)
	}
	o := judge(step, r)
	if e.Code == 0 && o.relay && oursToMend(err) || step == stepLogin && e.Code == 0 && c.conn == nil {
		o.about = AboutUs
	}
	if e.Code == 0 && c.ctx.Err() != nil { // stopped by us, not the relay's fault
		err, o = fmt.Errorf("stopped: %w", context.Cause(c.ctx)), outcome{verdict: o.verdict, about: AboutNow}
	}
	if o.size {
		e.Limit = learned.BelowRefused(c.size, r.text())
	}
	e.Verdict, e.About, e.Relay = o.verdict, o.about, o.relay
	e.Err = c.describe(err, cmp.Or(c.hint(step, e.Code, err), o.hint))
	return e
}

// oursToMend tells whether a connection failed for what does not pass by itself: somebody
// must mend the relay, its certificate, its name or our configuration.
func oursToMend(err error) bool {
	var name *net.DNSError
	return hintTLS(err) != "" || errors.Is(err, errNoSTARTTLS) || errors.Is(err, errNoAuth) || errors.Is(err, errNoMechanism) || errors.Is(err, scram.ErrUnproven) || errors.Is(err, errNotLoopback) ||
		errors.As(err, &name) && name.IsNotFound
}

// describedError is an error with a text of our own over its cause.
type describedError struct {
	text  string
	cause error
}

func (e *describedError) Error() string { return e.text }
func (e *describedError) Unwrap() error { return e.cause }

// describe makes an error that names the relay, what happened and a hint.
func (c *dialogue) describe(err error, hint string) error {
	text := c.relay.address() + ": " + c.shown(reason(err))
	if hint != "" {
		text += " — " + hint
	}
	return &describedError{text: text, cause: err}
}

// reason says what happened, in the server's words where there are any.
func reason(err error) string {
	var refused *replyError
	var known *describedError
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &known):
		return known.text
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection"
	case errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE):
		return "the server broke the connection"
	}
	return err.Error()
}

func timedOut(err error) bool {
	var timeout net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// hint is what the operator can do about an error; empty where nothing is known.
func (c *dialogue) hint(step string, code int, err error) string {
	switch {
	case c.ctx.Err() != nil:
		return ""
	case errors.Is(err, errNoSTARTTLS):
		return "set tls: implicit for port 465, or tls: none for a relay on this machine"
	case errors.Is(err, errNoAuth):
		return "is it the submission port 587 or 465? a relay that needs no login takes no username"
	case errors.Is(err, errNoMechanism):
		return "choose another with auth:"
	case errors.Is(err, scram.ErrUnproven):
		return "is it the right server, and nobody between? one that never proves it is used with another auth:"
	case errors.Is(err, errNotLoopback):
		return "set tls: starttls or tls: implicit"
	case hintTLS(err) != "":
		return hintTLS(err)
	case step == stepConnect && c.conn != nil && c.relay.TLS != Implicit && timedOut(err):
		return "does the port want tls: implicit, as 465 does?"
	case step == stepLogin && code/100 == 5:
		return c.loginHint(code)
	case step == stepLogin && code == 0 && c.conn == nil:
		return "the SMTP password could not be read"
	case code == 530:
		return hintLogin
	case step == stepHello && code/100 == 5:
		return hintHelo
	}
	return ""
}
