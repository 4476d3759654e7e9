package insight

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"rapport/internal/ledger/served"
	"rapport/internal/yamltree"
	"rapport/reportconfig"
)

// claims are those of an access token. Version is of the client's secret: another secret ends
// the token.
type claims struct {
	jwt.RegisteredClaims
	Scope   string `json:"scope"`
	Version string `json:"ver"`
}

// token is the answer to who has proved itself.
type token struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
}

// owners and accounts as Dintero writes them.
func isOwner(id string) bool   { return regexp.MustCompile(`^[PT](\d{3}|\d{8})$`).MatchString(id) }
func isAccount(id string) bool { return len(id) == 9 && isOwner(id) }

// issueToken is POST /accounts/{oid}/auth/token.
func issueToken(q *request) (any, error) {
	id, secret, given := q.BasicAuth()
	if err := q.server.limits.signIn(q.server.AddressOf(q.Request), id); err != nil {
		return nil, err
	}
	oid := q.PathValue("oid")
	known := given && q.server.knows(id, secret)
	a := q.server.accounts[oid]
	var client *reportconfig.Client
	if a != nil && given {
		client = a.client(id, secret)
	}
	switch {
	case !known:
		return nil, &failure{status: http.StatusUnauthorized, code: "invalid_client", message: "the client's ID or secret is wrong", authenticate: `Basic realm="rapport"`}
	case isOwner(oid) && client == nil:
		return nil, errForbidden()
	case !isOwner(oid):
		return nil, errBadRequest("oid", "is not the ID of an account")
	}
	q.account, q.client = a, id
	form, err := q.tokenForm()
	if err != nil {
		return nil, err
	}
	switch {
	case form.GrantType == "":
		return nil, errBadRequest("grant_type", "grant_type is missing")
	case form.GrantType != "client_credentials":
		return nil, &failure{status: http.StatusBadRequest, code: "unsupported_grant_type", message: "grant_type must be client_credentials"}
	case form.Audience == "":
		return nil, errBadRequest("audience", "audience is missing")
	}
	aid, ok := audienceAccount(form.Audience)
	if !ok {
		return nil, errBadRequest("audience", "audience must be like %s", q.server.audience(oid))
	}
	if aid != oid {
		return nil, errForbidden()
	}
	return a.issue(q, client, secret)
}

// audienceAccount is the account of an audience, of whatever host.
func audienceAccount(audience string) (aid string, ok bool) {
	u, err := url.Parse(audience)
	if err != nil || u.Scheme == "" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false
	}
	aid, ok = strings.CutPrefix(u.Path, "/v1/accounts/")
	return aid, ok && isAccount(aid)
}

func (s *Server) audience(aid string) string { return s.URL + "/v1/accounts/" + aid }

type tokenForm struct {
	GrantType string `json:"grant_type"`
	Audience  string `json:"audience"`
}

// tokenForm reads JSON or a form.
func (q *request) tokenForm() (f tokenForm, err error) {
	data, err := q.read()
	if err != nil {
		return f, err
	}
	switch kind, _, _ := mime.ParseMediaType(q.Header.Get("Content-Type")); kind {
	case "application/json":
		if err := json.Unmarshal(data, &f); err != nil {
			return f, errBadRequest("", "the body is not a JSON object with grant_type and audience")
		}
		return f, nil
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(string(data))
		if err != nil {
			return f, errBadRequest("", "the body is not a form")
		}
		return tokenForm{values.Get("grant_type"), values.Get("audience")}, nil
	}
	return f, errBadRequest("", "the body must be JSON or a form")
}

// client is the one that proves itself by a secret; nil: there is none. A client that is not
// known takes as long.
func (a *account) client(id, secret string) *reportconfig.Client {
	given := sha256.Sum256([]byte(secret))
	var found *reportconfig.Client
	for i := range a.Config.Web.Clients {
		own := sha256.Sum256([]byte(a.Secrets[i]))
		if subtle.ConstantTimeCompare(own[:], given[:]) == 1 && a.Config.Web.Clients[i].ID == id {
			found = &a.Config.Web.Clients[i]
		}
	}
	return found
}

// knows tells whether a client is one of any account's.
func (s *Server) knows(id, secret string) (known bool) {
	for _, a := range s.accounts {
		known = a.client(id, secret) != nil || known
	}
	return known
}

func (a *account) issue(q *request, client *reportconfig.Client, secret string) (any, error) {
	key, err := a.key(q.Context(), served.KeyOfTokens, q.server)
	if err != nil {
		return nil, err
	}
	now, life := q.server.Now(), a.Config.Web.TokenLife
	scope := scopeText(client.Scopes)
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: q.server.URL, Audience: jwt.ClaimStrings{q.server.audience(a.Config.Account)}, Subject: client.ID,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(life)), ID: q.id,
		}, Scope: scope, Version: secretVersion(key, secret),
	}).SignedString(key)
	if err != nil {
		return nil, err
	}
	q.header.Set("Pragma", "no-cache")
	return token{signed, "Bearer", int64(life / time.Second), scope}, nil
}

func scopeText(scopes []reportconfig.Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

// secretVersion changes with a secret, and tells nothing of it.
func secretVersion(key []byte, secret string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("version\x00" + secret))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// key is the account's for a purpose. The ledger is asked each time, as another process may renew it.
func (a *account) key(ctx context.Context, purpose string, s *Server) (key []byte, err error) {
	err = a.use(func() error {
		key, err = a.SigningKey(context.WithoutCancel(ctx), purpose, s.Random, s.Now()) // who has left counts as an attempt
		return err
	})
	return key, err
}

// authorize finds out whose request it is, and whether that may do what it asks for: 401, then
// 403, then 400 for an account that can be nobody's.
func (q *request) authorize(scopes []reportconfig.Scope) error {
	aid := q.PathValue("aid")
	a, client, err := q.bearer(aid)
	if err != nil {
		return err
	}
	if client != nil {
		q.client = client.ID
		if err := q.server.limits.wait(q.Context(), client.ID); err != nil {
			return err
		}
	}
	switch {
	case !isAccount(aid):
		return errBadRequest("aid", "%s is not the ID of an account", shown(aid))
	case a == nil || client == nil || a.Config.Account != aid:
		return errForbidden()
	case !slices.ContainsFunc(scopes, func(s reportconfig.Scope) bool { return slices.Contains(client.Scopes, s) }):
		return &failure{status: http.StatusForbidden, code: "insufficient_scope", message: "the client has no scope for this: " + string(scopes[0]) + " would do"}
	}
	q.account = a
	return nil
}

func errForbidden() *failure {
	return &failure{status: http.StatusForbidden, code: "forbidden", message: "the client has no access to this account"}
}

func errUnauthorized(code, message string) *failure {
	return &failure{status: http.StatusUnauthorized, code: code, message: message, authenticate: `Bearer realm="rapport"`}
}

// shown is what a request said, short enough to be repeated.
func shown(s string) string { return yamltree.Quote(s) }

// bearer is the account and the client of an access token, or of the key that the metadata
// takes as well.
func (q *request) bearer(aid string) (*account, *reportconfig.Client, error) {
	if key := q.Header.Get("X-Api-Key"); key != "" && q.Header.Get("Authorization") == "" && strings.HasSuffix(q.URL.Path, "/reports/metadata") {
		id, secret, _ := strings.Cut(key, ".")
		if !q.server.knows(id, secret) {
			if err := q.server.limits.signIn(q.server.AddressOf(q.Request), id); err != nil {
				return nil, nil, err
			}
			return nil, nil, errUnauthorized("unauthorized", "the key is wrong: it is <client id>.<secret>")
		}
		a := q.server.accounts[aid]
		if a == nil {
			return nil, nil, nil
		}
		return a, a.client(id, secret), nil
	}
	scheme, text, _ := strings.Cut(q.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || text == "" {
		return nil, nil, errUnauthorized("unauthorized", "an access token is missing: Authorization: Bearer …")
	}
	return q.server.verify(q.Context(), strings.TrimSpace(text))
}

// verify is the account and the client of an access token.
func (s *Server) verify(ctx context.Context, text string) (*account, *reportconfig.Client, error) {
	wrong := errUnauthorized("unauthorized", "the access token is not one of ours")
	var unchecked claims
	if _, _, err := jwt.NewParser().ParseUnverified(text, &unchecked); err != nil || len(unchecked.Audience) != 1 {
		return nil, nil, wrong
	}
	aid, _ := audienceAccount(unchecked.Audience[0])
	a := s.accounts[aid]
	if a == nil {
		return nil, nil, wrong
	}
	key, err := a.key(ctx, served.KeyOfTokens, s)
	if err != nil {
		return nil, nil, err
	}
	var c claims
	_, err = jwt.ParseWithClaims(text, &c, func(*jwt.Token) (any, error) { return key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(), jwt.WithIssuer(s.URL),
		jwt.WithAudience(s.audience(aid)), jwt.WithTimeFunc(s.Now))
	if errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		return nil, nil, errUnauthorized("token_expired", "the access token has expired: get another one")
	}
	if err != nil {
		return nil, nil, wrong
	}
	for i := range a.Config.Web.Clients {
		client := &a.Config.Web.Clients[i]
		if client.ID == c.Subject && hmac.Equal([]byte(c.Version), []byte(secretVersion(key, a.Secrets[i]))) {
			return a, client, nil
		}
	}
	return nil, nil, errUnauthorized("unauthorized", "the client of the access token is gone, or has another secret now")
}
