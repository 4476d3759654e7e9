package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// get reads one page with retries; name is the listing's. When the token is refused,
// it fetches another once and repeats the page.
func (c *Client) get(ctx context.Context, name, target string, read func(io.Reader) error) error {
	where, err := url.Parse(target)
	if err != nil {
		return err
	}
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
			err = c.send(ctx, req, []string{token}, read)
			var status *StatusError
			if !errors.As(err, &status) {
				return err
			}
			if status.Code != http.StatusUnauthorized || renewed {
				return hintPage(err, status, where.Path)
			}
			rejected, renewed = token, true
		}
	})
}

// hintPage says what the user can do about a denied page.
func hintPage(err error, status *StatusError, path string) error {
	if status.Hint != "" {
		return err
	}
	scope := "read:checkout"
	switch {
	case strings.Contains(path, "/shopping/"):
		scope = "read:shopping"
	case strings.Contains(path, "/wallets/"):
		scope = "read:wallets"
	case strings.Contains(path, "/insight/"):
		scope = "read:insight"
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
