// Package providertest is an OpenID Connect provider for tests: it speaks the real protocol on
// loopback, signs with a real RSA key, and vouches for whom the test says. It is for tests alone, and
// refuses a code that is used twice, with another verifier, secret or address to go back to.
package providertest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The client that it knows.
const (
	ClientID     = "rapport"
	ClientSecret = "the provider's secret"
)

// A Provider is one that is asked.
type Provider struct {
	*httptest.Server
	Key    *rsa.PrivateKey // the one that it names
	Signs  *rsa.PrivateKey // the one that it signs with
	Claims jwt.MapClaims   // over those that it would write
	Now    func() time.Time

	mu      sync.Mutex
	waiting map[string]url.Values // requests by code
}

// Start begins a provider that vouches for kari@shop.example.
func Start(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{Key: key, Signs: key, Now: now, waiting: map[string]url.Values{}, Claims: jwt.MapClaims{"email": "Kari@shop.example", "email_verified": true}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		number := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
		answer(w, 200, map[string]any{"keys": []map[string]string{{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": number(key.N.Bytes()), "e": number([]byte{1, 0, 1})}}})
	})
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // who asked may have gone
}

// authorize signs in at once whoever comes.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("state") == "" || q.Get("nonce") == "" {
		http.Error(w, "not a request of the code flow with PKCE, state and nonce: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	code := fmt.Sprint("code-", len(p.waiting), "-", q.Get("state"))
	p.waiting[code] = q
	p.mu.Unlock()
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
}

// token exchanges a code, once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.waiting[r.FormValue("code")]
	delete(p.waiting, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	if id == "" { // the other way to say it
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	switch {
	case id != ClientID || secret != ClientSecret:
		answer(w, 401, map[string]string{"error": "invalid_client"})
		return
	case asked == nil || asked.Get("redirect_uri") != r.FormValue("redirect_uri") || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]):
		answer(w, 400, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := jwt.MapClaims{"iss": p.URL, "aud": ClientID, "sub": "1", "nonce": asked.Get("nonce"), "iat": p.Now().Unix(), "exp": p.Now().Add(time.Minute).Unix()}
	maps.Copy(claims, p.Claims)
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	t.Header["kid"] = "1"
	signed, err := t.SignedString(p.Signs)
	if err != nil {
		panic(err) // an RSA key always signs
	}
	answer(w, 200, map[string]any{"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": signed})
}
