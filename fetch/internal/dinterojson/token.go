package dinterojson

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"rapport/fetch/internal/jsonscan"
)

// Limits of a token.
const (
	longestLife = 24 * time.Hour
	unknownLife = time.Minute // where the answer does not say, or says nonsense
	maxToken    = 16 << 10    // bytes
)

// Token reads the token endpoint's answer: a bearer token and how long it lives, at most a
// day; a minute where the answer does not say. No error repeats what may be the token.
func Token(body io.Reader) (token string, life time.Duration, err error) {
	var answer struct {
		Token   jsonscan.Scalar `json:"access_token"`
		Type    jsonscan.Scalar `json:"token_type"`
		Expires jsonscan.Scalar `json:"expires_in"`
	}
	d := jsonscan.NewDecoder(body)
	if err := d.Expect('{', "the answer"); err != nil {
		return "", 0, err
	}
	if err := d.Unmarshal(&answer); err != nil {
		return "", 0, err
	}
	if err := d.End(); err != nil {
		return "", 0, err
	}
	if kind := cmp.Or(answer.Type.Text, "Bearer"); !strings.EqualFold(kind, "Bearer") {
		return "", 0, fmt.Errorf("token_type: %s is not Bearer", Quote(kind))
	}
	token = answer.Token.Text
	if token == "" || len(token) > maxToken || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", 0, errors.New("access_token: is not a token") // not quoted: it may be one
	}
	return token, tokenLife(answer.Expires), nil
}

// tokenLife reads expires_in: seconds; the text of a number will do.
func tokenLife(v jsonscan.Scalar) time.Duration {
	seconds := v.Number
	if !v.Integer {
		seconds, _ = strconv.ParseInt(v.Text, 10, 64) // nonsense is 0, too much the largest
	}
	switch {
	case seconds <= 0:
		return unknownLife
	case seconds > int64(longestLife/time.Second):
		return longestLife
	}
	return time.Duration(seconds) * time.Second
}
