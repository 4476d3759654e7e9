package acmecert_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/acmecert"
	"rapport/internal/acmecert/acmetest"
	"rapport/internal/webserver"
)

const host = "rapport.fjordfisk.example"

// memory is a cache in memory.
type memory struct {
	mu   sync.Mutex
	data map[string][]byte
}

func (m *memory) Certificate(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.data[name], nil
}

func (m *memory) KeepCertificate(_ context.Context, name string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data[name] = data
	return nil
}

// A log is what is written of from several goroutines.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// taken gives what was written since it was last asked.
func (l *log) taken() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

// served is a listener with the source of its certificate.
type served struct {
	authority *acmetest.Authority
	source    *acmecert.Source
	address   string
	log       *log
	later     time.Duration // how late it is for the source
}

func serve(t *testing.T) *served {
	t.Helper()
	s := &served{authority: acmetest.New(t, time.Now), log: &log{}}
	to := slog.New(slog.NewTextHandler(s.log, nil))
	s.source = acmecert.New(acmecert.Config{Host: host, Email: "drift@fjordfisk.example", Directory: s.authority.Directory, Now: func() time.Time { return time.Now().Add(s.later) }, Log: to})
	s.source.Use(&memory{data: map[string][]byte{}})
	t.Cleanup(func() { s.source.Use(nil) })
	server := &webserver.Server{Log: to}
	at := webserver.Address{HostPort: "127.0.0.1:0", TLS: true}
	all, err := server.Open([]webserver.Address{at})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	server.Replace(all, map[webserver.Address]webserver.Site{at: {Handler: hello, Certificate: s.source.Certificate}})
	s.address = all[at].Addr()
	s.authority.Leads(s.address, "")
	return s
}

// call gives the certificate that a caller sees.
func (s *served) call(t *testing.T, name string) (*x509.Certificate, error) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{ServerName: name, RootCAs: s.authority.Roots}}
	response, err := (&http.Client{Transport: transport}).Get("https://" + s.address + "/")
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err := response.Body.Close(); err != nil || string(body) != "hello" {
		t.Errorf("answered %q, %v", body, err)
	}
	return response.TLS.PeerCertificates[0], err
}

func TestTheFirstCallGetsTheCertificate(t *testing.T) {
	s := serve(t)
	for range 2 {
		leaf, err := s.call(t, host)
		if err != nil || leaf.VerifyHostname(host) != nil {
			t.Fatal(err, s.log.taken())
		}
	}
	contacts, orders := s.authority.Asked()
	if orders != 1 || strings.Join(contacts, " ") != "mailto:drift@fjordfisk.example" {
		t.Errorf("%d orders of %q", orders, contacts)
	}
}

func TestNothingIsAskedForAnotherName(t *testing.T) {
	s := serve(t)
	for _, name := range []string{"other.fjordfisk.example", "192.0.2.7", "fjordfisk.example"} {
		if _, err := s.call(t, name); err == nil {
			t.Errorf("%s has a certificate", name)
		}
	}
	if _, orders := s.authority.Asked(); orders != 0 || s.log.taken() != "" {
		t.Errorf("%d orders", orders)
	}
}

func TestARefusalIsSaidOnceWithTheAuthoritysWords(t *testing.T) {
	s := serve(t)
	s.authority.Leads(s.address, "too many certificates")
	for range 2 {
		if _, err := s.call(t, host); err == nil {
			t.Fatal("there is a certificate")
		}
	}
	said := s.log.taken()
	if strings.Count(said, "level=WARN") != 1 || !strings.Contains(said, "no certificate for "+host+" could be had") || !strings.Contains(said, `authority="too many certificates"`) {
		t.Errorf("said %q", said)
	}
}

func TestWhyTheNameWasNotBelievedIsSaid(t *testing.T) {
	s := serve(t)
	elsewhere := serve(t)
	s.authority.Leads(elsewhere.address, "")
	if _, err := s.call(t, host); err == nil {
		t.Fatal("there is a certificate")
	}
	if said := s.log.taken(); !strings.Contains(said, "port 443 of that name must lead here") || !strings.Contains(said, "authority=") || strings.Contains(said, `authority=""`) {
		t.Errorf("said %q", said)
	}
}

func TestItIsRenewedBeforeItEnds(t *testing.T) {
	s := serve(t)
	s.authority.First = 10 * time.Second // less than a third of it is left
	first, err := s.call(t, host)
	if err != nil {
		t.Fatal(err, s.log.taken())
	}
	deadline, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	for leaf := first; leaf.Equal(first); {
		if leaf, err = s.call(t, host); err != nil || deadline.Err() != nil {
			t.Fatal("not renewed: ", err, s.log.taken())
		}
	}
	if _, orders := s.authority.Asked(); orders != 2 {
		t.Errorf("%d orders", orders)
	}
}

func TestItsEndIsSaidAWeekBefore(t *testing.T) {
	s := serve(t)
	if _, err := s.call(t, host); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		days int
		says bool
	}{{0, false}, {82, false}, {84, true}, {84, false}, {85, true}} {
		s.later = time.Duration(c.days) * 24 * time.Hour
		if _, err := s.call(t, host); err != nil {
			t.Fatal(err)
		}
		if said := s.log.taken(); strings.Contains(said, "could not be renewed") != c.says {
			t.Errorf("after %d days: %q", c.days, said)
		}
	}
}

func TestWithoutACacheNothingIsAsked(t *testing.T) {
	s := serve(t)
	s.source.Use(nil)
	if _, err := s.call(t, host); err == nil {
		t.Error("there is a certificate")
	}
	if contacts, orders := s.authority.Asked(); orders != 0 || len(contacts) != 0 {
		t.Errorf("%d orders of %q", orders, contacts)
	}
}
