package fetch

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Limits of a token.
const (
	longestLife = 24 * time.Hour
	unknownLife = time.Minute // where the answer does not say, or says nonsense
	maxToken    = 16 << 10    // bytes
)

// readToken reads the token endpoint's answer.
func readToken(body io.Reader) (string, time.Duration, error) {
	var answer struct {
		Token   leaf `json:"access_token"`
		Type    leaf `json:"token_type"`
		Expires leaf `json:"expires_in"`
	}
	dec := newDecoder(newTextReader(body))
	if err := expect(dec, '{', "the answer"); err != nil {
		return "", 0, err
	}
	if err := json.UnmarshalDecode(dec, &answer); err != nil {
		return "", 0, jsonFault(err, 0)
	}
	if err := decodeEnd(dec, 0); err != nil {
		return "", 0, err
	}
	if kind := cmp.Or(answer.Type.text, "Bearer"); !strings.EqualFold(kind, "Bearer") {
		return "", 0, fmt.Errorf("token_type: %s is not Bearer", shown(kind))
	}
	token := answer.Token.text
	if token == "" || len(token) > maxToken || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", 0, errors.New("access_token: is not a token") // not quoted: it may be one
	}
	return token, lifeOf(answer.Expires), nil
}

// lifeOf reads expires_in: seconds, at most a day; the text of a number will do.
func lifeOf(l leaf) time.Duration {
	seconds := l.num
	if !l.whole {
		seconds, _ = strconv.ParseInt(l.text, 10, 64) // nonsense is 0, too much the largest
	}
	switch {
	case seconds <= 0:
		return unknownLife
	case seconds > int64(longestLife/time.Second):
		return longestLife
	}
	return time.Duration(seconds) * time.Second
}
