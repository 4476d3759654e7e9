// Package apiclient makes one request of Dintero's API and reads its answer whole: with a
// token, in its turn at the host, within deadlines, again where another try may mend it,
// and with an error that says what the user can do where Dintero refuses.
//
// It follows no redirect, since the token must not leave its host, and knows nothing of
// what a page holds.
package apiclient

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config says whose token is used, and how requests are made. Every field is required.
type Config struct {
	// TokenURL and Audience are those of the account's token.
	TokenURL, Audience, ClientID string
	// Secret reads the client secret; it is called for each token, so that a changed
	// secret is seen.
	Secret func() (string, error)
	// Transport makes the requests; one of a [Limiter] makes them in turn.
	Transport http.RoundTripper
	// Version of the program; Dintero gets it with every request.
	Version string
	// Now is the wall clock, for the age of a token and for Retry-After dates.
	Now func() time.Time
	// Log gets retries, never payment data.
	Log *slog.Logger
}

// Client makes requests. It may be used by several goroutines.
type Client struct {
	config  Config
	tokens  tokens
	pause   pause
	clock   serverClock
	secrets secrets
	account string
	budget  *budget
}

// New makes a client. It sends nothing yet.
func New(config Config) *Client {
	c := &Client{config: config, budget: newBudget()}
	if t, ok := config.Transport.(*limitedTransport); ok {
		c.account, c.budget = t.account, t.limiter.budget
	}
	return c
}

// Hold lets all that is read with the context count as held in memory, of which there is a
// bound: done is called when it was read, release when it was used. Where the context is
// held already, that hold counts.
func (c *Client) Hold(ctx context.Context) (held context.Context, done, release func()) {
	held, h := c.budget.hold(ctx, c.account)
	return held, h.finish, h.release
}

// Get makes a GET request and gives the body of its answer to read, which must read it to its
// end, once for each try; name is the request's in logs. An error that Dintero meant is a
// [StatusError]. When the token is refused, another is fetched, once.
func (c *Client) Get(ctx context.Context, name, target string, read func(io.Reader) error) error {
	where, err := url.Parse(target)
	if err != nil {
		return err
	}
	ctx, _, release := c.Hold(ctx)
	defer release()
	rejected, renewed := "", false
	return c.retry(ctx, name, func() error {
		for {
			token, err := c.token(ctx, rejected)
			if err != nil {
				return err // it has been retried already
			}
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
			if err != nil {
				return err
			}
			req.Header.Set("Authorization", "Bearer "+token)
			err = c.send(ctx, req, read)
			var status *StatusError
			if !errors.As(err, &status) {
				return err
			}
			if status.Code != http.StatusUnauthorized || renewed {
				return withHint(err, status, where.Path)
			}
			rejected, renewed = token, true
		}
	})
}

// withHint is err, which status is in, and says what the user can do about it.
func withHint(err error, status *StatusError, path string) error {
	if status.Hint != "" {
		return err
	}
	scope := "read:checkout"
	for _, api := range []string{"shopping", "wallets", "insight", "settlements"} {
		if strings.Contains(path, "/"+api) {
			scope = "read:" + api
		}
	}
	switch status.Code {
	case http.StatusUnauthorized:
		status.Hint = "is the client secret still valid?"
	case http.StatusForbidden:
		status.Hint = "does the client have the scope " + scope + "?"
	case http.StatusNotFound:
		status.Hint = "are the account and the addresses right?"
	}
	return err
}
