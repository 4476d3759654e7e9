package apiclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"golang.org/x/sync/singleflight"

	"rapport/fetch/internal/dinterojson"
)

// renewBefore is how long before its end a token is replaced at the latest.
const renewBefore = 10 * time.Minute

// tokens keeps the access token. However many requests want a new one, it is fetched once.
type tokens struct {
	flight singleflight.Group
	mu     sync.Mutex
	value  string
	until  time.Time // when to fetch the next, before it expires
}

// errTokenNotFetched marks a fetch that ended because its caller's context did: who waited
// for it fetches the token itself.
var errTokenNotFetched = errors.New("token not fetched")

// token is a valid access token; rejected is one that Dintero no longer takes.
func (c *Client) token(ctx context.Context, rejected string) (string, error) {
	for {
		if value := c.tokens.valid(c.config.Now(), rejected); value != "" {
			return value, nil
		}
		fetched := c.tokens.flight.DoChan("", func() (any, error) { return c.renewToken(ctx, rejected) })
		select {
		case result := <-fetched:
			if !errors.Is(result.Err, errTokenNotFetched) || ctx.Err() != nil {
				value, _ := result.Val.(string)
				return value, result.Err
			}
		case <-ctx.Done():
			return "", fmt.Errorf("%w: %w", errTokenNotFetched, context.Cause(ctx))
		}
	}
}

// valid is the token that is kept, or empty.
func (t *tokens) valid(now time.Time, rejected string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value == rejected || !now.Before(t.until) {
		return ""
	}
	return t.value
}

// renewToken fetches a token and keeps it.
func (c *Client) renewToken(ctx context.Context, rejected string) (string, error) {
	asked := c.config.Now()
	if value := c.tokens.valid(asked, rejected); value != "" {
		return value, nil // another fetch has ended meanwhile
	}
	value, life, err := c.fetchToken(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return "", fmt.Errorf("%w: %w", errTokenNotFetched, context.Cause(ctx))
	case err != nil:
		return "", fmt.Errorf("token: %w", err)
	}
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	c.tokens.value, c.tokens.until = value, asked.Add(usedFor(life))
	c.secrets.add(value)
	return value, nil
}

// usedFor is how long a token is used: half its life, or until ten minutes before its
// end, whichever is less, but long enough not to ask for every page.
func usedFor(life time.Duration) time.Duration {
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
	c.secrets.addLogin(c.config.ClientID, secret)
	err = c.retry(ctx, "token", func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.TokenURL, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.SetBasicAuth(c.config.ClientID, secret)
		req.Header.Set("Content-Type", "application/json")
		return withTokenHint(c.send(ctx, req, func(body io.Reader) error {
			value, life, err = dinterojson.Token(body)
			return err
		}))
	})
	return value, life, err
}

// withTokenHint is err and says what the user can do about a denied token.
func withTokenHint(err error) error {
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
