package apiclient

import (
	"errors"
	"fmt"
	"io"
	"net/http"
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
	said := strings.TrimSpace(fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code)))
	if e.Message != "" {
		said += fmt.Sprintf(" (%s)", e.Message)
	}
	if e.Hint != "" {
		said += " — " + e.Hint
	}
	return said
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
func (c *Client) refused(resp *http.Response, body io.Reader) error {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return &StatusError{Code: resp.StatusCode, Hint: c.redirectHint(resp)}
	}
	message := text.Truncate(c.secrets.said(dinterojson.ErrorMessage(body)), dinterojson.MaxMessage)
	err := &StatusError{Code: resp.StatusCode, Message: message}
	if !transient(resp.StatusCode) {
		return err
	}
	after, told := retryAfter(resp.Header, c.config.Now())
	if told {
		c.pause.extend(after)
	}
	return temporaryError{err: err, after: after}
}

func (c *Client) redirectHint(resp *http.Response) string {
	target, err := resp.Location()
	if err != nil {
		return "redirects are refused"
	}
	return fmt.Sprintf("redirects are refused, and this one leads to %s", text.Truncate(c.secrets.said(target.Scheme+"://"+target.Host), maxTarget))
}

const maxTarget = 100 // runes
