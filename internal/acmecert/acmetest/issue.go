package acmetest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// validate connects to where the name leads, and asks for the certificate that only the account can make.
func (a *Authority) validate(o *order, account *jose.JSONWebKey) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	// The certificate proves itself by its extension; it has no issuer.
	dialer := tls.Dialer{Config: &tls.Config{ServerName: o.host, NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true}}
	conn, err := dialer.DialContext(ctx, "tcp", a.listener)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	state := conn.(*tls.Conn).ConnectionState()
	thumb, err := account.Thumbprint(crypto.SHA256)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(o.token + "." + base64.RawURLEncoding.EncodeToString(thumb)))
	want, err := asn1.Marshal(sum[:])
	if err != nil {
		return err
	}
	leaf := state.PeerCertificates[0]
	if state.NegotiatedProtocol != "acme-tls/1" || len(leaf.DNSNames) != 1 || leaf.DNSNames[0] != o.host {
		return fmt.Errorf("%q is spoken there, for %q", state.NegotiatedProtocol, leaf.DNSNames)
	}
	for _, e := range leaf.Extensions {
		if e.Id.String() == "1.3.6.1.5.5.7.1.31" && e.Critical && bytes.Equal(e.Value, want) {
			return nil
		}
	}
	return errors.New("the listener does not know the token")
}

// issue gives the certificate of an order that was proven.
func (a *Authority) issue(o *order, encoded string) error {
	der, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err == nil {
		err = csr.CheckSignature()
	}
	if err != nil {
		return err
	}
	if o.status != "ready" || len(csr.DNSNames) != 1 || csr.DNSNames[0] != o.host {
		return fmt.Errorf("the order of %s is %s, and the CSR is for %q", o.host, o.status, csr.DNSNames)
	}
	ends := a.now().Add(life)
	if o == a.orders[0] {
		ends = a.now().Add(a.First)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(a.now().UnixNano()), DNSNames: csr.DNSNames, NotBefore: a.now().Add(-time.Minute), NotAfter: ends, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if der, err = x509.CreateCertificate(rand.Reader, leaf, a.root, csr.PublicKey, a.key); err != nil {
		return err
	}
	o.status = "valid"
	o.certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return nil
}
