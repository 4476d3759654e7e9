// Package fetch reads payments from where they are: Dintero over HTTP, or files.
// It yields each thing as the source tells it now, one at a time, and an error
// last; it keeps only the fields that a report prints. It refuses to guess: a page
// that cannot be read whole, a row without id, a cursor that does not advance and a
// redirect are errors, never an empty listing. A row whose money, time or currency
// cannot be read comes with that fault. No error repeats a secret.
//
// The same transaction can come more than once (two listings overlap, a page
// shifts while it is read); who sums rows keeps the newest UpdatedAt. Orders and
// wallet transactions can come twice for the same reason.
//
// A page that fails on the way is tried again, up to eight times; what Dintero
// refuses for good is told at once, see [Denied].
package fetch

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"rapport/fetch/internal/apiclient"
	"rapport/fetch/internal/dinterojson"
	"rapport/fetch/internal/listing"
	"rapport/internal/payment"
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

// Limiter bounds what all clients of a process ask one host; see [NewLimiter].
type Limiter = apiclient.Limiter

// NewLimiter makes a limiter that at first lets perSecond requests a second begin at a
// host, after 20 at once; up to 50 times as many while the host answers well. At most
// inFlight of them are under way. A number that is not above zero is no bound.
func NewLimiter(perSecond float64, inFlight int) *Limiter {
	return apiclient.NewLimiter(perSecond, inFlight)
}

// Client reads payments from Dintero. It may be used by several goroutines.
type Client struct {
	account  string // its address at the API host
	checkout string // the address of the Checkout API
	api      *apiclient.Client
	reader   *listing.Reader
	log      *slog.Logger
}

const defaultConcurrency = 8

// New makes a client. It sends nothing yet.
func New(config Config) *Client {
	if config.Concurrency <= 0 {
		config.Concurrency = defaultConcurrency
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Transport == nil {
		config.Transport = NewLimiter(0, config.Concurrency).Clock(config.Now).Transport(config.Account, nil)
	}
	account := config.APIURL + "/accounts/" + url.PathEscape(config.Account)
	api := apiclient.New(apiclient.Config{
		TokenURL: account + "/auth/token", Audience: config.Audience, ClientID: config.ClientID, Secret: config.Secret,
		Transport: config.Transport, Version: config.Version, Now: config.Now, Log: config.Log,
	})
	return &Client{
		account: account, checkout: config.CheckoutURL, api: api, log: config.Log,
		reader: &listing.Reader{Getter: api, Now: config.Now, InFlight: config.Concurrency, MaxPages: listing.MaxPages, Log: config.Log},
	}
}

// Check fetches a token and one page of one transaction: what fails here will fail
// in a report.
func (c *Client) Check(ctx context.Context) error {
	target := c.checkout + "/transactions?" + url.Values{"limit": {"1"}}.Encode()
	err := c.api.Get(ctx, "check", target, func(body io.Reader) error {
		_, err := dinterojson.Transactions(body, func(payment.Transaction) error { return nil })
		return err
	})
	if err != nil {
		return fmt.Errorf("one page of transactions: %w", c.api.Shown(err))
	}
	return nil
}

// ServerTime is the time by the header Date of Dintero's newest answer, to the second. As
// long as there was no answer, known is false.
func (c *Client) ServerTime() (t time.Time, known bool) { return c.api.ServerTime() }

// AskServerTime is ServerTime, but that Dintero is asked if there was no answer yet.
func (c *Client) AskServerTime(ctx context.Context) (time.Time, error) {
	return c.api.AskServerTime(ctx)
}

// accountURL is an address of the account at the API host.
func (c *Client) accountURL(segments ...string) string {
	address := c.account
	for _, s := range segments {
		address += "/" + url.PathEscape(s)
	}
	return address
}

// checkID refuses an id that would lead to another address.
func checkID(id string) error {
	if id == "." || id == ".." {
		return fmt.Errorf("the id %q cannot be part of an address", id)
	}
	return nil
}
