package mail

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
	"unicode"
)

// certified makes a certificate for a name and the pool that trusts it.
func certified(t *testing.T, key crypto.Signer, name string, from, to time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to, DNSNames: []string{name},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
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

func curveKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t *testing.T, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// encrypted is a client of a relay that speaks TLS from the first byte.
func encrypted(t *testing.T, config *tls.Config, roots *x509.CertPool) *SMTP {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			secure := tls.Server(conn, config)
			fmt.Fprint(secure, "220 relay\r\n")
			for lines := bufio.NewScanner(secure); lines.Scan(); {
				fmt.Fprint(secure, "250 ok\r\n")
			}
			secure.Close()
		}
	}()
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
	}
	return &SMTP{Host: "relay.test", TLS: Implicit, RootCAs: roots, dial: dial}
}

var longAgo, farAhead = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC)

// TestWhatIsWrongWithTLSIsOursToMend: nothing of it passes by itself, so the operator hears
// of it at once, in words that help.
func TestWhatIsWrongWithTLSIsOursToMend(t *testing.T) {
	key := curveKey(t)
	good, roots := certified(t, key, "relay.test", longAgo, farAhead)
	plain := func(change func(*tls.Config)) *tls.Config {
		config := &tls.Config{Certificates: []tls.Certificate{good}}
		if change != nil {
			change(config)
		}
		return config
	}
	with := func(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }
	expired, trustExpired := certified(t, key, "relay.test", longAgo, longAgo.AddDate(1, 0, 0))
	other, trustOther := certified(t, key, "other.test", longAgo, farAhead)
	weak, trustWeak := certified(t, rsaKey(t, 1024), "relay.test", longAgo, farAhead)
	for name, test := range map[string]struct {
		config *tls.Config
		roots  *x509.CertPool
		want   string // empty: it is well
	}{
		"well":                    {plain(nil), roots, ""},
		"an authority of its own": {plain(nil), x509.NewCertPool(), "named with ca:"},
		"expired":                 {with(expired), trustExpired, "is the certificate out of date, or this machine's clock?"},
		"another name":            {with(other), trustOther, "host must be a name that the certificate holds"},
		"a short RSA key":         {with(weak), trustWeak, "relies on an RSA key of 1024 bits, 2048 is the least — the relay needs another certificate"},
		"wants a certificate":     {plain(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }), roots, "the server wants a certificate of its clients"},
		"an old TLS":              {plain(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 }), roots, "protocol version"},
		"no certificate":          {&tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }}, roots, "the server does not know itself by the name in host:"},
		"no name": {plain(func(c *tls.Config) {
			c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, fmt.Errorf("no") }
		}), roots, "fault of its own"},
	} {
		err := encrypted(t, test.config, test.roots).Check(t.Context(), "", "")
		if test.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if e := asError(t, err); e.Verdict != NotSent || !e.Relay || e.About != AboutUs || e.Step != "connect" || !strings.Contains(e.Error(), test.want) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// TestAStrongRSAKeyIsTaken.
func TestAStrongRSAKeyIsTaken(t *testing.T) {
	certificate, roots := certified(t, rsaKey(t, 2048), "relay.test", longAgo, farAhead)
	if err := encrypted(t, &tls.Config{Certificates: []tls.Certificate{certificate}}, roots).Check(t.Context(), "", ""); err != nil {
		t.Error(err)
	}
}

// TestANameInACertificateMovesNoCursor: it is the other side's word like any other.
func TestANameInACertificateMovesNoCursor(t *testing.T) {
	certificate, roots := certified(t, curveKey(t), "\x1b[2J\x1b]0;owned\x07.test", longAgo, farAhead)
	err := encrypted(t, &tls.Config{Certificates: []tls.Certificate{certificate}}, roots).Check(t.Context(), "", "")
	if e := asError(t, err); strings.ContainsFunc(e.Error(), unicode.IsControl) || e.Step != "connect" {
		t.Errorf("%q", e.Error())
	}
}
