package mail

import (
	"encoding/base64"
	"strings"
	"testing"
	"testing/synctest"
)

// loginRelay offers mechanisms and says to each what it should.
func loginRelay(offers string, says map[string]string) *hookRelay {
	return &hookRelay{extensions: []string{"AUTH " + offers}, hook: func(c *hookConn, verb, line string) string {
		if verb == "AUTH" {
			return says[strings.Fields(line)[1]]
		}
		if verb == "*" {
			return "501 5.5.2 cancelled"
		}
		return usual
	}}
}

func (h *hookRelay) login() *SMTP {
	s := h.sender()
	s.Username, s.Password = "u", func() (string, error) { return "hemmelig", nil }
	return s
}

// loggedInBy are the mechanisms that were tried, on all connections.
func (h *hookRelay) loggedInBy() string {
	var tried []string
	for _, c := range h.conns {
		for _, line := range c.heard {
			if strings.HasPrefix(line, "AUTH ") {
				tried = append(tried, strings.Fields(line)[1])
			}
		}
	}
	return strings.Join(tried, " ")
}

// TestTheNextMechanismIsTriedOnTheSameConnection, and the one that worked is the first of
// the next login.
func TestTheNextMechanismIsTriedOnTheSameConnection(t *testing.T) {
	for _, test := range []struct {
		offers string
		says   map[string]string
		tried  string
	}{
		{"PLAIN LOGIN", map[string]string{"PLAIN": "535 5.7.8 authentication failed"}, "PLAIN LOGIN"},
		{"PLAIN LOGIN", map[string]string{"PLAIN": "504 5.7.4 unrecognized authentication type"}, "PLAIN LOGIN"},
		{"LOGIN PLAIN SCRAM-SHA-256", map[string]string{"SCRAM-SHA-256": "535 no such secret"}, "SCRAM-SHA-256 PLAIN"},
		{"PLAIN CRAM-MD5", map[string]string{"PLAIN": "538 5.7.11 encryption required", "CRAM-MD5": "334 PDFAcmVsYXk+"}, "PLAIN CRAM-MD5"},
		{"PLAIN LOGIN", map[string]string{"PLAIN": "334 !"}, "PLAIN LOGIN"}, // it makes no sense
	} {
		h := loginRelay(test.offers, test.says)
		hook := h.hook
		h.hook = func(c *hookConn, verb, line string) string {
			if response, err := base64.StdEncoding.DecodeString(verb); err == nil && strings.HasPrefix(string(response), "u ") {
				return "235 ok" // to CRAM-MD5
			}
			return hook(c, verb, line)
		}
		pool := NewPool(h.login(), 1)
		if _, err := pool.Send(t.Context(), message, nil); err != nil {
			t.Errorf("%s: %v", test.tried, err)
		}
		pool.CloseIdle()
		if got := h.loggedInBy(); got != test.tried || len(h.conns) != 1 {
			t.Errorf("%d connections tried %s, want %s", len(h.conns), got, test.tried)
		}
		if _, err := pool.Send(t.Context(), message, nil); err != nil {
			t.Errorf("%s: %v", test.tried, err)
		}
		pool.CloseIdle()
		last := strings.Fields(test.tried)
		if got, want := h.loggedInBy(), test.tried+" "+last[len(last)-1]; got != want {
			t.Errorf("tried were %s, want %s", got, want)
		}
	}
}

// TestARelayThatHangsUpOnARefusedLoginIsAskedForTheNextMechanism on another connection.
func TestARelayThatHangsUpOnARefusedLoginIsAskedForTheNextMechanism(t *testing.T) {
	h := loginRelay("PLAIN LOGIN CRAM-MD5", nil)
	refused := map[int]bool{}
	h.hook = func(c *hookConn, verb, line string) string {
		switch {
		case refused[c.n]:
			return hangUp
		case verb == "AUTH" && !strings.Contains(line, "CRAM"):
			refused[c.n] = true
			return "535 no"
		}
		return usual
	}
	if _, err := h.login().Send(t.Context(), message, nil); err != nil {
		t.Error(err)
	}
	if got := h.loggedInBy(); got != "PLAIN LOGIN LOGIN CRAM-MD5 CRAM-MD5" {
		t.Errorf("tried were %s", got)
	}
}

// TestALoginThatNothingHelps says what was tried, and the refusal that tells most.
func TestALoginThatNothingHelps(t *testing.T) {
	for _, test := range []struct {
		offers string
		says   map[string]string
		code   int
		want   string
	}{
		{"PLAIN LOGIN", map[string]string{"PLAIN": "535 5.7.8 bad password", "LOGIN": "504 5.7.4 unrecognized"}, 535, "535 5.7.8 bad password — is the SMTP password right? tried were PLAIN, LOGIN"},
		{"PLAIN LOGIN", map[string]string{"PLAIN": "504 5.7.4 unrecognized", "LOGIN": "535 5.7.8 bad password"}, 535, "535 5.7.8 bad password — is the SMTP password right? tried were PLAIN, LOGIN"},
		{"PLAIN", map[string]string{"PLAIN": "504 5.7.4 unrecognized"}, 504, "504 5.7.4 unrecognized — the server takes no such login; another is chosen with auth:"},
		{"PLAIN", map[string]string{"PLAIN": "535 no"}, 535, "535 no — is the SMTP password right?"},
	} {
		h := loginRelay(test.offers, test.says)
		_, err := h.login().Send(t.Context(), message, nil)
		e := asError(t, err)
		if e.Verdict != NotSent || !e.Relay || e.About != AboutUs || e.Step != "login" || e.Code != test.code || !strings.HasSuffix(e.Error(), test.want) || len(h.conns) != 1 {
			t.Errorf("%d connections: %+v", len(h.conns), e)
		}
	}
}

// TestALoginThatIsPutOffIsNotTriedAnotherWay: the server has trouble with all of them.
func TestALoginThatIsPutOffIsNotTriedAnotherWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := loginRelay("PLAIN LOGIN", map[string]string{"PLAIN": "454 4.7.0 temporary authentication failure"})
		_, err := h.login().Send(t.Context(), message, nil)
		if e := asError(t, err); e.Code != 454 || e.About != AboutNow || !e.Relay || h.loggedInBy() != "PLAIN" {
			t.Errorf("tried were %s: %+v", h.loggedInBy(), e)
		}
	})
}

// TestAuthChoosesTheMechanism, and no other is tried.
func TestAuthChoosesTheMechanism(t *testing.T) {
	h := loginRelay("SCRAM-SHA-256 PLAIN LOGIN", map[string]string{"LOGIN": "535 no"})
	s := h.login()
	s.Auth = "LOGIN"
	_, err := s.Send(t.Context(), message, nil)
	if e := asError(t, err); e.Code != 535 || h.loggedInBy() != "LOGIN" {
		t.Errorf("tried were %s: %+v", h.loggedInBy(), e)
	}
	s.Auth = "CRAM-MD5"
	_, err = s.Send(t.Context(), message, nil)
	if e := asError(t, err); e.Step != "login" || e.About != AboutUs || !strings.Contains(e.Error(), "offers only AUTH SCRAM-SHA-256 PLAIN LOGIN; auth: wants CRAM-MD5 — choose another with auth:") {
		t.Error(e)
	}
	s.Auth = "XOAUTH2" // a password is a token where somebody says so
	h.extensions = []string{"AUTH=XOAUTH2 PLAIN"}
	if _, err := s.Send(t.Context(), message, nil); err != nil || !strings.HasSuffix(h.loggedInBy(), "XOAUTH2") {
		t.Errorf("tried were %s: %v", h.loggedInBy(), err)
	}
}

// TestAServerThatFailsSCRAMIsNotToldThePassword: it could not prove that it knows it.
func TestAServerThatFailsSCRAMIsNotToldThePassword(t *testing.T) {
	h := loginRelay("SCRAM-SHA-256 PLAIN", nil)
	hook := h.hook
	h.hook = func(c *hookConn, verb, line string) string {
		response, err := base64.StdEncoding.DecodeString(verb)
		switch {
		case verb == "AUTH":
			return "334 "
		case err == nil && strings.HasPrefix(string(response), "n,,"):
			return "334 " + base64.StdEncoding.EncodeToString([]byte("r=another nonce,s=c2FsdA==,i=4096"))
		}
		return hook(c, verb, line)
	}
	_, err := h.login().Send(t.Context(), message, nil)
	if e := asError(t, err); e.Step != "login" || e.Verdict != NotSent || h.loggedInBy() != "SCRAM-SHA-256" {
		t.Errorf("tried were %s: %+v", h.loggedInBy(), e)
	}
}

// TestATokenIsTriedAsATokenAndAPasswordIsNot.
func TestATokenIsTriedAsATokenAndAPasswordIsNot(t *testing.T) {
	for _, test := range []struct{ secret, tried string }{
		{"hemmelig", "PLAIN LOGIN"},
		{"eyJhbGciOiJub25lIn0.eyJ1IjoxfQ.c2ln", "XOAUTH2 PLAIN LOGIN"},
	} {
		no := "535 no"
		h := loginRelay("PLAIN LOGIN XOAUTH2", map[string]string{"PLAIN": no, "LOGIN": no, "XOAUTH2": no})
		s := h.login()
		s.Password = func() (string, error) { return test.secret, nil }
		if _, err := s.Send(t.Context(), message, nil); err == nil || h.loggedInBy() != test.tried {
			t.Errorf("tried were %s, want %s: %v", h.loggedInBy(), test.tried, err)
		}
	}
}
