// Package singlesignon finds out by the word of an OpenID Connect provider who somebody is: the code
// flow with state, nonce and PKCE. It refuses an address that the provider has not verified, an answer
// that nobody asked for, and a token that is not signed by one of the provider's own keys. What the
// person may do then is not its business.
package singlesignon

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const callTimeout = 10 * time.Second

// A Client is this program, as a provider knows it.
type Client struct {
	Issuer, ID, Secret string
	ReturnTo           string           // where the provider sends people back to
	Now                func() time.Time // the tokens' lives are held against it
	Background         context.Context  // outlives a request: the provider's keys are read again when they change

	mu    sync.Mutex
	known *oidc.Provider
}

// Host names the provider to a person.
func (c *Client) Host() string {
	u, err := url.Parse(c.Issuer)
	if err != nil {
		return c.Issuer
	}
	return u.Host
}

// A RefusedError says that the provider did not vouch for the person, or not well enough.
type RefusedError struct{ Why string }

func (e *RefusedError) Error() string { return "sign-in refused: " + e.Why }

// provider asks for the provider's description until it is known once.
func (c *Client) provider(ctx context.Context) (*oidc.Provider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known != nil {
		return c.known, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, calls()), c.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Issuer, err)
	}
	c.known = p
	return p, nil
}

// calls is what the provider is called with: it is never led to another address.
func calls() *http.Client {
	return &http.Client{Timeout: callTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (c *Client) config(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: c.ID, ClientSecret: c.Secret, Endpoint: p.Endpoint(), RedirectURL: c.ReturnTo, Scopes: []string{oidc.ScopeOpenID, "email"}}
}

// Begin gives where the browser goes to sign in, and what it holds meanwhile. Random gives 32 bytes
// that nobody can guess.
func (c *Client) Begin(ctx context.Context, random func() []byte) (to, pending string, err error) {
	p, err := c.provider(ctx)
	if err != nil {
		return "", "", err
	}
	var parts [3]string // state, nonce, verifier
	for i := range parts {
		parts[i] = base64.RawURLEncoding.EncodeToString(random())
	}
	to = c.config(p).AuthCodeURL(parts[0], oidc.Nonce(parts[1]), oauth2.S256ChallengeOption(parts[2]))
	return to, strings.Join(parts[:], "."), nil
}

// Finish gives the verified address of the person whom the provider has sent back with a query.
// Pending is what Begin gave the browser. Who is not vouched for is a *RefusedError.
func (c *Client) Finish(ctx context.Context, pending string, query url.Values) (email string, err error) {
	parts := strings.Split(pending, ".")
	if len(parts) != 3 || parts[0] == "" || subtle.ConstantTimeCompare([]byte(parts[0]), []byte(query.Get("state"))) != 1 {
		return "", &RefusedError{"it was not begun here, or took too long"}
	}
	if said := query.Get("error"); said != "" {
		return "", &RefusedError{"the provider says " + said}
	}
	p, err := c.provider(ctx)
	if err != nil {
		return "", err
	}
	token, err := c.config(p).Exchange(oidc.ClientContext(ctx, calls()), query.Get("code"), oauth2.VerifierOption(parts[2]))
	var said *oauth2.RetrieveError
	if errors.As(err, &said) {
		return "", &RefusedError{"the provider takes the code for nothing: " + said.ErrorCode}
	}
	if err != nil {
		return "", fmt.Errorf("%s: token: %w", c.Issuer, err)
	}
	raw, _ := token.Extra("id_token").(string)
	verifier := p.VerifierContext(oidc.ClientContext(c.Background, calls()), &oidc.Config{
		ClientID: c.ID, Now: c.Now, SupportedSigningAlgs: []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.ES256, oidc.ES384, oidc.EdDSA},
	})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return "", &RefusedError{err.Error()}
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(parts[1])) != 1 {
		return "", &RefusedError{"the token answers another request"}
	}
	return verifiedAddress(id, c.ID)
}

func verifiedAddress(id *oidc.IDToken, client string) (string, error) {
	var claims struct {
		Party    string          `json:"azp"`
		Email    string          `json:"email"`
		Verified json.RawMessage `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil {
		return "", &RefusedError{err.Error()}
	}
	if claims.Party != client && (claims.Party != "" || len(id.Audience) > 1) {
		return "", &RefusedError{"the token is for another client"}
	}
	verified := string(claims.Verified)
	if claims.Email == "" || verified != "true" && verified != `"true"` { // some write it as a text
		return "", &RefusedError{"the provider names no address that it has verified"}
	}
	return strings.ToLower(claims.Email), nil
}
