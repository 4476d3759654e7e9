package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/wneessen/go-mail/smtp"
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

// session is one SMTP connection to the relay, for one message after the other.
type session struct {
	relay  *SMTP
	limits Timeouts
	ctx    context.Context
	detach func() bool // stops the end of ctx from closing the connection; false: it has closed it
	conn   *limitedConn
	client *smtp.Client
	secret string
	used   bool // a message was begun on it
	dirty  bool // a message was begun and not accepted: RSET must come before the next
}

// open connects, greets, encrypts and logs in.
func open(ctx context.Context, s *SMTP) (*session, error) {
	c := &session{relay: s, limits: s.Timeouts.withDefaults(), ctx: ctx}
	if err := c.readSecret(); err != nil {
		return nil, c.newError(stepLogin, err)
	}
	if err := c.connect(); err != nil {
		return nil, c.newError(stepConnect, err)
	}
	c.attach(ctx)
	for _, step := range []struct {
		name string
		do   func() error
	}{{stepConnect, c.readGreeting}, {stepHello, c.hello}, {stepStartTLS, c.encrypt}, {stepLogin, c.login}} {
		if err := c.step(step.name, c.limits.Command, step.do); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

// attach closes the connection when ctx ends, until detach is called.
func (c *session) attach(ctx context.Context) {
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

func (c *session) connect() error {
	ctx, cancel := context.WithTimeout(c.ctx, c.limits.Connect)
	defer cancel()
	dial := c.relay.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", c.relay.address())
	if err != nil {
		return err
	}
	c.conn = &limitedConn{Conn: conn}
	if c.relay.TLS == None && !loopback(conn.RemoteAddr()) {
		conn.Close()
		return errNotLoopback
	}
	return nil
}

var errNotLoopback = errors.New("tls: none is for a relay on this machine, at a loopback address")

func loopback(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
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

// readGreeting reads the relay's first words, after the TLS handshake where that is implicit.
func (c *session) readGreeting() (err error) {
	var conn net.Conn = c.conn
	if c.relay.TLS == Implicit {
		secure := tls.Client(conn, c.tlsConfig())
		if err := secure.HandshakeContext(c.ctx); err != nil {
			return err
		}
		conn = secure // not wrapped: the client asks whether it is a *tls.Conn
	}
	c.client, err = smtp.NewClient(conn, c.relay.Host)
	return err
}

func (c *session) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: c.relay.Host, RootCAs: c.relay.RootCAs, MinVersion: tls.VersionTLS12}
}

func (c *session) hello() error {
	// go-mail would ask for SMTPUTF8 whenever it is offered, and the next relay that lacks
	// it would bounce a message that never needed it.
	c.client.SkipSMTPUTF8(true)
	helo := c.relay.Helo
	if helo == "" {
		helo = "localhost"
	}
	return c.client.Hello(helo)
}

// encrypt is STARTTLS. The client greets again after it, and what the relay said in clear
// text is dropped.
func (c *session) encrypt() error {
	if c.relay.TLS != STARTTLS {
		return nil
	}
	if offered, _ := c.client.Extension("STARTTLS"); !offered {
		return errNoSTARTTLS
	}
	return c.client.StartTLS(c.tlsConfig())
}

var errNoSTARTTLS = errors.New("the server does not offer STARTTLS, and nothing is sent without it")

// quit sends QUIT and closes the connection. It must never follow an error that is
// maybeMidBody: the relay would take it for a line of the message.
func (c *session) quit() {
	_ = c.step("quit", min(c.limits.Command, 5*time.Second), func() error { return c.client.Quit() })
	c.close()
}

func (c *session) close() {
	c.detach()
	c.conn.Close()
}
