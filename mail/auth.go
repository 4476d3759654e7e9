package mail

import (
	"cmp"
	"encoding/base64"
	"errors"
	"rapport/mail/internal/learned"
	"rapport/mail/internal/scram"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// login authenticates, if there is a user name, by the first mechanism that the relay
// offers and takes: one that is offered may not work for this account. In clear text it is
// reached on loopback only. Those in refused failed on an earlier connection.
func (c *session) login(known *learned.Relay, refused []string) error {
	if c.relay.Username == "" {
		return nil
	}
	offered, isOffered := c.extensions["AUTH"]
	if !isOffered {
		return errNoAuth
	}
	mechanisms, err := c.mechanisms(strings.Fields(strings.ToUpper(offered)), known.LastMechanism())
	if err != nil {
		return err
	}
	c.tried = slices.Clone(refused)
	var said error // the refusal that says most
	for _, auth := range mechanisms {
		if slices.Contains(refused, auth.name) {
			continue
		}
		err := c.authenticate(auth)
		var no *replyError
		switch {
		case err == nil:
			known.UseMechanism(auth.name)
			return nil
		case errors.As(err, &no) && no.code/100 == 5:
		case said != nil: // it hung up on a second try
			e := c.newError(stepLogin, said)
			e.tried = c.tried
			return e
		default:
			return err
		}
		c.tried = append(c.tried, auth.name)
		if said == nil || no.code == 535 {
			said = err
		}
	}
	return cmp.Or(said, error(errNoMechanism))
}

// loginHint follows a login that was refused.
func (c *dialogue) loginHint(code int) string {
	hint := "is the SMTP password right?"
	if code == 504 {
		hint = "the server takes no such login; another is chosen with auth:"
	}
	if len(c.tried) > 1 {
		hint += " tried were " + strings.Join(c.tried, ", ")
	}
	return hint
}

// A mechanism is a way to log in.
type mechanism struct {
	name string
	smtp.Auth
}

var errNoAuth = errors.New("there is a user name, but the server offers no AUTH")

var errNoMechanism = errors.New("the server offers no AUTH that we know")

// mechanisms are the ways to log in, in the order in which they are tried. An access token
// goes by XOAUTH2 wherever that is offered: Microsoft 365 lists it beside LOGIN, which
// takes only a password. What takes tokens alone is tried last with a password.
func (c *session) mechanisms(offered []string, last string) (choices []mechanism, err error) {
	user, secret, host := c.relay.Username, c.secret, c.relay.Host
	if strings.ContainsAny(user+secret, "\x00\x01\r\n") {
		return nil, errors.New("the user name or the password holds a control character")
	}
	all := []mechanism{
		{"SCRAM-SHA-256", &scram.Exchange{Auth: smtp.ScramSHA256Auth(user, secret)}},
		{"PLAIN", smtp.PlainAuth("", user, secret, host, true)}, // connect and encrypt have seen to it that nobody listens
		{"LOGIN", smtp.LoginAuth(user, secret, host, true)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(user, secret)},
		{"XOAUTH2", smtp.XOAuth2Auth(user, secret)},
	}
	for _, m := range all {
		if slices.Contains(offered, m.name) && (c.relay.Auth == "" || c.relay.Auth == m.name) {
			choices = append(choices, m)
		}
	}
	if len(choices) == 0 {
		what := "known are SCRAM-SHA-256, PLAIN, LOGIN, CRAM-MD5 and XOAUTH2"
		if c.relay.Auth != "" {
			what = "auth: wants " + c.relay.Auth
		}
		return nil, &describedError{text: "the server offers only AUTH " + strings.Join(offered, " ") + "; " + what, cause: errNoMechanism}
	}
	foremost := func(name string) {
		slices.SortStableFunc(choices, func(a, b mechanism) int {
			switch {
			case a.name == b.name:
				return 0
			case a.name == name:
				return -1
			case b.name == name:
				return 1
			}
			return 0
		})
	}
	if looksLikeToken(secret) {
		foremost("XOAUTH2")
	} else if len(choices) > 1 {
		choices = slices.DeleteFunc(choices, func(m mechanism) bool { return m.name == "XOAUTH2" })
	}
	foremost(last)
	return choices, nil
}

// authenticate is one exchange of SASL (RFC 4954). After a *replyError the connection is fit
// for another.
func (c *session) authenticate(auth mechanism) error {
	encode := base64.StdEncoding.EncodeToString
	name, response, err := auth.Start(&smtp.ServerInfo{Name: c.relay.Host, TLS: c.relay.TLS != None})
	if err != nil {
		return err
	}
	line := strings.TrimSpace("AUTH " + name + " " + encode(response))
	for {
		r, err := c.ask(line, 235)
		if err == nil {
			_, err = auth.Next([]byte(r.text()), false)
			return err
		}
		if r.code != 334 {
			return err
		}
		challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(r.text()))
		if err == nil {
			response, err = auth.Next(challenge, true)
		}
		if err != nil {
			return c.cancelLogin(auth, err)
		}
		line = encode(response)
	}
}

// cancelLogin gives up an exchange that makes no sense. The server's reply is the refusal,
// but a server that fails SCRAM, which proves that it knows the password, is not told it
// by another mechanism.
func (c *session) cancelLogin(auth mechanism, cause error) error {
	r, err := c.ask("*", 235)
	var no *replyError
	if errors.As(err, &no) && no.code/100 == 5 && !strings.HasPrefix(auth.name, "SCRAM-") {
		return &replyError{reply{r.code, []string{auth.name + " failed: " + cause.Error()}}}
	}
	return cause
}

// looksLikeToken tells an OAuth access token from a password: a JWT, Google's prefix,
// or a length that no password has.
func looksLikeToken(secret string) bool {
	jwt := strings.HasPrefix(secret, "eyJ") && strings.Count(secret, ".") >= 2
	return jwt || strings.HasPrefix(secret, "ya29.") || len(secret) >= 200
}
