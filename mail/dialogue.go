package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"time"
)

// A dialogue is commands and replies on one connection: each step has its limit of time,
// and ends in an *Error where it fails. go-mail's client is not behind it: it reads replies
// with net/textproto, which wants a text after each code, and hangs up after the first
// login that fails. Its mechanisms of a login are.
type dialogue struct {
	relay  *SMTP
	limits Timeouts
	ctx    context.Context
	outer  context.Context // that ctx is of, and whose end closes the connection
	detach func() bool     // stops the end of ctx from closing the connection; false: it has closed it
	conn   *limitedConn
	in     *bufio.Reader
	out    *bufio.Writer
	secret string
	tried  []string          // mechanisms of a login that were refused
	size   int64             // bytes of the message under way
	onStep func(name string) // is told of each step before it begins; may be nil
}

// attach closes the connection when ctx ends, until detach is called.
func (c *dialogue) attach(ctx context.Context) {
	if c.detach != nil {
		c.detach()
	}
	c.ctx, c.outer = ctx, ctx
	c.detach = context.AfterFunc(ctx, func() { c.conn.Close() })
}

// step runs one step of the dialogue under its own deadline. Its error is an *Error.
func (c *dialogue) step(name string, limit time.Duration, do func() error) error {
	if c.onStep != nil {
		c.onStep(name)
	}
	ctx, cancel := context.WithTimeout(c.ctx, limit)
	defer cancel()
	deadline, _ := ctx.Deadline()
	c.conn.left = maxReply
	err := c.conn.SetDeadline(deadline)
	if err == nil {
		err = do()
	}
	if own, has := c.ctx.Deadline(); errors.Is(err, os.ErrDeadlineExceeded) && has && !own.After(deadline) {
		<-c.ctx.Done() // it is over at the same instant
	}
	if done := c.ctx.Done(); err != nil && done != nil && c.outer != nil && c.outer.Err() != nil {
		<-done // so will it be, in an instant: the connection was closed for that
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
func (c *dialogue) speakOver(conn net.Conn) {
	c.in, c.out = bufio.NewReader(conn), bufio.NewWriter(conn)
}

// write sends lines at once.
func (c *dialogue) write(lines ...string) error {
	for _, line := range lines {
		if _, err := c.out.WriteString(line + "\r\n"); err != nil {
			return err
		}
	}
	return c.out.Flush()
}

// accepted reads one reply and refuses any other code; a code of one or two digits stands
// for all that begin with them.
func (c *dialogue) accepted(code int) (reply, error) {
	r, err := readReply(c.in)
	if err == nil && r.code != code && r.code/10 != code && r.code/100 != code {
		err = &replyError{r}
	}
	return r, err
}

// ask sends a command and reads the reply that accepts it.
func (c *dialogue) ask(line string, code int) (reply, error) {
	if err := c.write(line); err != nil {
		return reply{}, err
	}
	return c.accepted(code)
}

func (c *dialogue) handshake() error {
	secure := tls.Client(c.conn, c.tlsConfig())
	if err := secure.HandshakeContext(c.ctx); err != nil {
		return err
	}
	c.speakOver(secure)
	return nil
}

// quit sends QUIT and closes the connection. It must never follow an error that is
// maybeMidBody: the relay would take it for a line of the message.
func (c *dialogue) quit() {
	_ = c.step("quit", min(c.limits.Command, 5*time.Second), func() error { _, err := c.ask("QUIT", 221); return err })
	c.close()
}

func (c *dialogue) close() {
	c.detach()
	c.conn.Close()
}
