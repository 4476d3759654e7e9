package mail

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"hash"
	"strings"
	"testing"
	"time"

	"rapport/mail/internal/learned"
	"rapport/mail/internal/scram"

	"github.com/wneessen/go-mail/smtp"
)

// A scramServer is the relay's side of SCRAM, and how it says what. In says P stands for its
// proof, F for one that needs no password, C for its challenge, all in base64.
type scramServer struct {
	hash     func() hash.Hash
	password string
	says     []string // to AUTH and each line after it
	heard    []string
}

// answer is what it says to the line; the last one stays.
func (s *scramServer) answer(line string) string {
	text, _ := base64.StdEncoding.DecodeString(line)
	s.heard = append(s.heard, string(text))
	_, bare, _ := strings.Cut(s.before(1), ",,")
	_, nonce, _ := strings.Cut(bare, ",r=")
	challenge := "r=" + nonce + "relay,s=c2FsdA==,i=16"
	final, _, _ := strings.Cut(s.before(2), ",p=")
	salted, err := pbkdf2.Key(s.hash, s.password, []byte("salt"), 16, s.hash().Size())
	if err != nil {
		panic(err)
	}
	encoded := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	says := s.says[min(len(s.heard), len(s.says))-1]
	return strings.NewReplacer("P", encoded("v="+s.proof(salted, bare+","+challenge+","+final)), "F", encoded("v="+s.proof(nil, "")), "C", encoded(challenge)).Replace(says)
}

// before is the n-th line after AUTH, or empty.
func (s *scramServer) before(n int) string {
	if len(s.heard) <= n {
		return ""
	}
	return s.heard[n]
}

func (s *scramServer) proof(salted []byte, auth string) string {
	sum := func(key []byte, text string) []byte {
		mac := hmac.New(s.hash, key)
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	return base64.StdEncoding.EncodeToString(sum(sum(salted, "Server Key"), auth))
}

var scramScripts = []struct {
	name, password string
	says           []string
	want           string // of the error; empty: it is believed
}{
	{"proof in a challenge", "hemmelig", []string{"334 ", "334 C", "334 P", "235 2.7.0 ok"}, ""},
	{"proof in the last reply", "hemmelig", []string{"334 ", "334 C", "235 2.7.0 P"}, ""},
	{"taken at AUTH", "hemmelig", []string{"235 ok"}, "before it took the login"},
	{"taken before the challenge", "hemmelig", []string{"334 ", "235 ok"}, "before it took the login"},
	{"taken without a proof", "hemmelig", []string{"334 ", "334 C", "235 2.7.0 ok"}, "before it took the login"},
	{"wrong proof in a challenge", "annet", []string{"334 ", "334 C", "334 P", "235 ok"}, "invalid server signature"},
	{"wrong proof in the last reply", "annet", []string{"334 ", "334 C", "235 P"}, "invalid server signature"},
	{"proof of nothing, no challenge", "annet", []string{"334 ", "334 F", "235 ok"}, "in another order"},
	{"proof of nothing in the last reply", "annet", []string{"334 ", "235 F"}, "before it took the login"},
	{"proof of nothing after a second greeting", "annet", []string{"334 ", "334 C", "334 ", "334 F", "235 ok"}, "in another order"},
}

// TestARelayThatHasNotProvenItselfIsNotBelieved: it takes a login without its own signature of
// SCRAM, or with a wrong one. Nothing is sent, and no other mechanism tells it the password.
func TestARelayThatHasNotProvenItselfIsNotBelieved(t *testing.T) {
	for _, test := range scramScripts {
		server := &scramServer{hash: sha256.New, password: test.password, says: test.says}
		h := server.relay("SCRAM-SHA-256 PLAIN")
		_, err := h.login().Send(t.Context(), message, nil)
		if test.want == "" {
			if err != nil || len(h.taken) != 1 {
				t.Errorf("%s: %d messages: %v", test.name, len(h.taken), err)
			}
			continue
		}
		e := asError(t, err)
		if e.Verdict != NotSent || !e.Relay || e.About != AboutUs || e.Step != "login" || len(h.taken) != 0 || h.loggedInBy() != "SCRAM-SHA-256" ||
			!strings.Contains(e.Error(), "did not prove that it knows the password") || !strings.Contains(e.Error(), test.want) {
			t.Errorf("%s: %s, %d messages: %+v", test.name, h.loggedInBy(), len(h.taken), e)
		}
	}
}

// TestEachSCRAMWantsTheServersProof, also those that we do not offer to relays yet.
func TestEachSCRAMWantsTheServersProof(t *testing.T) {
	bound := &tls.ConnectionState{Version: tls.VersionTLS12, TLSUnique: []byte("unique")}
	for name, how := range map[string]struct {
		hash func() hash.Hash
		auth smtp.Auth
	}{
		"SCRAM-SHA-1":        {sha1.New, smtp.ScramSHA1Auth("u", "hemmelig")},
		"SCRAM-SHA-1-PLUS":   {sha1.New, smtp.ScramSHA1PlusAuth("u", "hemmelig", bound)},
		"SCRAM-SHA-256-PLUS": {sha256.New, smtp.ScramSHA256PlusAuth("u", "hemmelig", bound)},
	} {
		for _, test := range scramScripts {
			server := &scramServer{hash: how.hash, password: test.password, says: test.says}
			c, err := open(t.Context(), server.relay(name).sender(), new(learned.Relay))
			if err != nil {
				t.Fatal(err)
			}
			err = c.step(stepLogin, time.Minute, func() error { return c.authenticate(mechanism{name, &scram.Exchange{Auth: how.auth}}) })
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("%s: %s: %v", name, test.name, err)
			}
			c.close()
		}
	}
}

// relay is the one that it speaks for.
func (s *scramServer) relay(offers string) *hookRelay {
	h := loginRelay(offers, nil)
	hook := h.hook
	h.hook = func(c *hookConn, verb, line string) string {
		switch {
		case verb == "AUTH" && strings.HasPrefix(line, "AUTH SCRAM"):
			s.heard = nil
			return s.answer("")
		case s.speaks(verb):
			return s.answer(line)
		}
		return hook(c, verb, line)
	}
	return h
}

// speaks tells whether a line belongs to the exchange.
func (s *scramServer) speaks(verb string) bool {
	text, err := base64.StdEncoding.DecodeString(verb)
	return len(s.heard) > 0 && err == nil && (len(text) == 0 || strings.Contains(string(text), "r="))
}
