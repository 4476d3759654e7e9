package mail

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"strconv"
	"time"
)

// TLS is how the connection to a relay is encrypted.
type TLS int

// The ways; the zero value is the one that is right almost everywhere.
const (
	STARTTLS TLS = iota // required: nothing but EHLO is sent before it
	Implicit            // TLS from the first byte, port 465
	None                // only to a loopback address
)

// SMTP is a relay that takes messages. It may be used by several goroutines.
type SMTP struct {
	Host     string
	Port     int // 0: 587, with Implicit 465, with None 25
	TLS      TLS
	Username string                 // empty: no authentication
	Password func() (string, error) // read anew for each connection; an access token where the relay takes XOAUTH2
	Helo     string                 // empty: localhost
	RootCAs  *x509.CertPool         // nil: the system's

	// MaxMessage is the largest message in bytes where the relay states no SIZE; 0: none.
	MaxMessage int64
	Timeouts   Timeouts

	dial func(ctx context.Context, network, address string) (net.Conn, error) // nil: a net.Dialer
}

// Timeouts are how long each step may take; 0 is the default. A short Dot makes
// duplicates: the relay may have accepted the message and not replied yet.
type Timeouts struct {
	Connect time.Duration // 30 s
	Command time.Duration // 2 min for the greeting and each command, TLS handshakes included
	Block   time.Duration // 3 min for each 64 KiB of the message
	Dot     time.Duration // 10 min for the reply to the final dot (RFC 5321, 4.5.3.2.6)
}

// Send hands one message to the relay. With a nil error the relay has accepted it, and
// reply is its text; otherwise err is an *Error. When ctx ends, the connection is
// closed and nothing was sent, except after the final dot: then Send waits for the
// reply all the same, at most as long as Timeouts.Dot.
//
// intent is called once the relay has taken sender and recipient, and before any of the
// message goes out: until it returns, the message surely was not delivered. When it
// returns an error nothing is sent, and err wraps that error. It may be nil.
func (s *SMTP) Send(ctx context.Context, f Frozen, intent func() error) (reply string, err error) {
	if err := f.check(); err != nil {
		return "", err
	}
	c, err := open(ctx, s)
	if err != nil {
		return "", err
	}
	defer c.close()
	reply, err = c.send(f, intent)
	if !maybeMidBody(err) {
		c.quit() // its outcome changes nothing: the reply to the dot stands
	}
	return reply, err
}

// check refuses addresses that no SMTP command may hold.
func (f Frozen) check() error {
	if err := checkAddress("envelope from", f.Envelope); err != nil {
		return &Error{Verdict: Refused, Step: stepSender, Err: err}
	}
	if err := checkAddress("to", f.To); err != nil {
		return &Error{Verdict: Refused, Step: stepRecipient, Err: err}
	}
	return nil
}

// Check connects, greets, encrypts and logs in as Send does, and sends nothing.
// An error is an *Error.
func (s *SMTP) Check(ctx context.Context) error {
	c, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer c.close()
	c.quit()
	return nil
}

// address is the relay as errors name it: host:port.
func (s *SMTP) address() string {
	port := s.Port
	if port == 0 {
		port = map[TLS]int{STARTTLS: 587, Implicit: 465, None: 25}[s.TLS]
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(port))
}

// withDefaults fills in what is 0.
func (t Timeouts) withDefaults() Timeouts {
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{{&t.Connect, 30 * time.Second}, {&t.Command, 2 * time.Minute}, {&t.Block, 3 * time.Minute}, {&t.Dot, 10 * time.Minute}} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	return t
}

// megabytes is a size in an error, readable and exact.
func megabytes(bytes int64) string {
	return fmt.Sprintf("%.1f MB (%d bytes)", float64(bytes)/1e6, bytes)
}
