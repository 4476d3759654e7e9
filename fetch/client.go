package fetch

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Config says which Dintero account is read, and how.
type Config struct {
	Account, ClientID string
	// Secret reads the client secret; it is called for each token, so that a
	// changed secret is seen.
	Secret func() (string, error)
	// APIURL, CheckoutURL and Audience have no trailing slash.
	APIURL, CheckoutURL, Audience string
	// Transport makes the requests. Nil is one over the network with timeouts, which asks
	// a host for less while that is slow or says that it is asked too much.
	Transport http.RoundTripper
	// Version of the program; Dintero gets it with every request.
	Version string
	// Now is the wall clock, for the age of a token and for Retry-After dates.
	Now func() time.Time
	// Concurrency bounds the requests in flight; default 8.
	Concurrency int
	// Log gets retries and oddities, never payment data. Nil is silence.
	Log *slog.Logger
}

// Client reads payments from Dintero. It may be used by several goroutines.
type Client struct {
	config    Config
	transport http.RoundTripper
	log       *slog.Logger
	tokens    tokens
	pause     pause
	maxPages  int
}

// Limits of a listing.
const (
	pageSize        = 100           // the most that Dintero gives
	maxRows         = 10 * pageSize // a page may ignore our limit, but not endlessly
	maxPages        = 100_000       // ten million rows
	connectTimeout  = 30 * time.Second
	defaultInFlight = 8
)

// New makes a client. It sends nothing yet.
func New(config Config) *Client {
	if config.Concurrency <= 0 {
		config.Concurrency = defaultInFlight
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	transport := config.Transport
	if transport == nil {
		transport = NewLimiter(0, config.Concurrency).Clock(config.Now).Transport(config.Account, nil)
	}
	return &Client{
		config:    config,
		log:       config.Log,
		transport: transport,
		maxPages:  maxPages,
	}
}

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

// Check fetches a token and one page of one transaction: what fails here will fail
// in a report.
func (c *Client) Check(ctx context.Context) error {
	target := c.config.CheckoutURL + "/transactions?" + url.Values{"limit": {"1"}}.Encode()
	err := c.get(ctx, "check", target, func(body io.Reader) error {
		_, err := decodeEach(body, bare, transaction, func(Transaction) error { return nil })
		return err
	})
	if err != nil {
		return fmt.Errorf("one page of transactions: %w", err)
	}
	return nil
}
