package mail

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
)

func (c *dialogue) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: c.relay.Host, RootCAs: c.relay.RootCAs, MinVersion: tls.VersionTLS12, VerifyConnection: refuseWeakKeys}
}

const minRSABits = 2048

// A weakKeyError is a certificate with a key that can be broken.
type weakKeyError struct{ bits int }

func (e *weakKeyError) Error() string {
	return fmt.Sprintf("the server's certificate relies on an RSA key of %d bits, %d is the least", e.bits, minRSABits)
}

// refuseWeakKeys wants one chain to the authority without a short RSA key in it:
// crypto/tls takes 1024 bits.
func refuseWeakKeys(state tls.ConnectionState) error {
	var weakest error
	for _, chain := range state.VerifiedChains {
		weak := weakKey(chain)
		if weak == nil {
			return nil
		}
		weakest = weak
	}
	return weakest
}

func weakKey(chain []*x509.Certificate) error {
	for _, certificate := range chain {
		if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < minRSABits {
			return &weakKeyError{key.N.BitLen()}
		}
	}
	return nil
}

// hintTLS is what can be done about a failed handshake; empty where err is none that the
// other side or a certificate decided.
func hintTLS(err error) string {
	var record tls.RecordHeaderError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	var weak *weakKeyError
	switch {
	case errors.As(err, &record):
		return "set tls: starttls if the port is 587 or 25"
	case errors.As(err, &authority):
		return "a private authority is named with ca:"
	case errors.As(err, &hostname):
		return "host must be a name that the certificate holds"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "is the certificate out of date, or this machine's clock?"
	case errors.As(err, &weak), errors.As(err, &invalid), errors.As(err, &verification):
		return "the relay needs another certificate; ask whoever runs it"
	}
	return hintAlert(err)
}

// hintAlert is what a TLS alert of the server means; empty where err is none.
func hintAlert(err error) string {
	var remote *net.OpError
	if !errors.As(err, &remote) || remote.Op != "remote error" || remote.Err == nil {
		return ""
	}
	said := remote.Err.Error() // crypto/tls exports no type for an alert
	for _, alert := range []struct{ words, hint string }{
		{"protocol version", "the server's TLS is older than 1.2, which is not safe; ask whoever runs it"},
		{"handshake failure", "the server and this program have no cipher in common, or it wants a certificate of its clients; ask whoever runs it"},
		{"insufficient security", "the server and this program have no cipher in common; ask whoever runs it"},
		{"unrecognized name", "the server does not know itself by the name in host:"},
		{"certificate required", "the server wants a certificate of its clients, which Rapport has none of; is there a port with username and password?"},
		{"bad certificate", "the server wants a certificate of its clients, which Rapport has none of; is there a port with username and password?"},
		{"internal error", "the server has a fault of its own, often a missing certificate; ask whoever runs it"},
	} {
		if strings.Contains(said, alert.words) {
			return alert.hint
		}
	}
	return "the server ended the TLS handshake; ask whoever runs it"
}
