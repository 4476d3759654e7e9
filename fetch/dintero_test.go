package fetch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rapport/internal/payment"
)

// dintero is a server that says what a test tells it to: real HTTP over an
// in-memory network, so that synctest's clock rules both ends.
type dintero struct {
	mu       sync.Mutex
	requests []*http.Request // of resources
	at       []time.Time     // when each came
	tokens   int             // how many were asked for
	secret   func() (string, error)
	log      *slog.Logger
	limit    func(network http.RoundTripper) http.RoundTripper
	token    http.HandlerFunc
	resource http.HandlerFunc
}

const testSecret = "s3cr3t-of-fjordfisk"

// with starts the server within a bubble and gives the test a client of it.
func (d *dintero) with(t *testing.T, test func(*testing.T, *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := newMemoryNetwork()
		server := &httptest.Server{Listener: network, Config: &http.Server{Handler: d}}
		server.Start()
		transport := &http.Transport{DialContext: network.dial, MaxResponseHeaderBytes: 1 << 20}
		t.Cleanup(func() { transport.CloseIdleConnections(); server.Close() })
		config := d.config(transport)
		config.Log = d.log
		if d.secret != nil {
			config.Secret = d.secret
		}
		if d.limit != nil {
			config.Transport = d.limit(transport)
		}
		test(t, New(config))
	})
}

func (d *dintero) config(transport http.RoundTripper) Config {
	return Config{
		Account: "T12345678", ClientID: "client",
		Secret: func() (string, error) { return testSecret, nil },
		APIURL: "http://api.test/v1", CheckoutURL: "http://checkout.test/v1", Audience: "http://api.test/v1/accounts/T12345678",
		Transport: transport, Version: "1.2.3", Now: time.Now,
	}
}

func (d *dintero) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v1/accounts/T12345678/auth/token" {
		d.mu.Lock()
		d.tokens++
		n := d.tokens
		d.mu.Unlock()
		if d.token != nil {
			d.token(w, r)
			return
		}
		fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":86400}`, n)
		return
	}
	d.mu.Lock()
	d.requests = append(d.requests, r)
	d.at = append(d.at, time.Now())
	d.mu.Unlock()
	d.resource(w, r)
}

// calls is how many requests for resources came.
func (d *dintero) calls() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.requests)
}

// row is a transaction as JSON.
func row(id string) string {
	return fmt.Sprintf(`{"id":%q,"amount":100,"currency":"NOK","created_at":"2026-11-19T10:00:00Z","updated_at":"2026-11-19T11:00:00Z","store":{"id":"sc029"}}`, id)
}

func rows(ids ...string) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = row(id)
	}
	return "[" + strings.Join(all, ",") + "]"
}

// script answers the n-th request for a resource with the n-th step and ends every
// listing after that with an empty page.
func script(steps ...http.HandlerFunc) http.HandlerFunc {
	n := -1
	return func(w http.ResponseWriter, r *http.Request) {
		if n++; n < len(steps) {
			steps[n](w, r)
			return
		}
		fmt.Fprint(w, "[]")
	}
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code); fmt.Fprint(w, body) }
}

// november19 is a day in Oslo.
var (
	oslo       = time.FixedZone("CET", 3600)
	november19 = payment.Query{From: time.Date(2026, 11, 19, 0, 0, 0, 0, oslo), To: time.Date(2026, 11, 20, 0, 0, 0, 0, oslo)}
)

// idsOf reads a sequence to its end and holds it to its promise: the error is last.
func idsOf(t *testing.T, all iter.Seq2[payment.Transaction, error]) (ids []string, failure error) {
	t.Helper()
	for tr, err := range all {
		if failure != nil {
			t.Fatal("something came after the error")
		}
		if failure = err; err == nil {
			ids = append(ids, tr.ID)
		}
	}
	return ids, failure
}

// memoryNetwork is a network within the process.
type memoryNetwork struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemoryNetwork() *memoryNetwork {
	return &memoryNetwork{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (m *memoryNetwork) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case m.conns <- there:
		return here, nil
	case <-m.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (m *memoryNetwork) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memoryNetwork) Close() error   { m.once.Do(func() { close(m.closed) }); return nil }
func (m *memoryNetwork) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }
