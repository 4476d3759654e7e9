package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"rapport/mail"
)

// relay is a real SMTP server on loopback that keeps what it is sent.
type relay struct {
	*smtp.Server
	roots      *x509.CertPool
	port       int
	mechanisms []string
	password   string
	onMail     func(from string) error
	onRcpt     func(to string) error
	onData     func(message []byte) error

	mu   sync.Mutex
	kept []kept
}

type kept struct {
	from, to string
	size     int64
	message  []byte
}

// startRelay starts a relay with STARTTLS, or with TLS from the first byte.
func startRelay(t *testing.T, way mail.TLS, change func(*relay)) *relay {
	t.Helper()
	certificate, roots := authority(t)
	r := &relay{roots: roots}
	r.Server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{relay: r}, nil }))
	r.Domain, r.MaxLineLength, r.ErrorLog = "relay.test", 1000, silent{}
	r.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	if change != nil {
		change(r)
	}
	listener := listen(t)
	r.port = listener.Addr().(*net.TCPAddr).Port
	switch way {
	case mail.Implicit:
		listener = tls.NewListener(listener, r.TLSConfig)
	case mail.None:
		r.TLSConfig, r.AllowInsecureAuth = nil, true
	}
	done := make(chan error, 1)
	go func() { done <- r.Serve(listener) }()
	t.Cleanup(func() {
		r.Close()
		listener.Close() // which Close above misses when Serve has not begun yet
		if err := <-done; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Errorf("relay: %v", err)
		}
	})
	return r
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

// sender is a client for the relay.
func (r *relay) sender(way mail.TLS) *mail.SMTP {
	s := &mail.SMTP{Host: "127.0.0.1", Port: r.port, TLS: way, RootCAs: r.roots, Helo: "rapport.test"}
	if r.password != "" {
		s.Username, s.Password = "u", func() (string, error) { return r.password, nil }
	}
	return s
}

func (r *relay) messages() []kept {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kept
}

type session struct {
	relay *relay
	kept  kept
	user  bool
}

func (s *session) AuthMechanisms() []string { return s.relay.mechanisms }

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	return &login{mechanism: mechanism, password: s.relay.password, accept: func() { s.user = true }}, nil
}

func (s *session) Mail(from string, options *smtp.MailOptions) error {
	if s.relay.password != "" && !s.user {
		return smtp.ErrAuthRequired
	}
	s.kept.from, s.kept.size = from, options.Size
	if options.UTF8 {
		return errors.New("SMTPUTF8 was asked for without need")
	}
	if s.relay.onMail != nil {
		return s.relay.onMail(from)
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.kept.to = to
	if s.relay.onRcpt != nil {
		return s.relay.onRcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	message, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.relay.onData != nil {
		if err := s.relay.onData(message); err != nil {
			return err
		}
	}
	s.kept.message = message
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	s.relay.kept = append(s.relay.kept, s.kept)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// authority makes a CA and a certificate for 127.0.0.1 that it signed.
func authority(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "relay"},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// reply is an SMTP error of the relay.
func reply(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 7, 1}, Message: text}
}

// verdictOf is the *mail.Error in err.
func verdictOf(t *testing.T, err error) *mail.Error {
	t.Helper()
	var e *mail.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *mail.Error", err)
	}
	return e
}
