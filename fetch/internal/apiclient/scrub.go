package apiclient

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"rapport/internal/text"
)

// secrets are what this client was given and must never be shown: the client secret and the
// tokens, as they were sent and in whatever form somebody gives them back.
type secrets struct {
	mu    sync.Mutex
	known []string // the newest last
	sent  string   // the login as it stood in a header
}

const (
	maxSecrets = 8 // that are remembered: those that were used last
	minSecret  = 4 // bytes; less would shred every word, and hide nothing
	// gram is the length of a piece of a secret that is hidden by itself: what was cut, or
	// put into other words, is still told apart.
	gram = 8
	// strongSecret is the length from which a secret is none of our own words.
	strongSecret = 16
	maxSaid      = 500     // runes of somebody else's words
	maxHeard     = 8 << 10 // bytes of them that are looked at
	mask         = "***"
)

// add remembers a secret.
func (s *secrets) add(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(secret) < minSecret || slices.Contains(s.known, secret) {
		return
	}
	s.known = append(s.known, secret)
	s.known = s.known[max(0, len(s.known)-maxSecrets):]
}

// addLogin remembers the client secret and the header that it was sent in.
func (s *secrets) addLogin(id, secret string) {
	s.add(secret)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = base64.StdEncoding.EncodeToString([]byte(id + ":" + secret))
}

// strong are those that no text holds by chance.
func (s *secrets) strong() (strong [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range s.known {
		if len(secret) >= strongSecret {
			strong = append(strong, []byte(secret))
		}
	}
	return strong
}

// hide masks every word of a text that holds a piece of a secret of at least so many bytes.
func (s *secrets) hide(said string, atLeast int) string {
	grams := s.grams(atLeast)
	hidden := make([]bool, len(said))
	lower := lowerASCII(said)
	for n, set := range grams {
		for i := range max(len(lower)-n+1, 0) {
			if set[lower[i:i+n]] {
				for k := i; k < i+n; k++ {
					hidden[k] = true
				}
			}
		}
	}
	for i := 1; i < len(said); i++ { // to the end of the word: its last letter may be half a secret's
		hidden[i] = hidden[i] || hidden[i-1] && inWord(said[i])
	}
	for i := len(said) - 2; i >= 0; i-- {
		hidden[i] = hidden[i] || hidden[i+1] && inWord(said[i])
	}
	var b strings.Builder
	for i := range len(said) {
		switch {
		case !hidden[i]:
			b.WriteByte(said[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString(mask)
		}
	}
	return b.String()
}

// inWord tells whether a byte may be a part of an encoded secret.
func inWord(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("+/=_-.~%", c) >= 0
}

// grams are the pieces of all forms of all secrets, by length.
func (s *secrets) grams(atLeast int) map[int]map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	forms := []string{s.sent}
	for _, secret := range s.known {
		if len(secret) >= atLeast {
			forms = append(forms, formsOf(secret)...)
		}
	}
	grams := map[int]map[string]bool{}
	for _, form := range forms {
		form = lowerASCII(form)
		n := min(len(form), gram)
		if grams[n] == nil {
			grams[n] = map[string]bool{}
		}
		for i := range len(form) - n + 1 {
			grams[n][form[i:i+n]] = true
		}
	}
	delete(grams, 0)
	return grams
}

// lowerASCII keeps every byte in its place.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// formsOf are a secret as it is and as it may come back: in base64, beginning at any byte of
// a longer text, in hex, and escaped for an address or a string.
func formsOf(secret string) []string {
	quoted := strconv.Quote(secret)
	forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), quoted[1 : len(quoted)-1], hex.EncodeToString([]byte(secret))}
	for lead := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			whole := encoding.EncodeToString([]byte(strings.Repeat("\x00", lead) + secret))
			if whole = whole[[]int{0, 2, 3}[lead]:]; len(whole) > gram { // without what holds bits of its neighbours
				forms = append(forms, whole[:len(whole)-1])
			}
		}
	}
	return forms
}

// said is somebody else's words as they may be shown: without secrets, escaped, cut.
func (s *secrets) said(words string) string {
	return text.Escape(s.hide(words[:min(len(words), maxHeard)], minSecret), maxSaid, unicode.IsPrint)
}

// shown is err in such words.
func (s *secrets) shown(err error) error {
	words := err.Error()
	if said := s.said(words); said != words {
		return shownError{said, err}
	}
	return err
}

// Shown is err, which may repeat an id that the other side made, as it may be shown.
func (c *Client) Shown(err error) error {
	if err == nil {
		return nil
	}
	words := err.Error()
	if hidden := c.secrets.hide(words, strongSecret); hidden != words {
		return shownError{hidden, err}
	}
	return err
}

// shownError is an error in words that may be shown.
type shownError struct {
	text string
	err  error
}

func (s shownError) Error() string { return s.text }
func (s shownError) Unwrap() error { return s.err }

// errRepeats is an answer that is no data: a credential in it would reach a report.
var errRepeats = errors.New("the answer repeats the credentials that it was asked with")

// guard finds secrets in a body that is read piece by piece.
type guard struct {
	needles [][]byte
	longest int
	window  []byte // the end of the piece before, then this one
}

func newGuard(needles [][]byte) *guard {
	g := &guard{needles: needles}
	for _, needle := range needles {
		g.longest = max(g.longest, len(needle))
	}
	return g
}

// finds tells whether a secret ends in the next piece.
func (g *guard) finds(piece []byte) bool {
	if g.longest == 0 {
		return false
	}
	g.window = append(g.window[:copy(g.window, g.window[max(0, len(g.window)-g.longest+1):])], piece...)
	return slices.ContainsFunc(g.needles, func(needle []byte) bool { return bytes.Contains(g.window, needle) })
}
