package apiclient

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const connectTimeout = 30 * time.Second

// newTransport is the default way to the network.
func newTransport(inFlight int) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: connectTimeout, KeepAlive: connectTimeout}).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    connectTimeout,
		MaxIdleConnsPerHost:    inFlight,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
	}
}

// Transport makes an account's requests with base, each when its turn has come; nil
// is one over the network, which all accounts share. A request is in flight until
// its answer's body is closed or there is none. Waiting ends with the request's
// context, whose cause is the error.
func (l *Limiter) Transport(account string, base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = l.network
	}
	return &limitedTransport{limiter: l, account: account, base: base}
}

// limitedTransport is an account's.
type limitedTransport struct {
	limiter *Limiter
	account string
	base    http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t *limitedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	slot, _, err := acquireSlot(req.Context(), t, req)
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close() // a transport always closes it; nothing was sent of it
		}
		return nil, err
	}
	return slot.RoundTrip(req)
}

// acquireSlot waits for the turn of req where transport is a limited one. The slot makes
// this one request, and must, unless leave is called in its place.
func acquireSlot(ctx context.Context, transport http.RoundTripper, req *http.Request) (slot http.RoundTripper, leave func(), err error) {
	t, ok := transport.(*limitedTransport)
	if !ok {
		return transport, func() {}, nil
	}
	place, leave, err := t.limiter.enter(ctx, addressOf(req.URL), t.account)
	if err != nil {
		return nil, nil, err
	}
	return &hostSlot{place: place, base: t.base}, leave, nil
}

// hostSlot is a slot at a host: room for one request.
type hostSlot struct {
	place *place
	base  http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (s *hostSlot) RoundTrip(req *http.Request) (*http.Response, error) {
	answered := false
	defer func() {
		if !answered {
			s.place.leave()
		}
	}()
	observe := s.place.limiter.begin(s.place.host, s.place.account, req.URL)
	resp, err := s.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	observe(resp.StatusCode)
	s.place.brings(leastBytes)
	resp.Body = &leavingBody{ReadCloser: resp.Body, place: s.place}
	answered = true
	return resp, nil
}

// leavingBody leaves the host when it is closed.
type leavingBody struct {
	io.ReadCloser
	place *place
}

// Read implements [io.Reader].
func (b *leavingBody) Read(p []byte) (n int, err error) {
	if n, err = b.ReadCloser.Read(p); n > 0 {
		b.place.brings(n)
	}
	return n, err
}

// Close implements [io.Closer].
func (b *leavingBody) Close() error {
	defer b.place.leave()
	return b.ReadCloser.Close()
}

// leaveOf leaves the host before the body is closed: an answer that waits for others has no
// place there that these may need.
func leaveOf(resp *http.Response) func() {
	if body, ok := resp.Body.(*leavingBody); ok {
		return body.place.leave
	}
	return func() {}
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
