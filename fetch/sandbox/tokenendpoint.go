package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// tokenLife is expires_in, seconds.
const tokenLife = 86400

// claims are what a token says; the signature makes it ours.
type claims struct {
	Account string `json:"aid"`
	Expires int64  `json:"exp"` // Unix seconds
	Serial  int    `json:"jti"`
}

// validAccount reports whether aid matches ^[PT]\d{8}$.
func validAccount(aid string) bool {
	return len(aid) == 9 && (aid[0] == 'P' || aid[0] == 'T') && strings.Trim(aid[1:], "0123456789") == ""
}

// token is POST /accounts/{aid}/auth/token.
func (s *Server) token(r *http.Request, aid string, faults faultSet) answer {
	user, password, basic := r.BasicAuth()
	if !basic || user == "" || password == "" {
		a := refuse(http.StatusUnauthorized, "invalid_client", "Basic authentication with client id and client secret is required")
		a.header = map[string]string{"WWW-Authenticate": `Basic realm="dintero"`}
		return a
	}
	var body struct {
		GrantType string `json:"grant_type"`
		Audience  string `json:"audience"`
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err == nil {
		err = json.Unmarshal(raw, &body)
	}
	switch {
	case err != nil:
		return refuse(http.StatusBadRequest, "invalid_request", "Body must be JSON", "body: "+err.Error())
	case body.GrantType != "client_credentials":
		return refuse(http.StatusBadRequest, "unsupported_grant_type", "Invalid request", "grant_type: must be client_credentials")
	case !strings.HasSuffix(body.Audience, "/accounts/"+aid):
		return refuse(http.StatusBadRequest, "invalid_request", "Invalid request", "audience: must be the url of account "+aid)
	}
	life := int64(tokenLife)
	if faults.has("zero-expiry") {
		life = 0
	}
	s.mu.Lock()
	s.issued++
	c := claims{aid, s.now().Add(tokenLife * time.Second).Unix(), s.issued}
	s.mu.Unlock()
	return ok(func(w *jsonWriter) {
		w.object("").text("access_token", s.sign(c)).number("expires_in", life).text("token_type", "Bearer").end()
	})
}

// sign makes a token in the shape of a JWT. Its key is the seed: it keeps honest
// mistakes out, not attackers.
func (s *Server) sign(c claims) string {
	body := fmt.Sprintf(`{"aid":%q,"exp":%d,"jti":%d}`, c.Account, c.Expires, c.Serial)
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(body))
	return text + "." + s.mac(text)
}

func (s *Server) mac(text string) string {
	m := hmac.New(sha256.New, binary.BigEndian.AppendUint64([]byte("sandbox"), s.shop.Seed))
	m.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// bearer returns the account the request's token is for, or why it is refused.
func (s *Server) bearer(r *http.Request) (string, answer, bool) {
	no := func(why string) (string, answer, bool) {
		a := refuse(http.StatusUnauthorized, "unauthorized", why)
		a.header = map[string]string{"WWW-Authenticate": "Bearer"}
		return "", a, false
	}
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || token == "" {
		return no("Bearer token is missing")
	}
	cut := strings.LastIndexByte(token, '.')
	if cut < 0 || !hmac.Equal([]byte(token[cut+1:]), []byte(s.mac(token[:cut]))) {
		return no("Bearer token is invalid")
	}
	_, payload, _ := strings.Cut(token[:cut], ".")
	var c claims
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil {
		return no("Bearer token is invalid")
	}
	s.mu.Lock()
	revoked := c.Serial <= s.revoked
	s.mu.Unlock()
	switch {
	case revoked:
		return no("Bearer token is revoked")
	case !s.now().Before(time.Unix(c.Expires, 0)):
		return no("Bearer token has expired")
	}
	return c.Account, answer{}, true
}
