package apiclient

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

const (
	clientSecret = `s3cr3t/of "Fjordfisk" +æ§`
	bearerToken  = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2FwaS5kaW50ZXJvLmNvbSJ9.c2lnbmF0dXJl-_x"
)

func known() *secrets {
	s := &secrets{}
	s.addLogin("72e024ca-2bb4", clientSecret)
	s.add(bearerToken)
	return s
}

// However a server gives a secret back, and wherever that is cut, no piece of it is shown.
func TestASecretIsHiddenInEveryForm(t *testing.T) {
	s := known()
	for _, secret := range []string{clientSecret, bearerToken} {
		asJSON, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		for name, form := range map[string]string{
			"as it is": secret, "in lower case": strings.ToLower(secret), "in upper case": strings.ToUpper(secret), "quoted": strconv.Quote(secret), "in JSON": string(asJSON),
			"for a query": url.QueryEscape(secret), "for a path": url.PathEscape(secret), "in hex": hex.EncodeToString([]byte(secret)),
			"in base64": base64.StdEncoding.EncodeToString([]byte(secret)), "in base64 for an address": base64.URLEncoding.EncodeToString([]byte(secret)),
			"in base64 of a header": base64.StdEncoding.EncodeToString([]byte("Bearer " + secret + "\r\n")), "as a login": base64.StdEncoding.EncodeToString([]byte("72e024ca-2bb4:" + secret)),
			"its beginning": secret[:20] + "…", "its end": "…" + secret[len(secret)-20:], "in other words": fmt.Sprintf("id %q: is missing", secret),
		} {
			got := s.said("malformed thing <" + form + "> in the answer")
			if !strings.Contains(got, mask) || !strings.HasPrefix(got, "malformed thing <") || !strings.HasSuffix(got, "> in the answer") {
				t.Errorf("%s: %s", name, got)
			}
			for _, hidden := range formsOf(secret) {
				for i := range max(len(hidden)-gram, 0) {
					if piece := hidden[i : i+gram]; strings.Contains(strings.ToLower(got), strings.ToLower(piece)) {
						t.Errorf("%s: %q is shown in %s", name, piece, got)
					}
				}
			}
		}
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	s := known()
	for _, said := range []string{"connection refused", "malformed HTTP response \"\\x15\\x03\\x01\\x00\\x02\\x02\"", "transaction T12345678.4f: amount: 12.5 is not an integer — is the address right?"} {
		if got := s.said(said); got != said {
			t.Errorf("got %q, want %q", got, said)
		}
	}
	var none secrets
	none.add("abc")
	if got := none.said("abcdefgh"); got != "abcdefgh" {
		t.Errorf("a secret of three letters shreds words: %q", got)
	}
}

func TestSomebodyElsesWordsAreEscapedAndCut(t *testing.T) {
	s := known()
	if got := s.said("a\x1b[31m\nb\u202e\xff"); got != `a\x1b[31m\nb\u202e\xff` {
		t.Errorf("got %q", got)
	}
	if got := []rune(s.said(strings.Repeat("å", 1<<20))); len(got) > maxSaid+1 {
		t.Errorf("%d runes", len(got))
	}
	err := errors.New("cause")
	if shown := s.shown(fmt.Errorf("%s: %w", bearerToken, err)); !errors.Is(shown, err) || strings.Contains(shown.Error(), "eyJ") {
		t.Errorf("got %v", shown)
	}
}

// The pieces that a body is read in do not hide a secret.
func TestASecretInABodyIsFoundHoweverItIsCut(t *testing.T) {
	text := strings.Repeat("x", 100) + bearerToken + strings.Repeat("y", 100)
	for size := 1; size < len(text)+1; size += 7 {
		g, found := newGuard(known().strong()), false
		for at := 0; at < len(text); at += size {
			found = found || g.finds([]byte(text[at:min(at+size, len(text))]))
		}
		if !found {
			t.Errorf("not found in pieces of %d", size)
		}
	}
	if newGuard(known().strong()).finds([]byte(strings.Repeat("x", 1000))) || newGuard(nil).finds([]byte("x")) {
		t.Error("found where it is not")
	}
}
