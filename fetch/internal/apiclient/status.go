package apiclient

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"rapport/fetch/internal/dinterojson"
	"rapport/internal/text"
)

// StatusError is an answer other than 200.
type StatusError struct {
	Code    int
	Message string // Dintero's own words, without secrets, cut; may be empty
	Hint    string // what the user can do; may be empty
}

// Error implements error.
func (e *StatusError) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code)))
	if e.Message != "" {
		text += fmt.Sprintf(" (%s)", e.Message)
	}
	if e.Hint != "" {
		text += " — " + e.Hint
	}
	return text
}

// Denied reports whether Dintero said no in a way that asking again cannot mend:
// a wrong secret, a missing scope, an unknown account, a redirect. Any other error
// may be gone at the next run.
func Denied(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && !transient(status.Code)
}

// transient says which answers are tried again.
func transient(code int) bool {
	return code >= 500 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout
}

// refused is the error of an answer other than 200.
func (c *Client) refused(resp *http.Response, body io.Reader, secrets []string) error {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return &StatusError{Code: resp.StatusCode, Hint: redirectHint(resp)}
	}
	err := &StatusError{Code: resp.StatusCode, Message: redact(dinterojson.ErrorMessage(body), secrets)}
	if !transient(resp.StatusCode) {
		return err
	}
	after, told := retryAfter(resp.Header, c.config.Now())
	if told {
		c.pause.extend(after)
	}
	return temporaryError{err: err, after: after}
}

func redirectHint(resp *http.Response) string {
	target, err := resp.Location()
	if err != nil {
		return "redirects are refused"
	}
	return fmt.Sprintf("redirects are refused, and this one leads to %s://%s", dinterojson.Quote(target.Scheme), dinterojson.Quote(target.Host))
}

// redact takes secrets out of a server's text, in the forms in which we sent them, and
// truncates it.
func redact(said string, secrets []string) string {
	var pairs []string
	for _, secret := range secrets {
		if len(secret) < 4 {
			continue // would shred every word, and hide nothing
		}
		for _, form := range []string{
			base64.StdEncoding.EncodeToString([]byte(secret)),
			url.QueryEscape(secret), url.PathEscape(secret), secret,
		} {
			pairs = append(pairs, form, "***")
		}
	}
	return text.Truncate(strings.NewReplacer(pairs...).Replace(said), dinterojson.MaxMessage)
}
