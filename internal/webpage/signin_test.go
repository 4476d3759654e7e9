package webpage

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/access"
	"rapport/reportconfig"
)

// post sends a form.
func (s *site) post(target string, form ...string) *httptest.ResponseRecorder {
	s.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	return s.ask("POST", target, func(r *http.Request) { r.URL.RawQuery = values.Encode() })
}

// signInAs signs a person in with their password.
func (s *site) signInAs(name string) *http.Cookie {
	s.Helper()
	s.cookie = nil
	w := s.post("/sign-in", "name", name, "password", name+"'s")
	if w.Code != 303 || len(w.Result().Cookies()) != 1 {
		s.Fatalf("%s: %d %s", name, w.Code, w.Body)
	}
	s.cookie = w.Result().Cookies()[0]
	return s.cookie
}

// TestEveryRouteAsksForItsRole: each route of the server's own list, by each role.
func TestEveryRouteAsksForItsRole(t *testing.T) {
	t.Parallel()
	s := start(t)
	rows := s.made("2026-11-19")
	cookies := map[role]*http.Cookie{}
	for role, name := range map[role]string{viewer: "vera", operator: "olga", admin: "anne"} {
		cookies[role] = s.signInAs(name)
	}
	for _, pattern := range s.Patterns() {
		least := s.routes()[pattern].least
		method, path, _ := strings.Cut(pattern, " ")
		if open := strings.HasPrefix(path, "/sign-in") || path == "/calendar.ics"; open != (least == anybody) {
			t.Errorf("%s asks for role %d", pattern, least)
		}
		asks := regexp.MustCompile(`/(new|edit|copy|pause|resume|delete|make|preview|\{action\}|evidence)$|^/previews/`).MatchString(path) // and what a form has made
		if method == "GET" && least > viewer && !asks {
			t.Errorf("%s: a viewer sees all but forms", pattern)
		}
		if least == anybody || path == "/sign-out" {
			continue
		}
		target := strings.NewReplacer("{$}", "", "/periods/{id}", "/periods/1", "{id}", "1", "{action}", "resend", "{position}", "0").Replace(path)
		for role, cookie := range cookies {
			for _, m := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"} {
				s.cookie = cookie
				w := s.ask(m, target)
				same := m == method || m == "HEAD" && method == "GET"
				if forbidden := w.Code == 403; same && forbidden != (role < least) {
					t.Errorf("%s %s by role %d: %d", m, target, role, w.Code)
				}
				if !same && m != "GET" && m != "HEAD" && m != "POST" && w.Code != 404 && w.Code != 405 {
					t.Errorf("%s %s by role %d: %d", m, target, role, w.Code)
				}
			}
			s.cookie = nil
			if w := s.ask(method, target); method == "GET" && w.Code != 303 || method == "POST" && w.Code != 403 {
				t.Errorf("%s by nobody: %d", pattern, w.Code)
			}
		}
	}
	if len(rows) == 0 {
		t.Error("there is no delivery")
	}
}

func TestAPasswordSignsIn(t *testing.T) {
	t.Parallel()
	s := start(t)
	w := s.ask("GET", "/sign-in")
	if !strings.Contains(w.Body.String(), `name="password"`) {
		t.Errorf("no form: %s", w.Body)
	}
	for _, wrong := range [][2]string{{"vera", "olga's"}, {"nobody", "vera's"}, {"", ""}, {"vera", ""}} {
		w := s.post("/sign-in", "name", wrong[0], "password", wrong[1])
		if w.Code != 403 || len(w.Result().Cookies()) > 0 || !strings.Contains(w.Body.String(), "The name or the password is wrong") {
			t.Errorf("%q: %d %s", wrong, w.Code, w.Body)
		}
	}
	s.signInAs("vera")
	if w := s.ask("GET", "/"); w.Code != 200 {
		t.Errorf("%d", w.Code)
	}
	if got := s.acts(); !slices.Contains(got, "sign in session") {
		t.Errorf("written down: %q", got)
	}
	if strings.Contains(s.log.String(), "vera's") || strings.Contains(s.log.String(), "olga's") {
		t.Errorf("the log shows a password: %s", &s.log)
	}
}

func TestAttemptsToSignInAreLimited(t *testing.T) {
	t.Parallel()
	s := start(t)
	refused := 0
	for range 35 {
		if w := s.post("/sign-in/guess"); w.Code == 429 {
			refused++
			if w.Header().Get("Retry-After") != "2" {
				t.Errorf("Retry-After: %q", w.Header().Get("Retry-After"))
			}
		}
	}
	if w := s.post("/sign-in", "name", "vera", "password", "vera's"); w.Code != 429 || refused != 5 {
		t.Errorf("%d refused, then %d", refused, w.Code)
	}
	s.now = s.now.Add(time.Minute)
	s.signInAs("vera")
}

// TestASessionEndsWithWhatItProved: another password, another role, a person who is gone.
func TestASessionEndsWithWhatItProved(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func([]access.User) []access.User{
		"another password": func(u []access.User) []access.User {
			u[0].Hash = access.NewHash("vera's", []byte("another salt, of 32 bytes or more"))
			return u
		},
		"another role": func(u []access.User) []access.User { u[0].Role = reportconfig.RoleAdmin; return u },
		"gone":         func(u []access.User) []access.User { return u[1:] },
	} {
		s := start(t)
		s.signInAs("vera")
		s.restart()
		if w := s.ask("GET", "/"); w.Code != 200 {
			t.Errorf("%s: after a reload without a change: %d", what, w.Code)
		}
		s.account.Users = change(slices.Clone(s.account.Users))
		s.restart()
		if w := s.ask("GET", "/"); w.Code != 303 {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	s := start(t)
	vera := s.signInAs("vera")
	elsewhere := s.signInAs("vera")
	olga := s.signInAs("olga")
	end := func(cookie *http.Cookie) string { return "/account/sessions/" + access.Identify(cookie.Value) + "/end" }
	s.cookie = vera
	page := s.ask("GET", "/account").Body.String()
	if !strings.Contains(page, end(elsewhere)) || strings.Contains(page, end(vera)) || strings.Contains(page, "olga") || strings.Contains(page, vera.Value) {
		t.Errorf("vera's: %s", page)
	}
	for _, c := range []*http.Cookie{elsewhere, olga} {
		if w := s.post(end(c)); w.Code != 303 {
			t.Errorf("%d", w.Code)
		}
	}
	for i, c := range []*http.Cookie{vera, elsewhere, olga} {
		s.cookie = c
		if w := s.ask("GET", "/"); (w.Code == 200) == (i == 1) {
			t.Errorf("session %d: %d", i, w.Code)
		}
	}
	s.signInAs("anne")
	if page := s.ask("GET", "/account").Body.String(); !strings.Contains(page, end(olga)) || !strings.Contains(page, end(vera)) {
		t.Errorf("an admin's: %s", page)
	}
	s.post(end(olga))
	if got := s.acts(); !slices.Contains(got, "end session session of olga") || !slices.Contains(got, "end session session of vera") {
		t.Errorf("written down: %q", got)
	}
	s.cookie = olga
	if w := s.ask("GET", "/"); w.Code != 303 {
		t.Errorf("olga: %d", w.Code)
	}
}
