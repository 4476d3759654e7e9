package mail

import (
	"cmp"
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"rapport/mail/internal/learned"
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
	Auth     string                 // the mechanism, like PLAIN; empty: the best that works
	Helo     string                 // empty: localhost
	RootCAs  *x509.CertPool         // nil: the system's

	// MaxMessage is the largest message in bytes where the relay states no SIZE; 0: none.
	MaxMessage int64
	Timeouts   Timeouts

	dial   func(ctx context.Context, network, address string) (net.Conn, error)  // nil: a net.Dialer
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error) // nil: the system's, or with a dial none
}

// Timeouts are how long each step may take; 0 is the default. A short Dot makes
// duplicates: the relay may have accepted the message and not replied yet.
type Timeouts struct {
	Connect time.Duration // 30 s
	Command time.Duration // 2 min for the greeting and each command, TLS handshakes included
	Block   time.Duration // 3 min for each 64 KiB of the message
	Message time.Duration // 8 min for all of it, up to the final dot
	Dot     time.Duration // 10 min for the reply to the final dot (RFC 5321, 4.5.3.2.6)
}

// check refuses addresses that no SMTP command may hold.
func (f Frozen) check() error {
	if err := checkAddress("envelope from", f.Envelope); err != nil {
		return &Error{Verdict: Refused, About: AboutUs, Step: stepSender, Err: err}
	}
	if err := checkAddress("to", f.To); err != nil {
		return &Error{Verdict: Refused, About: AboutAddress, Step: stepRecipient, Err: err}
	}
	return nil
}

// Check connects, greets, encrypts and logs in as a pool does, names sender and recipient
// of a message, takes it back, and sends nothing. Without from it names neither, without
// to no recipient. An error is an *Error.
func (s *SMTP) Check(ctx context.Context, from, to string) error {
	c, err := open(ctx, s, new(learned.Relay))
	if err != nil {
		return err
	}
	defer c.close()
	defer c.quit()
	if from == "" {
		return nil
	}
	if err := (Frozen{Envelope: from, To: cmp.Or(to, from)}).check(); err != nil {
		return err
	}
	if err := c.begin("MAIL FROM:<"+from+">", to); err != nil {
		return err
	}
	_ = c.exchange([]command{{stepSender, "RSET", 250}}) // QUIT, which comes next, takes it back too
	return nil
}

// withDefaults fills in what is 0.
func (t Timeouts) withDefaults() Timeouts {
	for _, d := range []struct {
		value    *time.Duration
		standard time.Duration
	}{{&t.Connect, 30 * time.Second}, {&t.Command, 2 * time.Minute}, {&t.Block, 3 * time.Minute}, {&t.Message, 8 * time.Minute}, {&t.Dot, 10 * time.Minute}} {
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	return t
}
