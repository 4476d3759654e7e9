package mail

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// login authenticates, if there is a user name, by the best mechanism that the relay
// offers. In clear text it is reached on loopback only.
func (c *session) login() error {
	if c.relay.Username == "" {
		return nil
	}
	offered, mechanisms := c.client.Extension("AUTH")
	if !offered {
		return errNoAuth
	}
	auth, err := c.mechanism(strings.Fields(strings.ToUpper(mechanisms)))
	if err != nil {
		return err
	}
	return c.client.Auth(auth)
}

var errNoAuth = errors.New("there is a user name, but the server offers no AUTH")

// mechanism chooses how to log in. An access token goes by XOAUTH2 wherever that is
// offered: Microsoft 365 lists it beside LOGIN, which takes only a password.
func (c *session) mechanism(offered []string) (smtp.Auth, error) {
	user, secret, host := c.relay.Username, c.secret, c.relay.Host
	if strings.ContainsAny(user+secret, "\x00\x01\r\n") {
		return nil, errors.New("the user name or the password holds a control character")
	}
	clearText := c.relay.TLS == None // connect has made sure that this is loopback
	choices := []struct {
		name string
		use  bool
		auth smtp.Auth
	}{
		{"XOAUTH2", looksLikeToken(secret), smtp.XOAuth2Auth(user, secret)},
		{"SCRAM-SHA-256", true, boundedSCRAM{smtp.ScramSHA256Auth(user, secret)}},
		{"PLAIN", true, smtp.PlainAuth("", user, secret, host, clearText)},
		{"LOGIN", true, smtp.LoginAuth(user, secret, host, clearText)},
		{"CRAM-MD5", true, smtp.CRAMMD5Auth(user, secret)},
		{"XOAUTH2", true, smtp.XOAuth2Auth(user, secret)},
	}
	for _, choice := range choices {
		if choice.use && slices.Contains(offered, choice.name) {
			return choice.auth, nil
		}
	}
	return nil, fmt.Errorf("the server offers only AUTH %s; known are SCRAM-SHA-256, PLAIN, LOGIN, CRAM-MD5 and XOAUTH2",
		printable(strings.Join(offered, " "), 200))
}

// boundedSCRAM refuses a challenge that asks for more rounds of hashing than any honest
// server does: go-mail would compute them all, past every deadline.
type boundedSCRAM struct{ smtp.Auth }

const maxRounds = 1_000_000

func (b boundedSCRAM) Next(challenge []byte, more bool) ([]byte, error) {
	for field := range strings.SplitSeq(string(challenge), ",") {
		rounds, found := strings.CutPrefix(field, "i=")
		if n, err := strconv.Atoi(rounds); found && (err != nil || n > maxRounds) {
			return nil, fmt.Errorf("the server asks for %s rounds of hashing, more than %d", printable(rounds, 40), maxRounds)
		}
	}
	return b.Auth.Next(challenge, more)
}

// looksLikeToken tells an OAuth access token from a password: a JWT, Google's prefix,
// or a length that no password has.
func looksLikeToken(secret string) bool {
	jwt := strings.HasPrefix(secret, "eyJ") && strings.Count(secret, ".") >= 2
	return jwt || strings.HasPrefix(secret, "ya29.") || len(secret) >= 200
}
