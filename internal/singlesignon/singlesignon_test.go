package singlesignon_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rapport/internal/singlesignon"
	"rapport/internal/singlesignon/providertest"
)

const back = "http://127.0.0.1:9798/sign-in/oidc/callback"

func client(t *testing.T, p *providertest.Provider) *singlesignon.Client {
	return &singlesignon.Client{Issuer: p.URL, ID: providertest.ClientID, Secret: providertest.ClientSecret, ReturnTo: back, Now: p.Now, Background: t.Context()}
}

func random() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return b
}

// flow signs in, and gives what the browser holds and comes back with.
func flow(t *testing.T, c *singlesignon.Client) (pending string, query url.Values) {
	t.Helper()
	to, pending, err := c.Begin(t.Context(), random)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	at, err := answer.Location()
	if err != nil || !strings.HasPrefix(at.String(), back+"?") {
		t.Fatalf("%s: %v %v", answer.Status, at, err)
	}
	return pending, at.Query()
}

func start(t *testing.T) (*providertest.Provider, *singlesignon.Client) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	p := providertest.Start(t, func() time.Time { return now })
	return p, client(t, p)
}

func TestWhomTheProviderVouchesForIsKnown(t *testing.T) {
	p, c := start(t)
	pending, query := flow(t, c)
	email, err := c.Finish(t.Context(), pending, query)
	if err != nil || email != "kari@shop.example" {
		t.Fatalf("%q %v", email, err)
	}
	if _, err := c.Finish(t.Context(), pending, query); !errors.As(err, new(*singlesignon.RefusedError)) {
		t.Errorf("the same code again: %v", err)
	}
	if c.Host() == "" || strings.Contains(c.Host(), "/") {
		t.Errorf("called %q", c.Host())
	}
	p.Claims["email_verified"] = "true" // as some write it
	pending, query = flow(t, c)
	if _, err := c.Finish(t.Context(), pending, query); err != nil {
		t.Error(err)
	}
}

// TestNobodyElseIsKnown: whatever is wrong, nobody is signed in, and it is said what it is.
func TestNobodyElseIsKnown(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for what, c := range map[string]struct {
		change func(*providertest.Provider, *singlesignon.Client, *string, url.Values)
		want   string
	}{
		"another state": {func(_ *providertest.Provider, _ *singlesignon.Client, _ *string, q url.Values) { q.Set("state", "x") }, "not begun here"},
		"nothing begun": {func(_ *providertest.Provider, _ *singlesignon.Client, pending *string, _ url.Values) { *pending = "" }, "not begun here"},
		"no state at all": {func(_ *providertest.Provider, _ *singlesignon.Client, p *string, q url.Values) {
			*p = ".."
			q.Del("state")
		}, "not begun here"},
		"another browser's nonce": {func(_ *providertest.Provider, _ *singlesignon.Client, p *string, _ url.Values) { *p = part(*p, 1) }, "another request"},
		"another verifier":        {func(_ *providertest.Provider, _ *singlesignon.Client, p *string, _ url.Values) { *p = part(*p, 2) }, "invalid_grant"},
		"another code":            {func(_ *providertest.Provider, _ *singlesignon.Client, _ *string, q url.Values) { q.Set("code", "x") }, "invalid_grant"},
		"another secret":          {func(_ *providertest.Provider, c *singlesignon.Client, _ *string, _ url.Values) { c.Secret = "x" }, "invalid_client"},
		"it says no": {func(_ *providertest.Provider, _ *singlesignon.Client, _ *string, q url.Values) {
			q.Set("error", "access_denied")
		}, "access_denied"},
		"another key":        {func(p *providertest.Provider, _ *singlesignon.Client, _ *string, _ url.Values) { p.Signs = other }, "signature"},
		"for another client": {func(p *providertest.Provider, _ *singlesignon.Client, _ *string, _ url.Values) { p.Claims["aud"] = "x" }, "audience"},
		"for us and another, asked for by that one": {func(p *providertest.Provider, _ *singlesignon.Client, _ *string, _ url.Values) {
			p.Claims["aud"], p.Claims["azp"] = []string{providertest.ClientID, "x"}, "x"
		}, "another client"},
		"for us and another, asked for by nobody": {func(p *providertest.Provider, _ *singlesignon.Client, _ *string, _ url.Values) {
			p.Claims["aud"] = []string{providertest.ClientID, "x"}
		}, "another client"},
		"of another issuer": {func(p *providertest.Provider, _ *singlesignon.Client, _ *string, _ url.Values) {
			p.Claims["iss"] = "https://x.example"
		}, "different provider"},
		"over": {func(p *providertest.Provider, _ *singlesignon.Client, _ *string, _ url.Values) {
			p.Claims["exp"] = now.Add(-time.Second).Unix()
		}, "expired"},
		"not verified": {func(p *providertest.Provider, _ *singlesignon.Client, _ *string, _ url.Values) {
			p.Claims["email_verified"] = false
		}, "verified"},
		"verified is not told": {func(p *providertest.Provider, _ *singlesignon.Client, _ *string, _ url.Values) {
			delete(p.Claims, "email_verified")
		}, "verified"},
		"no address": {func(p *providertest.Provider, _ *singlesignon.Client, _ *string, _ url.Values) {
			delete(p.Claims, "email")
		}, "verified"},
	} {
		p, own := start(t)
		pending, query := flow(t, own)
		c.change(p, own, &pending, query)
		email, err := own.Finish(t.Context(), pending, query)
		var refused *singlesignon.RefusedError
		if !errors.As(err, &refused) || email != "" || !strings.Contains(refused.Why, c.want) {
			t.Errorf("%s: %q %v", what, email, err)
		}
	}
}

// part is what a browser holds with another of its parts.
func part(pending string, n int) string {
	parts := strings.Split(pending, ".")
	parts[n] = "another-of-43-letters-or-more-that-nobody-asked-for"
	return strings.Join(parts, ".")
}

// TestAProviderThatIsAwayIsAFault, and is asked again the next time.
func TestAProviderThatIsAwayIsAFault(t *testing.T) {
	p, c := start(t)
	c.Issuer = p.URL + "/nowhere"
	if _, _, err := c.Begin(t.Context(), random); err == nil || errors.As(err, new(*singlesignon.RefusedError)) {
		t.Errorf("%v", err)
	}
	c.Issuer = p.URL
	if _, _, err := c.Begin(t.Context(), random); err != nil {
		t.Error(err)
	}
}
