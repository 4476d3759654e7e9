package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
)

// TestWhatOfAConnectionSomebodyMustMend: it does not pass by itself, so it is told at once;
// a network or a server that is away is only waited for.
func TestWhatOfAConnectionSomebodyMustMend(t *testing.T) {
	answers := func(h *hookRelay) func(*SMTP) { return func(s *SMTP) { s.dial = h.dial } }
	says := func(verbs, reply string) func(*SMTP) {
		return answers(&hookRelay{hook: func(c *hookConn, verb, line string) string {
			if strings.Contains(verbs, verb) {
				return reply
			}
			return usual
		}})
	}
	fails := func(err error) func(*SMTP) {
		return func(s *SMTP) {
			s.dial = func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Err: err}
			}
		}
	}
	for name, test := range map[string]struct {
		change func(*SMTP)
		step   string
		about  About
	}{
		"a stripped STARTTLS": {func(s *SMTP) { answers(&hookRelay{})(s); s.TLS = STARTTLS }, "starttls", AboutUs},
		"no AUTH": {func(s *SMTP) {
			answers(&hookRelay{})(s)
			s.Username, s.Password = "u", func() (string, error) { return "p", nil }
		}, "login", AboutUs},
		"a password that is gone": {func(s *SMTP) {
			s.Username, s.Password = "u", func() (string, error) { return "", errors.New("no file") }
		}, "login", AboutUs},
		"a name that nobody has":       {fails(&net.DNSError{Err: "no such host", Name: "relay.test", IsNotFound: true}), "connect", AboutUs},
		"clear text to another host":   {func(s *SMTP) { s.dial = elsewhere }, "connect", AboutUs},
		"a greeting that wants us not": {says("GREET", "554 5.7.1 your address is blocked"), "connect", AboutUs},
		"a HELO that is refused":       {says("EHLO HELO", "550 5.7.1 who are you"), "hello", AboutUs},
		"a resolver that is away":      {fails(&net.DNSError{Err: "server misbehaving", Name: "relay.test", IsTemporary: true}), "connect", AboutNow},
		"nobody at the port":           {fails(errors.New("connection refused")), "connect", AboutNow},
		"too busy":                     {says("GREET", "421 4.3.2 come back later"), "connect", AboutNow},
		"hangs up":                     {says("GREET", hangUp), "connect", AboutNow},
		"is no SMTP":                   {says("GREET", "HTTP/1.1 400 Bad Request"), "connect", AboutNow},
	} {
		s := &SMTP{Host: "relay.test", TLS: None}
		test.change(s)
		_, err := s.Send(t.Context(), message, nil)
		if e := asError(t, err); e.Verdict != NotSent || !e.Relay || e.Step != test.step || e.About != test.about {
			t.Errorf("%s: about %v: %+v", name, e.About, e)
		}
	}
}

func elsewhere(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	go func() { <-ctx.Done(); theirs.Close() }()
	return addressedEnd{ours, netip.MustParseAddrPort("192.0.2.1:25")}, nil
}

// TestTheErrorSaysTheSameOfTheSameRefusal: who counts refusals needs step and codes.
func TestTheErrorSaysTheSameOfTheSameRefusal(t *testing.T) {
	h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
		if verb == "RCPT" {
			return "550-5.7.1 no mail for\n550 5.7.1 " + line
		}
		return usual
	}}
	pool := NewPool(h.sender(), 2)
	for to, err := range sendMany(t.Context(), pool, 5) {
		if e := asError(t, err); e.Step != "recipient" || e.Code != 550 || e.Enhanced != "5.7.1" {
			t.Errorf("%s: %+v", to, e)
		}
	}
	pool.CloseIdle()
}

// TestNoSecretAndNoControlLeavesByAServersWords, whatever it does with them, at any step,
// and in the reply that says that all is well.
func TestNoSecretAndNoControlLeavesByAServersWords(t *testing.T) {
	const secret = "p&ss wørd/+=%"
	encode := base64.StdEncoding.EncodeToString
	echoes := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), encode([]byte(secret)), encode([]byte("\x00u\x00" + secret)),
		encode([]byte("user=u\x01auth=Bearer " + secret + "\x01\x01")), base64.URLEncoding.EncodeToString([]byte("x" + secret)),
		encode([]byte("ab" + secret + "cd")),
	}
	for cut := range 30 { // where a text ends that is too long
		echoes = append(echoes, strings.Repeat("x", maxReplyText-cut)+secret, strings.Repeat("x", maxReplyText-cut)+encode([]byte(secret)))
	}
	inside := encode([]byte("abc" + secret))[4:12]
	for _, step := range []string{"GREET", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT"} {
		for _, echo := range echoes {
			for _, code := range []string{"550 ", "250 "} {
				if code == "250 " && step != "DOT" {
					continue
				}
				h := &hookRelay{extensions: []string{"AUTH PLAIN"}, hook: func(c *hookConn, verb, line string) string {
					if verb == step || step == "EHLO" && verb == "HELO" {
						return code + "heard " + echo + " \x1b[2J\u202e\u0085"
					}
					return usual
				}}
				s := h.sender()
				s.Username, s.Password = "u", func() (string, error) { return secret, nil }
				said, err := s.Send(t.Context(), message, nil)
				if err != nil {
					said = err.Error()
				}
				if !strings.Contains(said, "heard") {
					t.Errorf("%s: %q does not tell what was said", step, said)
				}
				checkText(t, said)
				for _, piece := range []string{secret, secret[:6], url.QueryEscape(secret), encode([]byte(secret))[:8], inside} {
					if strings.Contains(said, piece) {
						t.Errorf("%s: %q in %q", step, piece, said)
					}
				}
			}
		}
	}
}

// TestCancelAfterTheDotOnAFreshConnectionOfAPool waits for the answer: what opened the
// connection has no word in it any more.
func TestCancelAfterTheDotOnAFreshConnectionOfAPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
			if verb == "DOT" {
				cancel()
				synctest.Wait()
				return "250 at last"
			}
			return usual
		}}
		pool := NewPool(h.sender(), 1)
		if reply, err := pool.Send(ctx, message, nil); err != nil || reply != "250 at last" {
			t.Errorf("%q, %v", reply, err)
		}
		pool.CloseIdle()
	})
}

// TestCheckNamesSenderAndRecipientAndTakesThemBack.
func TestCheckNamesSenderAndRecipientAndTakesThemBack(t *testing.T) {
	for _, test := range []struct {
		from, to, refuse string
		verbs, step      string
	}{
		{"a@shop.example", "b@shop.example", "", "EHLO MAIL RCPT RSET QUIT", ""},
		{"a@shop.example", "", "", "EHLO MAIL RSET QUIT", ""},
		{"", "", "", "EHLO QUIT", ""},
		{"a@shop.example", "b@shop.example", "MAIL", "EHLO MAIL QUIT", "sender"},
		{"a@shop.example", "b@shop.example", "RCPT", "EHLO MAIL RCPT QUIT", "recipient"},
	} {
		h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
			if verb == test.refuse {
				return "553 5.7.1 <a@shop.example>: Sender address rejected: not owned by user u"
			}
			return usual
		}}
		err := h.sender().Check(t.Context(), test.from, test.to)
		if got := h.conns[0].verbs(); got != test.verbs || (err == nil) != (test.step == "") || len(h.taken) > 0 {
			t.Errorf("%s, %v", got, err)
		}
		if err == nil {
			continue
		}
		if e := asError(t, err); e.Step != test.step || e.About != AboutUs || e.Verdict != NotSent {
			t.Errorf("%+v", e)
		}
	}
}
