package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Error is a send that did not end in acceptance.
type Error struct {
	Verdict Verdict
	Step    string // connect, hello, starttls, login, sender, recipient, data, body, dot, or outbox
	Code    int    // the server's reply code, 0 when there was none
	Relay   bool   // the relay's or our own fault, not this message's: others will end the same
	Limit   int64  // the largest message in bytes that the relay takes, where this one is larger; else 0
	Err     error
}

func (e *Error) Error() string { return e.Step + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// newError is the *Error of a step; one that err holds already is kept.
func (c *session) newError(step string, err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	code := 0
	var reply *textproto.Error
	if errors.As(err, &reply) {
		code = reply.Code
	}
	v, relay := verdict(step, code)
	if code == 0 && c.ctx.Err() != nil { // stopped by us, not the relay's fault
		err, relay = fmt.Errorf("stopped: %w", context.Cause(c.ctx)), false
	}
	return &Error{Verdict: v, Step: step, Code: code, Relay: relay, Err: c.describe(err, c.hint(step, code, err))}
}

// describedError is an error with a text of our own over its cause.
type describedError struct {
	text  string
	cause error
}

func (e *describedError) Error() string { return e.text }
func (e *describedError) Unwrap() error { return e.cause }

// describe makes an error that names the relay, what happened and a hint, and holds
// nothing that is secret or cannot be printed.
func (c *session) describe(err error, hint string) error {
	text := c.relay.address() + ": " + printable(c.redact(reason(err)), maxReplyText)
	if hint != "" {
		text += " — " + hint
	}
	return &describedError{text: text, cause: err}
}

// reason says what happened, in the server's words where there are any.
func reason(err error) string {
	var reply *textproto.Error
	var known *describedError
	switch {
	case errors.As(err, &reply):
		return strconv.Itoa(reply.Code) + " " + reply.Msg
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
func (c *session) hint(step string, code int, err error) string {
	var record tls.RecordHeaderError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case c.ctx.Err() != nil:
		return ""
	case errors.Is(err, errNoSTARTTLS):
		return "set tls: implicit for port 465, or tls: none for a relay on this machine"
	case errors.Is(err, errNoAuth):
		return "is it the submission port 587 or 465? a relay that needs no login takes no username"
	case errors.Is(err, errNotLoopback):
		return "set tls: starttls or tls: implicit"
	case errors.As(err, &record):
		return "set tls: starttls if the port is 587 or 25"
	case errors.As(err, &authority):
		return "a private authority is named with ca:"
	case errors.As(err, &hostname):
		return "host must be a name that the certificate holds"
	case errors.As(err, &invalid):
		return "is the certificate out of date, or this machine's clock?"
	case step == stepConnect && c.conn != nil && c.relay.TLS != Implicit && timedOut(err):
		return "does the port want tls: implicit, as 465 does?"
	case step == stepLogin && (code == 535 || code == 534):
		return "is the SMTP password right?"
	case step == stepLogin && code == 0 && c.conn == nil:
		return "the SMTP password could not be read"
	case code == 530:
		return "the server wants username and password"
	case step == stepHello && code/100 == 5:
		return "set helo to this machine's full host name"
	case step == stepSender && code/100 == 5:
		return "may this login send as the address of from or envelope_from?"
	}
	return ""
}

// redact removes the password from a server's words, as it is and as AUTH encodes it.
func (c *session) redact(s string) string {
	if c.secret == "" {
		return s
	}
	encode := base64.StdEncoding.EncodeToString
	user := c.relay.Username
	for _, secret := range []string{
		encode([]byte("\x00" + user + "\x00" + c.secret)),
		encode([]byte("user=" + user + "\x01auth=Bearer " + c.secret + "\x01\x01")),
		encode([]byte(c.secret)),
		c.secret,
	} {
		s = strings.ReplaceAll(s, secret, "[redacted]")
	}
	return s
}
