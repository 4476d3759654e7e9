package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
)

// renewBefore is how long before its end a token is replaced at the latest.
const renewBefore = 10 * time.Minute

// tokens keeps the access token and fetches one at a time.
type tokens struct {
	mu     sync.Mutex
	value  string
	until  time.Time // when to fetch the next, before it expires
	flight *flight
}

// flight is one fetch that others may wait for.
type flight struct {
	done  chan struct{}
	value string
	err   error
}

// token is a valid access token; rejected is one that Dintero no longer takes.
func (c *Client) token(ctx context.Context, rejected string) (string, error) {
	t := &c.tokens
	for {
		t.mu.Lock()
		if t.value != "" && t.value != rejected && c.config.Now().Before(t.until) {
			defer t.mu.Unlock()
			return t.value, nil
		}
		f, lead := t.flight, t.flight == nil
		if lead {
			f = &flight{done: make(chan struct{})}
			t.flight = f
		}
		t.mu.Unlock()
		if lead {
			c.land(ctx, f)
			return f.value, f.err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
		if f.err == nil || !errors.Is(f.err, errLeft) {
			return f.value, f.err
		}
	}
}

// errLeft marks a flight whose leader's context ended: who waits tries itself.
var errLeft = errors.New("token not fetched")

// land makes the fetch of a flight and tells those who wait.
func (c *Client) land(ctx context.Context, f *flight) {
	var life time.Duration
	asked := c.config.Now()
	f.value, life, f.err = c.fetchToken(ctx)
	switch {
	case f.err != nil && ctx.Err() != nil:
		f.err = fmt.Errorf("%w: %w", errLeft, context.Cause(ctx))
	case f.err != nil:
		f.err = fmt.Errorf("token: %w", f.err)
	}
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	if c.tokens.flight = nil; f.err == nil {
		c.tokens.value, c.tokens.until = f.value, asked.Add(keep(life))
	}
	close(f.done)
}

// keep is how long a token is used: half its life, or until ten minutes before its
// end, whichever is less, but long enough not to ask for every page.
func keep(life time.Duration) time.Duration {
	return max(min(life/2, life-renewBefore), min(life/2, 30*time.Second))
}

// fetchToken asks for a token with the secret as it is now.
func (c *Client) fetchToken(ctx context.Context) (value string, life time.Duration, err error) {
	secret, err := c.config.Secret()
	if err != nil {
		return "", 0, fmt.Errorf("client secret: %w", err)
	}
	if secret == "" {
		return "", 0, errors.New("the client secret is empty")
	}
	body, err := json.Marshal(struct {
		GrantType string `json:"grant_type"`
		Audience  string `json:"audience"`
	}{"client_credentials", c.config.Audience})
	if err != nil {
		return "", 0, err
	}
	target := c.config.APIURL + "/accounts/" + url.PathEscape(c.config.Account) + "/auth/token"
	secrets := []string{secret, c.config.ClientID + ":" + secret}
	err = c.retry(ctx, "token", func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.SetBasicAuth(c.config.ClientID, secret)
		req.Header.Set("Content-Type", "application/json")
		return hintToken(c.send(ctx, req, secrets, func(body io.Reader) error {
			value, life, err = readToken(body)
			return err
		}))
	})
	return value, life, err
}

// hintToken says what the user can do about a denied token.
func hintToken(err error) error {
	var status *StatusError
	if !errors.As(err, &status) || !Denied(err) {
		return err
	}
	switch {
	case strings.Contains(status.Message, "mfa_required"):
		status.Hint = "this client asks for a second factor; create an API client for machines"
	case status.Code == http.StatusNotFound:
		status.Hint = "are the account and api_url right?"
	case status.Hint == "":
		status.Hint = "are the client id and the client secret still valid?"
	}
	return err
}
