package insight_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/access"
	"rapport/internal/insight"
	"rapport/reportconfig"
)

// TestEveryOperationAsksForItsScopes: each route, with each client.
func TestEveryOperationAsksForItsScopes(t *testing.T) {
	s := start(t)
	tokens := map[string]string{}
	for _, c := range s.config.Web.Clients {
		tokens[c.ID] = s.token(c.ID)
	}
	for _, r := range s.Routes() {
		if strings.Contains(r.Pattern, "{oid}") || strings.HasSuffix(r.Pattern, "/files/{id}") || strings.HasSuffix(r.Pattern, "openapi.json") {
			continue
		}
		want := []string{"all", "reader"}
		switch {
		case strings.HasSuffix(r.Pattern, "/reports/metadata"):
			want = []string{"all", "lister"}
		case strings.Contains(r.Pattern, "/evidence/"):
			want = []string{"all"}
		case r.Method != "GET":
			want = []string{"all", "writer"}
		}
		target := strings.NewReplacer("{aid}", account, "{id}", "6f0d1c52-7e5b-4f0e-9c39-9d6f6a3f7b11").Replace(r.Pattern)
		body := ""
		if r.Method == "POST" || r.Method == "PUT" {
			body = "{}"
		}
		if a := s.ask(r.Method, target, "", body); len(a.fails(401, "unauthorized")) > 0 || a.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s without a token: %s", r.Method, target, a.Body)
		}
		for id, token := range tokens {
			s.clock.Time = s.clock.Add(time.Second)
			if a := s.ask(r.Method, target, token, body); (a.Code != 403) != slices.Contains(want, id) {
				t.Errorf("%s %s by %s: %d %s", r.Method, target, id, a.Code, a.Body)
			}
			if a := s.ask(r.Method, strings.Replace(target, account, "P87654321", 1), token, body); a.Code != 403 {
				t.Errorf("%s %s of another account: %d", r.Method, target, a.Code)
			}
			if a := s.ask(r.Method, strings.Replace(target, account, "T1", 1), token, body); a.Code != 400 {
				t.Errorf("%s %s of no account: %d", r.Method, target, a.Code)
			}
		}
		deprecated := strings.Contains(r.Pattern, "insight-service") || strings.Contains(r.Pattern, "/report/") || strings.HasSuffix(r.Pattern, "/kpi/checkout")
		if a := s.ask(r.Method, target, tokens["all"], body); (a.Header().Get("Deprecation") != "") != deprecated {
			t.Errorf("%s %s: Deprecation %q", r.Method, target, a.Header().Get("Deprecation"))
		}
	}
}

func TestWhatIsNotThereIsAnErrorOfTheOneShape(t *testing.T) {
	s := start(t)
	token := s.token("all")
	s.ask("GET", "/v1/accounts/"+account+"/insight/nothing", token, "").fails(404, "not_found")
	a := s.ask("PATCH", reports, token, "{}")
	a.fails(405, "method_not_allowed")
	if a.Header().Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("Allow: %q", a.Header().Get("Allow"))
	}
	if a := s.ask("GET", "/v1/openapi.json", "", ""); a.Code != 200 || a.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the document: %d", a.Code)
	}
}

func TestATokenIsGivenToWhoProvesItself(t *testing.T) {
	s := start(t)
	good := `{"grant_type":"client_credentials","audience":"https://x:y@api.dintero.com/v1/accounts/T12345678"}`
	if a := s.tokenAnswer("all", "wrong", account, good); a.Header().Get("WWW-Authenticate") != `Basic realm="rapport"` {
		t.Errorf("headers: %v", a.Header())
	} else {
		a.fails(401, "invalid_client")
	}
	s.tokenAnswer("nobody", "c4n4ry-all", account, good).fails(401, "invalid_client")
	s.tokenAnswer("all", "c4n4ry-all", "T123", good).fails(403, "forbidden")
	s.tokenAnswer("all", "c4n4ry-all", "P12345678", good).fails(403, "forbidden")
	s.tokenAnswer("all", "c4n4ry-all", "X1", good).fails(400, "bad_request")
	for body, code := range map[string]string{
		`{"grant_type":"password","audience":"https://a.example/v1/accounts/T12345678"}`: "unsupported_grant_type",
		`{"audience":"https://a.example/v1/accounts/T12345678"}`:                         "bad_request",
		`{"grant_type":"client_credentials"}`:                                            "bad_request",
		`{"grant_type":"client_credentials","audience":"T12345678"}`:                     "bad_request",
		`{"grant_type":1}`: "bad_request",
		`x`:                "bad_request",
	} {
		s.tokenAnswer("all", "c4n4ry-all", account, body).fails(400, code)
	}
	s.tokenAnswer("all", "c4n4ry-all", account, strings.Replace(good, "T12345678", "T87654321", 1)).fails(403, "forbidden")
	form := s.ask("POST", base+"/auth/token", "", "grant_type=client_credentials&audience=https%3A%2F%2Fa.example%2Fv1%2Faccounts%2FT12345678", func(r *http.Request) {
		r.SetBasicAuth("reader", "c4n4ry-reader")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	})
	var token object
	form.read(&token)
	if form.Code != 200 || token["scope"] != "read:insight" || token["token_type"] != "Bearer" || token["expires_in"] != 3600.0 {
		t.Errorf("by a form: %s", form.Body)
	}
}

func TestATokenEnds(t *testing.T) {
	s := start(t)
	token := s.token("all")
	for what, bad := range map[string]string{"cut": token[:len(token)-4], "none": "x.y.z", "unsigned": "eyJhbGciOiJub25lIn0." + strings.Split(token, ".")[1] + "."} {
		if a := s.ask("GET", reports, bad, ""); a.Code != 401 {
			t.Errorf("%s: %d", what, a.Code)
		}
	}
	s.clock.Time = s.clock.Add(59 * time.Minute)
	if a := s.ask("GET", reports, token, ""); a.Code != 200 {
		t.Errorf("before its end: %s", a.Body)
	}
	s.clock.Time = s.clock.Add(2 * time.Minute)
	s.ask("GET", reports, token, "").fails(401, "token_expired")

	token = s.token("all")
	s.restart()
	if a := s.ask("GET", reports, token, ""); a.Code != 200 {
		t.Errorf("after a reload: %s", a.Body)
	}
	s.secrets[0] = "c4n4ry-new"
	s.restart()
	s.ask("GET", reports, token, "").fails(401, "unauthorized")

	reader := s.token("reader")
	s.config.Web.Clients[1].Scopes = []reportconfig.Scope{reportconfig.ReadReports}
	s.restart()
	s.ask("GET", reports, reader, "").fails(403, "insufficient_scope")
	s.config.Web.Clients = append(s.config.Web.Clients[:1], s.config.Web.Clients[2:]...)
	s.secrets = append(s.secrets[:1], s.secrets[2:]...)
	s.restart()
	s.ask("GET", reports, reader, "").fails(401, "unauthorized")

	lister := s.token("lister")
	s.must(s.tables.RenewKeys(t.Context())) // by another process
	s.ask("GET", base+"/reports/metadata", lister, "").fails(401, "unauthorized")
}

// TestAPathThatIsNotCleanIsNoAddress: it has the API's error, and no redirect.
func TestAPathThatIsNotCleanIsNoAddress(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/v1", "/v1//accounts/T1/insight/reports/configuration", "/v1/accounts/T1/insight/reports/./configuration", "/v1/../x"} {
		s.ask("GET", path, "", "").fails(404, "not_found")
	}
}

func TestAttemptsAreLimited(t *testing.T) {
	s := start(t)
	refused := 0
	for range 40 {
		if a := s.tokenAnswer("all", "guess", account, "{}"); a.Code == 429 {
			refused++
			if a.Header().Get("Retry-After") == "" {
				t.Error("it is not said when")
			}
		}
	}
	if refused != 10 {
		t.Errorf("%d of 40 attempts were refused", refused)
	}
	s.clock.Time = s.clock.Add(time.Minute)
	token := s.token("all")
	for range 120 { // five seconds' worth may wait; the clock stands still
		r := s.ask("GET", "/v1/accounts/T1/insight/reports/configuration", token, "", func(r *http.Request) {
			ctx, cancel := contextDone()
			defer cancel()
			*r = *r.WithContext(ctx)
		})
		if r.Code == 500 {
			r.fails(500, "unavailable")
		}
	}
	a := s.ask("GET", reports, token, "")
	a.fails(500, "unavailable")
	if a.Header().Get("Retry-After") == "" {
		t.Error("it is not said when")
	}
}

func TestTheKeyOfTheSeedOpensTheMetadataAlone(t *testing.T) {
	s := start(t)
	key := func(k string) func(*http.Request) { return func(r *http.Request) { r.Header.Set("X-Api-Key", k) } }
	if a := s.ask("GET", base+"/reports/metadata", "", "", key("lister.c4n4ry-lister")); a.Code != 200 {
		t.Errorf("%s", a.Body)
	}
	s.ask("GET", base+"/reports/metadata", "", "", key("reader.c4n4ry-reader")).fails(403, "insufficient_scope")
	s.ask("GET", base+"/reports/metadata", "", "", key("lister.x")).fails(401, "unauthorized")
	s.ask("GET", reports, "", "", key("reader.c4n4ry-reader")).fails(401, "unauthorized")
}

// TestAPanicIsAnAnswerToWhoAsked, and nobody else's.
func TestAPanicIsAnAnswerToWhoAsked(t *testing.T) {
	s := start(t)
	broken, err := insight.New([]insight.Account{{
		Config: s.config, Path: s.config.Path, Ledger: s.ledger, Source: s.source, Secrets: s.secrets, Use: func(func() error) error { panic("for a test") }, Log: slog.New(slog.DiscardHandler),
	}}, insight.Options{
		Now: s.now, Attempts: access.NewAttempts(s.now), Random: func() []byte { return make([]byte, 32) }, URL: "https://rapport.example", Log: slog.New(slog.DiscardHandler), Background: t.Context(),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = broken
	a := s.tokenAnswer("all", "c4n4ry-all", account, `{"grant_type":"client_credentials","audience":"https://api.dintero.com/v1/accounts/T12345678"}`)
	if a.fails(500, "internal"); strings.Contains(a.Body.String(), "for a test") || !strings.Contains(a.Body.String(), "internal fault, request ") {
		t.Error(a.Body)
	}
}

// TestAnAddressIsThatOfWhoConnects but where a proxy of ours says another.
func TestAnAddressIsThatOfWhoConnects(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ from, forwarded, proxy, want string }{
		{"192.0.2.7:1", "203.0.113.9", "", "192.0.2.7"},
		{"192.0.2.7:1", "203.0.113.9", "192.0.2.0/24", "203.0.113.9"},
		{"192.0.2.7:1", "198.51.100.1, 203.0.113.9", "192.0.2.0/24", "203.0.113.9"},
		{"192.0.2.7:1", "203.0.113.9, 192.0.2.8", "192.0.2.0/24", "203.0.113.9"},
		{"192.0.2.7:1", "nonsense", "192.0.2.0/24", "192.0.2.7"},
	} {
		s.Proxy = nil
		if c.proxy != "" {
			s.Proxy = []netip.Prefix{netip.MustParsePrefix(c.proxy)}
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := s.AddressOf(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestABodyHasABound(t *testing.T) {
	s := start(t)
	a := s.ask("POST", reports, s.token("all"), `{"name":"`+strings.Repeat("x", 64<<10)+`"}`)
	if a.fails(400, "bad_request"); !strings.Contains(a.Body.String(), "longer than 64 KiB") {
		t.Error(a.Body)
	}
}
