package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
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

// session is one SMTP connection to the relay, for one message after the other. go-mail's
// client is not behind it: it reads replies with net/textproto, which wants a text after
// each code, and hangs up after the first login that fails. Its mechanisms are.
type session struct {
	relay  *SMTP
	limits Timeouts
	ctx    context.Context
	detach func() bool // stops the end of ctx from closing the connection; false: it has closed it
	conn   *limitedConn
	in     *bufio.Reader
	out    *bufio.Writer
	secret string
	tried  []string // mechanisms of a login that were refused
	size   int64    // bytes of the message under way
	used   bool     // a message was begun on it
	dirty  bool     // a message was begun and not accepted: RSET must come before the next

	encrypted  bool
	plain      bool              // it does without extensions
	extensions map[string]string // parameters by keyword, in capitals
}

// attach closes the connection when ctx ends, until detach is called.
func (c *session) attach(ctx context.Context) {
	if c.detach != nil {
		c.detach()
	}
	c.ctx = ctx
	c.detach = context.AfterFunc(ctx, func() { c.conn.Close() })
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

// step runs one step of the dialogue under its own deadline. Its error is an *Error.
func (c *session) step(name string, limit time.Duration, do func() error) error {
	ctx, cancel := context.WithTimeout(c.ctx, limit)
	defer cancel()
	deadline, _ := ctx.Deadline()
	c.conn.left = maxReply
	err := c.conn.SetDeadline(deadline)
	if err == nil {
		err = do()
	}
	if timedOut(err) && c.ctx.Err() == nil {
		err = &describedError{text: "no answer in " + limit.String(), cause: err}
	}
	if err != nil {
		return c.newError(name, err)
	}
	return nil
}

// speakOver has the dialogue go on over conn. What was read and not used is forgotten: it
// came in clear text.
func (c *session) speakOver(conn net.Conn) {
	c.in, c.out = bufio.NewReader(conn), bufio.NewWriter(conn)
}

// write sends lines at once.
func (c *session) write(lines ...string) error {
	for _, line := range lines {
		if _, err := c.out.WriteString(line + "\r\n"); err != nil {
			return err
		}
	}
	return c.out.Flush()
}

// accepted reads one reply and refuses any other code; a code of one or two digits stands
// for all that begin with them.
func (c *session) accepted(code int) (reply, error) {
	r, err := readReply(c.in)
	if err == nil && r.code != code && r.code/10 != code && r.code/100 != code {
		err = &replyError{r}
	}
	return r, err
}

// ask sends a command and reads the reply that accepts it.
func (c *session) ask(line string, code int) (reply, error) {
	if err := c.write(line); err != nil {
		return reply{}, err
	}
	return c.accepted(code)
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

func (c *session) handshake() error {
	secure := tls.Client(c.conn, c.tlsConfig())
	if err := secure.HandshakeContext(c.ctx); err != nil {
		return err
	}
	c.encrypted = true
	c.speakOver(secure)
	return nil
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

// quit sends QUIT and closes the connection. It must never follow an error that is
// maybeMidBody: the relay would take it for a line of the message.
func (c *session) quit() {
	_ = c.step("quit", min(c.limits.Command, 5*time.Second), func() error { _, err := c.ask("QUIT", 221); return err })
	c.close()
}

func (c *session) close() {
	c.detach()
	c.conn.Close()
}
