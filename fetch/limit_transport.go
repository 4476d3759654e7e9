package fetch

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Transport makes an account's requests with base, each when its turn has come; nil
// is one over the network, which all accounts share. A request is in flight until
// its answer's body is closed or there is none. Waiting ends with the request's
// context, whose cause is the error.
func (l *Limiter) Transport(account string, base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = l.network
	}
	return &limited{limiter: l, account: account, base: base}
}

// watch begins a request; the answer's code is told to what it returns.
func (l *Limiter) watch(u *url.URL) (note func(code int)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.host(addressOf(u))
	since, begin := h.pace.since, time.Time{}
	if l.now != nil {
		begin = l.now()
	}
	return func(code int) {
		took := time.Duration(0)
		if l.now != nil {
			took = l.now().Sub(begin)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		h.pace.answered(l, kindOf(u), code, took, since)
		l.serve(h)
	}
}

// limited is an account's transport.
type limited struct {
	limiter *Limiter
	account string
	base    http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t *limited) RoundTrip(req *http.Request) (*http.Response, error) {
	turn, _, err := inTurn(req.Context(), t, req)
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // a transport always closes it; nothing was sent of it
		}
		return nil, err
	}
	return turn.RoundTrip(req)
}

// inTurn waits for the turn of req where transport is one that gives turns. What it
// returns makes this one request, and must, unless leave is called in its place.
func inTurn(ctx context.Context, transport http.RoundTripper, req *http.Request) (turn http.RoundTripper, leave func(), err error) {
	t, ok := transport.(*limited)
	if !ok {
		return transport, func() {}, nil
	}
	leave, err = t.limiter.enter(ctx, addressOf(req.URL), t.account)
	if err != nil {
		return nil, nil, err
	}
	return &admitted{limiter: t.limiter, base: t.base, leave: leave}, leave, nil
}

// admitted is a turn.
type admitted struct {
	limiter *Limiter
	base    http.RoundTripper
	leave   func()
}

// RoundTrip implements [http.RoundTripper].
func (a *admitted) RoundTrip(req *http.Request) (*http.Response, error) {
	answered := false
	defer func() {
		if !answered {
			a.leave()
		}
	}()
	note := a.limiter.watch(req.URL)
	resp, err := a.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	note(resp.StatusCode)
	resp.Body = &heldBody{ReadCloser: resp.Body, leave: a.leave}
	answered = true
	return resp, nil
}

// addressOf is host:port, the same for all ways to write it.
func addressOf(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	default:
		port = "443"
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// heldBody gives the turn back when it is closed.
type heldBody struct {
	io.ReadCloser
	leave func()
}

// Close implements [io.Closer].
func (b *heldBody) Close() error {
	defer b.leave()
	return b.ReadCloser.Close()
}
