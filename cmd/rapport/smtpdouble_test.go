package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// A keepingRelay is a relay that keeps everything it was ever given whole, whether or not the
// sender lived to hear that it was taken.
type keepingRelay struct {
	mu     sync.Mutex
	copies map[string]int               // by Message-ID
	bytes  map[string][sha256.Size]byte // of the first copy
	to     map[string]string
	faults []string
	want   int           // messages after which full is closed
	full   chan struct{} // may be nil
}

func (k *keepingRelay) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &keepingSession{keepingRelay: k}, nil
}

type keepingSession struct {
	keepingRelay *keepingRelay
	to           string
}

func (s *keepingSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *keepingSession) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }

func (s *keepingSession) Reset() {}

func (s *keepingSession) Logout() error { return nil }

func (s *keepingSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err // cut off before its dot: not taken
	}
	message, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return err
	}
	k, id, sum := s.keepingRelay, message.Header.Get("Message-Id"), sha256.Sum256(data)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.copies[id]++; k.copies[id] == 1 {
		k.bytes[id], k.to[id] = sum, s.to
		if k.full != nil && len(k.bytes) == k.want {
			close(k.full)
		}
	} else if k.bytes[id] != sum || k.to[id] != s.to {
		k.faults = append(k.faults, fmt.Sprintf("%s to %s: a copy with other bytes", id, s.to))
	}
	return nil
}

func startKeepingRelay(t *testing.T) (*keepingRelay, int) {
	t.Helper()
	k := newKeepingRelay()
	return k, listenSMTP(t, k)
}

func newKeepingRelay() *keepingRelay {
	return &keepingRelay{copies: map[string]int{}, bytes: map[string][sha256.Size]byte{}, to: map[string]string{}}
}

// kept is how many messages the relay holds, each counted once.
func (k *keepingRelay) kept() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.copies)
}

// A scriptedRelay is a keepingRelay that is told how to behave.
type scriptedRelay struct {
	*keepingRelay
	rcpt  func(to string) error // at RCPT; nil: everybody is known
	open  func(to string)       // inside DATA, before anything is read
	taken func(to string) error // the message is kept, and the dot not answered yet
}

func (g *scriptedRelay) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &scriptedSession{keepingSession{keepingRelay: g.keepingRelay}, g, c}, nil
}

type scriptedSession struct {
	keepingSession
	relay *scriptedRelay
	conn  *smtp.Conn
}

// errHangUp has taken end the connection instead of an answer.
var errHangUp = errors.New("hang up")

func (s *scriptedSession) Rcpt(to string, o *smtp.RcptOptions) error {
	if s.relay.rcpt != nil {
		if err := s.relay.rcpt(to); err != nil {
			return err
		}
	}
	return s.keepingSession.Rcpt(to, o)
}

func (s *scriptedSession) Data(r io.Reader) error {
	if s.relay.open != nil {
		s.relay.open(s.to)
	}
	if err := s.keepingSession.Data(r); err != nil || s.relay.taken == nil {
		return err
	}
	err := s.relay.taken(s.to)
	if errors.Is(err, errHangUp) {
		return errors.Join(err, s.conn.Conn().Close())
	}
	return err
}

func newScriptedRelay() *scriptedRelay {
	return &scriptedRelay{keepingRelay: &keepingRelay{copies: map[string]int{}, bytes: map[string][sha256.Size]byte{}, to: map[string]string{}}}
}

// startScriptedRelay listens on loopback until the test ends. It is told by tell, before it listens.
func startScriptedRelay(t *testing.T, tell func(*scriptedRelay)) (g *scriptedRelay, port int) {
	t.Helper()
	g = newScriptedRelay()
	if tell != nil {
		tell(g)
	}
	return g, serveSMTP(t, g, nil)
}

func serveSMTP(t *testing.T, backend smtp.Backend, encrypt *tls.Config) (port int) {
	t.Helper()
	server := smtp.NewServer(backend)
	server.Domain = "relay.test"
	server.TLSConfig = encrypt
	server.ErrorLog = noLog{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

// A noLog says nothing of clients that were killed.
type noLog struct{}

func (noLog) Printf(string, ...any) {}

func (noLog) Println(...any) {}

// A relay keeps what it takes and refuses what it is told to.
type relay struct {
	mu     sync.Mutex
	refuse map[string]*smtp.SMTPError // by recipient
	got    map[string][]string        // by recipient
	closed bool                       // nobody may send
	asked  int                        // how often somebody wanted to
}

func (r *relay) NewSession(*smtp.Conn) (smtp.Session, error) { return &relaySession{relay: r}, nil }

type relaySession struct {
	relay *relay
	to    string
}

func (s *relaySession) Mail(string, *smtp.MailOptions) error {
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	if s.relay.asked++; s.relay.closed {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "log in first"}
	}
	return nil
}

func (s *relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	if refusal := s.relay.refuse[to]; refusal != nil {
		return refusal
	}
	return nil
}

func (s *relaySession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	s.relay.got[s.to] = append(s.relay.got[s.to], string(data))
	return nil
}

func (s *relaySession) Reset() {}

func (s *relaySession) Logout() error { return nil }

// startRelay is a relay that a test can ask what it took.
func startRelay(t *testing.T) (r *relay, port int) {
	t.Helper()
	r = &relay{refuse: map[string]*smtp.SMTPError{}, got: map[string][]string{}}
	return r, listenSMTP(t, r)
}

// listenSMTP serves a relay on loopback without TLS until the test ends.
func listenSMTP(t *testing.T, relay smtp.Backend) (port int) {
	t.Helper()
	return listenSMTPAt(t, "127.0.0.1:0", relay)
}

func listenSMTPAt(t *testing.T, address string, relay smtp.Backend) (port int) {
	t.Helper()
	server := smtp.NewServer(relay)
	server.Domain = "relay.test"
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

// startSlowRelay is a keepingRelay in which each step of a message takes up to so long.
func startSlowRelay(t *testing.T, most time.Duration) (*keepingRelay, int) {
	t.Helper()
	wait := func(string) error { <-time.After(rand.N(most)); return nil }
	g, port := startScriptedRelay(t, func(g *scriptedRelay) {
		g.rcpt, g.open, g.taken = wait, func(to string) { _ = wait(to) }, wait
	})
	return g.keepingRelay, port
}

// awaitKept waits until the relay holds so many messages.
func (k *keepingRelay) awaitKept(t *testing.T, want int) {
	t.Helper()
	for began := time.Now(); k.kept() < want; <-time.After(10 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("the relay has %d messages, want %d", k.kept(), want)
		}
	}
}
