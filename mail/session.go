package mail

import (
	"errors"
	"fmt"
	"strings"
)

// The steps of a send, as Error.Step names them.
const (
	stepConnect   = "connect"
	stepHello     = "hello"
	stepStartTLS  = "starttls"
	stepLogin     = "login"
	stepSender    = "sender"
	stepRecipient = "recipient"
	stepData      = "data"
	stepBody      = "body"
	stepDot       = "dot"
	stepOutbox    = "outbox"
)

// session is a dialogue with the relay that is logged in, for one message after the other.
type session struct {
	dialogue
	used  bool // a message was begun on it
	dirty bool // a message was begun and not accepted: RSET must come before the next

	plain      bool              // it does without extensions
	extensions map[string]string // parameters by keyword, in capitals
}

func (c *session) readSecret() error {
	if c.relay.Username == "" {
		return nil
	}
	if c.relay.Password == nil {
		return errors.New("there is a user name but no password")
	}
	secret, err := c.relay.Password()
	if err == nil && secret == "" {
		err = errors.New("the password is empty")
	}
	c.secret = secret
	return err
}

// readGreeting reads the relay's first words, after the TLS handshake where that is implicit.
func (c *session) readGreeting() error {
	c.speakOver(c.conn)
	if c.relay.TLS == Implicit {
		if err := c.handshake(); err != nil {
			return err
		}
	}
	_, err := c.accepted(220)
	return err
}

// hello greets and learns what the relay can. One that does not know EHLO is greeted as of old.
func (c *session) hello() error {
	name := c.relay.Helo
	if name == "" {
		name = "localhost"
	}
	if strings.ContainsAny(name, "\r\n") {
		return errors.New("helo holds a line end")
	}
	c.extensions = map[string]string{}
	if c.plain && c.relay.oldHello() {
		_, err := c.ask("HELO "+name, 250)
		return err
	}
	r, err := c.ask("EHLO "+name, 250)
	if err == nil {
		c.learnExtensions(r.lines[1:])
		return nil
	}
	if r.code/100 == 5 {
		if _, errOld := c.ask("HELO "+name, 250); errOld == nil {
			return nil
		}
	}
	return err
}

func (c *session) learnExtensions(lines []string) {
	for _, line := range lines {
		line = strings.Replace(line, "AUTH=", "AUTH ", 1) // as Exchange once wrote it
		keyword, parameter, _ := strings.Cut(strings.TrimSpace(line), " ")
		keyword = strings.ToUpper(keyword)
		c.extensions[keyword] = strings.TrimSpace(c.extensions[keyword] + " " + parameter)
	}
}

// encrypt is STARTTLS, and a greeting anew.
func (c *session) encrypt() error {
	if c.relay.TLS != STARTTLS {
		return nil
	}
	if _, offered := c.extensions["STARTTLS"]; !offered {
		return errNoSTARTTLS
	}
	if _, err := c.ask("STARTTLS", 220); err != nil {
		return fmt.Errorf("STARTTLS: %w", err)
	}
	if err := c.handshake(); err != nil {
		return err
	}
	return c.hello()
}

var errNoSTARTTLS = errors.New("the server does not offer STARTTLS, and nothing is sent without it")
