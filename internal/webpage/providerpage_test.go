package webpage

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/singlesignon"
	"rapport/internal/singlesignon/providertest"
	"rapport/reportconfig"
)

// startWithProvider is a site whose people sign in by a provider's word.
func startWithProvider(t *testing.T, allow ...string) (*site, *providertest.Provider) {
	s := start(t)
	p := providertest.Start(t, func() time.Time { return s.now })
	s.account.Config.Web.OIDC = &reportconfig.OIDC{Issuer: p.URL, ClientID: providertest.ClientID, Allow: allow, Role: reportconfig.RoleOperator}
	s.providers = []*singlesignon.Client{{
		Issuer: p.URL, ID: providertest.ClientID, Secret: providertest.ClientSecret, ReturnTo: "http://127.0.0.1:9798/sign-in/oidc/0", Now: func() time.Time { return s.now }, Background: t.Context(),
	}}
	s.restart()
	return s, p
}

// atProvider goes to the provider and comes back: the path to come back to, with what the browser holds.
func (s *site) atProvider() (path string, pending *http.Cookie) {
	s.Helper()
	w := s.ask("GET", "/sign-in/oidc/0")
	if w.Code != 303 || len(w.Result().Cookies()) != 1 {
		s.Fatalf("%d %s", w.Code, w.Body)
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(w.Header().Get("Location"))
	s.must(err)
	s.must(answer.Body.Close())
	back, err := answer.Location()
	s.must(err)
	return back.RequestURI(), w.Result().Cookies()[0]
}

// TestAProviderSignsIn whom the configuration lets in, with its role, until that changes.
func TestAProviderSignsIn(t *testing.T) {
	t.Parallel()
	s, _ := startWithProvider(t, "*@shop.example")
	if w := s.ask("GET", "/sign-in"); !strings.Contains(w.Body.String(), `href="/sign-in/oidc/0"`) || !strings.Contains(w.Body.String(), "Sign in by 127.0.0.1:") {
		t.Errorf("it is not offered: %s", w.Body)
	}
	path, pending := s.atProvider()
	if !pending.HttpOnly || pending.SameSite != http.SameSiteLaxMode || pending.MaxAge != 600 {
		t.Errorf("%+v", pending)
	}
	cross := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") } // as a browser says that comes from there
	if w := s.ask("GET", path, cross); w.Code != 403 || !strings.Contains(w.Body.String(), "begin again") {
		t.Errorf("another browser: %d %s", w.Code, w.Body)
	}
	path, pending = s.atProvider()
	w := s.ask("GET", path, cross, func(r *http.Request) { r.AddCookie(pending) })
	if w.Code != 303 || w.Header().Get("Location") != "/" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, c := range w.Result().Cookies() {
		if c.Name == "rapport" {
			s.cookie = c
		}
		if c.Name == pending.Name && c.MaxAge >= 0 {
			t.Errorf("%+v stays", c)
		}
	}
	if w := s.ask("GET", "/account"); w.Code != 200 || !strings.Contains(w.Body.String(), "kari@shop.example") || !strings.Contains(w.Body.String(), "Operator") || !strings.Contains(w.Body.String(), "By single sign-on") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.ask("GET", "/reports/new"); w.Code != 403 {
		t.Errorf("an operator makes a report: %d", w.Code)
	}
	if got := s.acts(); !slices.Contains(got, "sign in session") {
		t.Errorf("written down: %q", got)
	}
	s.restart()
	if w := s.ask("GET", "/"); w.Code != 200 {
		t.Errorf("after a reload without a change: %d", w.Code)
	}
	for what, change := range map[string]func(*reportconfig.OIDC){
		"another role":     func(o *reportconfig.OIDC) { o.Role = reportconfig.RoleAdmin },
		"not let in more":  func(o *reportconfig.OIDC) { o.Allow = []string{"*@elsewhere.example"} },
		"another provider": func(o *reportconfig.OIDC) { o.Issuer = "https://x.example" },
	} {
		own := *s.account.Config.Web.OIDC
		changed := own
		change(&changed)
		s.account.Config.Web.OIDC = &changed
		s.restart()
		if w := s.ask("GET", "/"); w.Code != 303 {
			t.Errorf("%s: %d", what, w.Code)
		}
		s.account.Config.Web.OIDC = &own
	}
}

// TestAProviderLetsNobodyElseIn: who is not named sees nothing, and a provider that is away is told.
func TestAProviderLetsNobodyElseIn(t *testing.T) {
	t.Parallel()
	s, p := startWithProvider(t, "ola@shop.example")
	path, pending := s.atProvider()
	hold := func(r *http.Request) { r.AddCookie(pending) }
	w := s.ask("GET", path, hold)
	if w.Code != 403 || !strings.Contains(w.Body.String(), "may not see any account") || slices.ContainsFunc(w.Result().Cookies(), func(c *http.Cookie) bool { return c.Name == "rapport" }) {
		t.Errorf("%d %v %s", w.Code, w.Result().Cookies(), w.Body)
	}
	if w := s.ask("GET", "/sign-in/oidc/0?"+url.Values{"error": {"access_denied"}, "state": {"x"}}.Encode(), hold); w.Code != 403 {
		t.Errorf("it says no: %d", w.Code)
	}
	for _, none := range []string{"1", "-1", "x"} {
		if w := s.ask("GET", "/sign-in/oidc/"+none); w.Code != 404 {
			t.Errorf("provider %s: %d", none, w.Code)
		}
	}
	p.Close()
	s.providers = []*singlesignon.Client{{Issuer: p.URL, ID: "x", Now: s.providers[0].Now, Background: t.Context()}}
	s.restart()
	if w := s.ask("GET", "/sign-in/oidc/0"); w.Code != 502 {
		t.Errorf("away: %d", w.Code)
	}
	refused := 0
	for range 35 {
		if w := s.ask("GET", "/sign-in/oidc/0"); w.Code == 429 {
			refused++
		}
	}
	if refused == 0 {
		t.Error("anybody may ask as often as they like")
	}
}
