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
	"unicode"
	"unicode/utf8"
)

// fail is the *Error of a step.
func (c *session) fail(step string, err error) *Error {
	var already *Error
	if errors.As(err, &already) {
		return already
	}
	code := 0
	var reply *textproto.Error
	if errors.As(err, &reply) {
		code = reply.Code
	}
	v, relay := verdict(step, code)
	if code == 0 && c.ctx.Err() != nil { // stopped by us, no fault of the relay's
		err, relay = fmt.Errorf("stopped: %w", context.Cause(c.ctx)), false
	}
	return &Error{Verdict: v, Step: step, Code: code, Relay: relay, Err: c.describe(err, c.hint(step, code, err))}
}

// failure is an error in our words: the relay, what it said or what happened, a hint.
type failure struct {
	text  string
	cause error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

// describe names the relay in an error, and nothing that is secret or unprintable.
func (c *session) describe(err error, hint ...string) error {
	text := c.relay.address() + ": " + escape(c.redact(reason(err)), maxWords)
	if h := strings.Join(hint, ""); h != "" {
		text += " — " + h
	}
	return &failure{text: text, cause: err}
}

// reason says what happened, in the server's words where it said something.
func reason(err error) string {
	var reply *textproto.Error
	var known *failure
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

// hint is what the operator can do about it, if we know.
func (c *session) hint(step string, code int, err error) string {
	var record tls.RecordHeaderError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
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
	case errors.As(err, &name):
		return "host must be a name that the certificate holds"
	case errors.As(err, &invalid):
		return "is the certificate out of date, or this machine's clock?"
	case step == stepConnect && c.wire != nil && c.relay.TLS != Implicit && timedOut(err):
		return "does the port want tls: implicit, as 465 does?"
	case step == stepLogin && (code == 535 || code == 534):
		return "is the SMTP password right?"
	case step == stepLogin && code == 0 && c.wire == nil:
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

// maxWords is how many characters of a server's words are kept.
const maxWords = 400

// words are a server's reply on one line: "250 2.0.0 queued as 4XY".
func words(code int, message string) string {
	return strings.TrimSpace(strconv.Itoa(code) + " " + escape(message, maxWords))
}

// escape makes foreign text fit for an error: one line, no control characters, cut.
func escape(s string, limit int) string {
	var b strings.Builder
	left := limit // of what is written: an escaped character is up to ten
	for _, r := range strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ") {
		shown := string(r)
		if !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) {
			shown = strings.Trim(strconv.QuoteRuneToASCII(r), "'")
		}
		if left -= utf8.RuneCountInString(shown); left < 0 {
			b.WriteRune('…')
			break
		}
		b.WriteString(shown)
	}
	return b.String()
}

// redact removes the password from what a server said, as it is and as it went over the wire.
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
