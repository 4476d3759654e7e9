// Package acmetest is an authority that gives certificates by ACME (RFC 8555), for tests. It refuses what is not
// signed by the account, a nonce twice, and a name whose listener does not prove itself by tls-alpn-01 (RFC 8737).
package acmetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// An Authority gives certificates for names that are proven at the address where they lead.
type Authority struct {
	Directory string // its URL
	Roots     *x509.CertPool
	First     time.Duration // the life of the first certificate; the others live for 90 days

	mu       sync.Mutex
	listener string
	refusal  string // of orders; "": none
	nonces   map[string]bool
	accounts []*jose.JSONWebKey
	contacts []string
	orders   []*order
	root     *x509.Certificate
	key      *ecdsa.PrivateKey
	now      func() time.Time
}

type order struct {
	host, token, status, detail string
	account                     int
	certificate                 []byte // PEM
}

const life = 90 * 24 * time.Hour

// New is one that listens on loopback until the test ends.
func New(t testing.TB, now func() time.Time) *Authority {
	t.Helper()
	a := &Authority{First: life, nonces: map[string]bool{}, Roots: x509.NewCertPool(), now: now}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test"}, NotBefore: now().Add(-time.Hour), NotAfter: now().AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, root, root, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.root, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.Roots.AddCert(a.root)
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.Directory = server.URL + "/directory"
	return a
}

// Leads says where port 443 of every name leads, and why orders are refused; "": they are not.
func (a *Authority) Leads(listener, refusal string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listener, a.refusal = listener, refusal
}

// Asked are the accounts' contacts and how many orders there were.
func (a *Authority) Asked() (contacts []string, orders int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.contacts, len(a.orders)
}

// A request is one that is signed.
type request struct {
	account int // -1: a new one
	key     *jose.JSONWebKey
	payload []byte
}

func (a *Authority) read(r *http.Request) (q request, err error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return q, err
	}
	jws, err := jose.ParseSigned(string(body), []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return q, err
	}
	head := jws.Signatures[0].Protected
	if url := "http://" + r.Host + r.URL.Path; head.ExtraHeaders["url"] != url || r.Header.Get("Content-Type") != "application/jose+json" {
		return q, fmt.Errorf("%v is signed, not %s", head.ExtraHeaders["url"], url)
	}
	if !a.nonces[head.Nonce] {
		return q, errors.New("the nonce is not ours, or was used")
	}
	delete(a.nonces, head.Nonce)
	if q.account, q.key = -1, head.JSONWebKey; head.KeyID != "" {
		if q.account, err = strconv.Atoi(head.KeyID[strings.LastIndexByte(head.KeyID, '/')+1:]); err != nil || q.account >= len(a.accounts) {
			return q, errors.New("no such account")
		}
		q.key = a.accounts[q.account]
	}
	if (q.account < 0) != (r.URL.Path == "/account") || q.key == nil {
		return q, errors.New("signed by the wrong key")
	}
	q.payload, err = jws.Verify(q.key)
	return q, err
}

// ServeHTTP answers one request at a time.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	base, nonce := "http://"+r.Host, rand.Text()
	a.nonces[nonce] = true
	w.Header().Set("Replay-Nonce", nonce)
	answer := func(code int, location string, body any) { answer(w, base, code, location, body) }
	problem := func(code int, kind, detail string) {
		answer(code, "", map[string]any{"type": "urn:ietf:params:acme:error:" + kind, "detail": detail})
	}
	switch r.URL.Path {
	case "/directory":
		answer(200, "", map[string]any{"newNonce": base + "/nonce", "newAccount": base + "/account", "newOrder": base + "/order", "meta": map[string]any{"termsOfService": base + "/terms"}})
		return
	case "/nonce":
		return
	}
	q, err := a.read(r)
	if err != nil {
		problem(400, "malformed", err.Error())
		return
	}
	var sent struct {
		TermsOfServiceAgreed bool
		Contact              []string
		Identifiers          []struct{ Type, Value string }
		CSR                  string
	}
	_ = json.Unmarshal(q.payload, &sent)
	what, number, _ := strings.Cut(r.URL.Path[1:], "/")
	switch {
	case what == "account" && !sent.TermsOfServiceAgreed:
		problem(403, "userActionRequired", "agree to the terms")
		return
	case what == "account":
		a.accounts, a.contacts = append(a.accounts, q.key), append(a.contacts, sent.Contact...)
		answer(201, fmt.Sprintf("/account/%d", len(a.accounts)-1), map[string]any{"status": "valid"})
		return
	case what == "order" && number == "" && a.refusal != "":
		problem(429, "rateLimited", a.refusal)
		return
	case what == "order" && number == "":
		number = strconv.Itoa(len(a.orders))
		a.orders = append(a.orders, &order{host: sent.Identifiers[0].Value, token: rand.Text(), status: "pending", account: q.account})
	}
	n, err := strconv.Atoi(number)
	if err != nil || n >= len(a.orders) || a.orders[n].account != q.account {
		problem(404, "malformed", "no such order")
		return
	}
	o := a.orders[n]
	switch what {
	case "challenge":
		o.status = "ready"
		if err := a.validate(o, q.key); err != nil {
			o.status, o.detail = "invalid", err.Error()
		}
	case "finalize":
		if err := a.issue(o, sent.CSR); err != nil {
			problem(403, "badCSR", err.Error())
			return
		}
	case "certificate":
		_, _ = w.Write(o.certificate)
		return
	}
	code := 200
	if r.URL.Path == "/order" {
		code = 201
	}
	location := ""
	if what != "challenge" && what != "authorization" {
		location = "/order/" + number
	}
	answer(code, location, o.shown(what, base, number))
}

func answer(w http.ResponseWriter, base string, code int, location string, body any) {
	if location != "" {
		w.Header().Set("Location", base+location)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // who has gone reads nothing
}

// shown is the order, its authorization or its challenge.
func (o *order) shown(what, base, number string) map[string]any {
	state := o.status
	if state == "ready" {
		state = "valid"
	}
	identifier := map[string]any{"type": "dns", "value": o.host}
	challenge := map[string]any{"type": "tls-alpn-01", "url": base + "/challenge/" + number, "token": o.token, "status": state}
	if o.detail != "" {
		challenge["error"] = map[string]any{"type": "urn:ietf:params:acme:error:unauthorized", "detail": o.detail}
	}
	switch what {
	case "challenge":
		return challenge
	case "authorization":
		return map[string]any{"status": state, "identifier": identifier, "challenges": []any{challenge}}
	}
	return map[string]any{"status": o.status, "identifiers": []any{identifier}, "authorizations": []any{base + "/authorization/" + number},
		"finalize": base + "/finalize/" + number, "certificate": base + "/certificate/" + number}
}
