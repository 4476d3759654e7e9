package mail_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"rapport/mail"
)

// login is the server's side of every mechanism: user u and the relay's password.
type login struct {
	mechanism, password string
	accept              func()
	turn                int
	first, second       string // of SCRAM
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	l.turn++
	ok := false
	switch l.mechanism {
	case "PLAIN":
		ok = string(response) == "\x00u\x00"+l.password
	case "XOAUTH2":
		if l.turn == 2 {
			break
		}
		if ok = string(response) == "user=u\x01auth=Bearer "+l.password+"\x01\x01"; !ok {
			return []byte(`{"status":"400"}`), false, nil
		}
	case "LOGIN":
		if l.turn < 3 {
			if l.turn == 2 && string(response) != "u" {
				break
			}
			return []byte([]string{"Username:", "Password:"}[l.turn-1]), false, nil
		}
		ok = string(response) == l.password
	case "CRAM-MD5":
		if l.turn == 1 {
			return []byte("<1@relay>"), false, nil
		}
		mac := hmac.New(md5.New, []byte(l.password))
		mac.Write([]byte("<1@relay>"))
		ok = string(response) == fmt.Sprintf("u %x", mac.Sum(nil))
	case "SCRAM-SHA-256":
		return l.scram(response)
	}
	if !ok {
		return nil, true, smtp.ErrAuthFailed
	}
	l.accept()
	return nil, true, nil
}

// scram is RFC 7677 as the server does it.
func (l *login) scram(response []byte) (challenge []byte, done bool, err error) {
	sum := func(key []byte, text string) []byte {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	switch l.turn {
	case 1:
		return []byte{}, false, nil
	case 2:
		bare, found := strings.CutPrefix(string(response), "n,,")
		_, nonce, both := strings.Cut(bare, ",r=")
		if !found || !both {
			return nil, true, smtp.ErrAuthFailed
		}
		l.first = bare
		l.second = "r=" + nonce + "relay,s=" + base64.StdEncoding.EncodeToString([]byte("salt")) + ",i=4096"
		return []byte(l.second), false, nil
	case 3:
		salted, err := pbkdf2.Key(sha256.New, l.password, []byte("salt"), 4096, 32)
		if err != nil {
			return nil, true, err
		}
		final, proof, _ := strings.Cut(string(response), ",p=")
		auth := l.first + "," + l.second + "," + final
		client := sum(salted, "Client Key")
		stored := sha256.Sum256(client)
		want := sum(stored[:], auth)
		for i := range want {
			want[i] ^= client[i]
		}
		got, err := base64.StdEncoding.DecodeString(proof)
		if err != nil || !bytes.Equal(got, want) {
			return nil, true, smtp.ErrAuthFailed
		}
		return []byte("v=" + base64.StdEncoding.EncodeToString(sum(sum(salted, "Server Key"), auth))), false, nil
	}
	l.accept()
	return nil, true, nil
}

func TestLoginTakesTheBestThatIsOffered(t *testing.T) {
	jwt := "eyJhbGciOiJub25lIn0.eyJ1IjoxfQ.c2ln"
	for _, test := range []struct{ offered, password, want string }{
		{"PLAIN", "hemmelig", "PLAIN"},
		{"LOGIN", "hemmelig", "LOGIN"},
		{"CRAM-MD5", "hemmelig", "CRAM-MD5"},
		{"SCRAM-SHA-256", "hemmelig", "SCRAM-SHA-256"},
		{"XOAUTH2", "hemmelig", "XOAUTH2"},
		{"LOGIN PLAIN CRAM-MD5 SCRAM-SHA-256", "hemmelig", "SCRAM-SHA-256"},
		{"LOGIN PLAIN CRAM-MD5", "hemmelig", "PLAIN"},
		{"LOGIN XOAUTH2", "hemmelig", "LOGIN"},
		{"LOGIN XOAUTH2", jwt, "XOAUTH2"},                                                            // Microsoft 365
		{"LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH", "abcd efgh ijkl mnop", "PLAIN"}, // Gmail
	} {
		t.Run(test.offered+" as "+test.want, func(t *testing.T) {
			r := startRelay(t, mail.STARTTLS, func(r *relay) {
				r.mechanisms, r.password = strings.Fields(test.offered), test.password
			})
			if err := r.sender(mail.STARTTLS).Check(t.Context(), "", ""); err != nil {
				t.Fatal(err)
			}
			frozen := compose(t, daily())
			if _, err := r.sender(mail.STARTTLS).Send(t.Context(), frozen, nil); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestLoginThatFailsIsLoudAndTellsNoPassword(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2"} {
		r := startRelay(t, mail.STARTTLS, func(r *relay) { r.mechanisms, r.password = []string{mechanism}, "right" })
		s := r.sender(mail.STARTTLS)
		s.Password = func() (string, error) { return "wrong-secret", nil }
		e := verdictOf(t, s.Check(t.Context(), "", ""))
		if e.Verdict != mail.NotSent || !e.Relay || e.Step != "login" || e.Code != 535 {
			t.Errorf("%s: %+v", mechanism, e)
		}
		if text := e.Error(); !strings.Contains(text, "535 5.7.8 Authentication failed — is the SMTP password right?") || strings.Contains(text, "wrong-secret") {
			t.Errorf("%s: %s", mechanism, text)
		}
	}
}

func TestLoginThatCannotBeTriedSendsNothing(t *testing.T) {
	offers := func(mechanisms ...string) func(*relay) {
		return func(r *relay) { r.mechanisms, r.password = mechanisms, "right" }
	}
	for name, test := range map[string]struct {
		relay  func(*relay)
		change func(*mail.SMTP)
		want   string
	}{
		"no AUTH offered":      {offers(), nil, "offers no AUTH"},
		"only unknown ones":    {offers("GSSAPI", "NTLM"), nil, "only AUTH GSSAPI NTLM"},
		"no password":          {offers("PLAIN"), func(s *mail.SMTP) { s.Password = nil }, "no password"},
		"password unreadable":  {offers("PLAIN"), func(s *mail.SMTP) { s.Password = func() (string, error) { return "", errors.New("no file") } }, "no file"},
		"password with a NUL":  {offers("PLAIN"), func(s *mail.SMTP) { s.Password = func() (string, error) { return "a\x00b", nil } }, "control character"},
		"password is empty":    {offers("PLAIN"), func(s *mail.SMTP) { s.Password = func() (string, error) { return "", nil } }, "empty"},
		"cancelled beforehand": {offers("PLAIN"), func(s *mail.SMTP) { s.Password = func() (string, error) { return "", context.Canceled } }, "canceled"},
	} {
		r := startRelay(t, mail.STARTTLS, test.relay)
		s := r.sender(mail.STARTTLS)
		if test.change != nil {
			test.change(s)
		}
		_, err := s.Send(t.Context(), compose(t, daily()), nil)
		e := verdictOf(t, err)
		if e.Verdict != mail.NotSent || !e.Relay || e.Step != "login" || !strings.Contains(e.Error(), test.want) {
			t.Errorf("%s: %v, want login and %q", name, e, test.want)
		}
		if len(r.messages()) != 0 {
			t.Errorf("%s: something was sent", name)
		}
	}
}
