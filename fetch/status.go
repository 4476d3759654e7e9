package fetch

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
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

// Unauthorized reports whether Dintero refused our credentials: it will, whatever is
// asked, and an account that knocks on may be locked.
func Unauthorized(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && status.Code == http.StatusUnauthorized
}

// transient says which answers are tried again.
func transient(code int) bool {
	return code >= 500 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout
}

const (
	maxMessage   = 200      // runes of a server's message
	maxErrorBody = 64 << 10 // bytes read for it
)

// refused is the error of an answer other than 200.
func (c *Client) refused(resp *http.Response, body io.Reader, secrets []string) error {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return &StatusError{Code: resp.StatusCode, Hint: redirectHint(resp)}
	}
	err := &StatusError{Code: resp.StatusCode, Message: scrub(serverMessage(body), secrets)}
	if !transient(resp.StatusCode) {
		return err
	}
	after, told := retryAfter(resp.Header, c.config.Now())
	if told {
		c.pause.until(after)
	}
	return temporary{err: err, after: after}
}

func redirectHint(resp *http.Response) string {
	target, err := resp.Location()
	if err != nil {
		return "redirects are refused"
	}
	return fmt.Sprintf("redirects are refused, and this one leads to %s://%s", shown(target.Scheme), shown(target.Host))
}

// serverMessage is the message of {"error":{"message":…}}, with its code; empty
// where the body is anything else.
func serverMessage(body io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(body, maxErrorBody)) // the status alone will do
	var answer struct {
		Error errorBody `json:"error"`
	}
	dec := newDecoder(newTextReader(bytes.NewReader(text)))
	if err := json.UnmarshalDecode(dec, &answer); err != nil {
		return ""
	}
	return strings.Trim(oneLine(answer.Error.Message)+", "+oneLine(answer.Error.Code), ", ")
}

// oneLine is a text on one line, without what a terminal or log would obey.
func oneLine(l leaf) string {
	if l.kind != '"' && l.kind != '0' {
		return ""
	}
	return strings.Join(strings.FieldsFunc(l.written(), func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

// scrub takes secrets out of a server's text, in the forms in which we sent them,
// and cuts it.
func scrub(text string, secrets []string) string {
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
	return cut(strings.NewReplacer(pairs...).Replace(text), maxMessage)
}
