// Package acmecert gets a certificate for one host name from an authority by ACME (RFC 8555), when
// somebody first calls, and renews it. It proves the name on the listener itself (tls-alpn-01, RFC 8737),
// keeps keys and certificates where it is told, and refuses every other name.
package acmecert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// Protocol is what the authority asks the listener for, beside those that it serves.
const Protocol = acme.ALPNProto

// A Cache keeps what a Source needs again, by name; private keys are among it. What is not there is nil.
type Cache interface {
	Certificate(ctx context.Context, name string) ([]byte, error)
	KeepCertificate(ctx context.Context, name string, data []byte) error // nil removes it
}

// Config is whose certificate is asked for, and of whom.
type Config struct {
	Host, Email string // Email may be ""
	Directory   string // of the authority; "": Let's Encrypt
	Transport   http.RoundTripper
	Now         func() time.Time
	Log         *slog.Logger
}

// A Source has the certificate of one host. It outlives its cache: Use gives it another one.
type Source struct {
	Config
	manager autocert.Manager

	mu     sync.Mutex
	cache  Cache // nil: nothing is asked for
	said   string
	warned string
	at     time.Time // of the last warning
}

// errNoCache keeps the authority from being asked for what cannot be kept.
var errNoCache = errors.New("the ledger is closed")

// New makes a source that has no cache yet.
func New(c Config) *Source {
	s := &Source{Config: c}
	if s.Directory == "" {
		s.Directory = autocert.DefaultACMEDirectory
	}
	if s.Transport == nil {
		s.Transport = http.DefaultTransport
	}
	s.manager = autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: kept{s}, HostPolicy: autocert.HostWhitelist(c.Host), Email: c.Email,
		Client: &acme.Client{DirectoryURL: s.Directory, UserAgent: "rapport", RetryBackoff: backoff, HTTPClient: &http.Client{Transport: answers{s}, Timeout: time.Minute}},
	}
	return s
}

// backoff asks again what failed by chance. What the authority limits is not asked again before somebody calls
// a minute later: by itself autocert would go on for five minutes.
func backoff(tries int, _ *http.Request, r *http.Response) time.Duration {
	if tries > 3 || r.StatusCode == http.StatusTooManyRequests {
		return 0
	}
	return time.Duration(tries) * time.Second
}

// Use gives it the cache of now. Nil stops it: the authority is asked nothing more.
func (s *Source) Use(c Cache) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cache = c
}

// Certificate is the GetCertificate of the listener. The first call for the host waits until the authority has answered.
func (s *Source) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if name := strings.TrimSuffix(strings.ToLower(hello.ServerName), "."); name != s.Host {
		return nil, fmt.Errorf("there is a certificate for %s, and %q is asked for", s.Host, name)
	}
	certificate, err := s.manager.GetCertificate(hello)
	switch {
	case len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == Protocol: // anybody may ask so
	case err != nil:
		s.warn("no certificate for "+s.Host+" could be had; port 443 of that name must lead here", err)
	default:
		s.warnOfEnd(certificate.Leaf)
	}
	return certificate, err
}

// endsSoon is how long before its end a certificate should have been renewed; one of a few days, in its last sixth.
const endsSoon = 7 * 24 * time.Hour

func (s *Source) warnOfEnd(leaf *x509.Certificate) {
	if leaf == nil {
		return
	}
	if left := leaf.NotAfter.Sub(s.Now()); left < min(endsSoon, leaf.NotAfter.Sub(leaf.NotBefore)/6) {
		s.warn("the certificate for "+s.Host+" ends at "+leaf.NotAfter.UTC().Format(time.RFC3339)+" and could not be renewed; port 443 of that name must lead here", nil)
	}
}

// warnAgain is how soon the same is said once more.
const warnAgain = 12 * time.Hour

// warn says what is wrong, with the last refusal of the authority.
func (s *Source) warn(what string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	if s.warned == what && now.Sub(s.at) < warnAgain {
		return
	}
	s.warned, s.at = what, now
	var attributes []any
	if err != nil {
		attributes = append(attributes, "error", err)
	}
	if s.said != "" {
		attributes = append(attributes, "authority", s.said)
	}
	s.Log.Warn(what, attributes...)
}

// kept is the Cache as autocert asks for it.
type kept struct{ s *Source }

func (k kept) cache() (Cache, error) {
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	if k.s.cache == nil {
		return nil, errNoCache
	}
	return k.s.cache, nil
}

func (k kept) Get(ctx context.Context, name string) ([]byte, error) {
	c, err := k.cache()
	if err != nil {
		return nil, err
	}
	data, err := c.Certificate(ctx, name)
	if err == nil && data == nil {
		return nil, autocert.ErrCacheMiss
	}
	return data, err
}

func (k kept) Put(ctx context.Context, name string, data []byte) error {
	c, err := k.cache()
	if err == nil {
		err = c.KeepCertificate(ctx, name, data)
	}
	if err != nil { // autocert goes on without a word, and asks the authority again after each start
		k.s.Log.Warn("the certificate or key could not be kept", "name", name, "error", err)
	}
	return err
}

// Delete removes what proved the name once: it is worth nothing any more, wherever it is left.
func (k kept) Delete(ctx context.Context, name string) error {
	c, err := k.cache()
	if err != nil {
		return err
	}
	return c.KeepCertificate(ctx, name, nil)
}
