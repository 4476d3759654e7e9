package mail

import (
	"context"
	"errors"
	"slices"
	"time"

	"rapport/mail/internal/dotstuff"
)

// send hands over one message of at most limit bytes, 0 for any, as Pool.Send does.
func (c *session) send(f Frozen, limit int64, intent func() error) (reply string, err error) {
	if err := c.envelope(f, limit); err != nil {
		return "", err
	}
	if intent != nil {
		if err := intent(); err != nil {
			return "", &Error{Verdict: NotSent, Step: stepData, Err: err}
		}
	}
	outer := c.ctx
	whole, cancel := context.WithTimeoutCause(outer, c.limits.Message, errors.New("it took longer than "+c.limits.Message.String()+" to hand over"))
	defer cancel()
	c.ctx = whole
	if reply, err = c.data(f.Pieces); c.ctx == whole {
		c.ctx = outer
	}
	return reply, err
}

// blockSize is how many bytes of a message are written under one deadline.
const blockSize = 64 << 10

// data sends the message itself and returns the relay's reply to its final dot. After an
// error that is maybeMidBody the connection must be closed, not quit: see quit.
func (c *session) data(message [][]byte) (reply string, err error) {
	if err := c.exchange([]command{{stepData, "DATA", 354}}); err != nil {
		return "", err
	}
	var stuffer dotstuff.Stuffer
	for _, piece := range message {
		for block := range slices.Chunk(stuffer.Next(piece), blockSize) {
			if err := c.step(stepBody, c.limits.Block, func() error { return c.writeBlock(block) }); err != nil {
				return "", err
			}
		}
	}
	if err := c.step(stepBody, c.limits.Block, func() error { return c.writeBlock(stuffer.End()) }); err != nil {
		return "", err
	}
	return c.finish()
}

// writeBlock sends a piece of the body. A relay that has had enough may say why before it
// hangs up, which is worth more than "broken pipe".
func (c *session) writeBlock(block []byte) error {
	_, err := c.out.Write(block)
	if err == nil || c.ctx.Err() != nil {
		return err
	}
	return c.earlyReply(err)
}

// earlyReply is the refusal that the relay sent before the connection broke, else err.
func (c *session) earlyReply(err error) error {
	ctx, cancel := context.WithTimeout(c.ctx, 2*time.Second)
	defer cancel()
	deadline, _ := ctx.Deadline()
	_ = c.conn.SetReadDeadline(deadline) // fails on a broken connection, whose last reply may yet be in the buffer
	if r, read := readReply(c.in); read == nil && r.code >= 400 {
		return &replyError{r}
	}
	return err
}

// A dotCheck is the key under which a context holds what is asked before the final dot.
type dotCheck struct{}

// WithDotCheck has a message that is sent under the context cut off, and not sent, when check
// fails right before its final dot: who sends may have lost the right to it meanwhile.
func WithDotCheck(ctx context.Context, check func() error) context.Context {
	return context.WithValue(ctx, dotCheck{}, check)
}

// dotWrite is how long it may take to write the dot, once all before it is written.
const dotWrite = 30 * time.Second

// finish ends the message with its dot and waits for the reply, even when ctx ends
// meanwhile: to hang up now is never to know whether the message was delivered.
func (c *session) finish() (reply string, err error) {
	if err := c.step(stepBody, c.limits.Block, c.flush); err != nil {
		return "", err
	}
	if check, _ := c.ctx.Value(dotCheck{}).(func() error); check != nil {
		if err := check(); err != nil {
			return "", &Error{Verdict: NotSent, About: AboutNow, Step: stepBody, Err: err}
		}
	}
	if !c.detach() {
		return "", c.newError(stepBody, c.ctx.Err())
	}
	c.ctx = context.WithoutCancel(c.ctx)
	// A dot that could not be written never left, so the message did not arrive.
	if err := c.step(stepBody, min(c.limits.Block, dotWrite), func() error { return c.write(".") }); err != nil {
		return "", err
	}
	err = c.step(stepDot, c.limits.Dot, func() error {
		r, err := c.accepted(2)
		reply = c.shown((&replyError{r}).Error())
		c.dirty = c.dirty && r.code == 0
		return err
	})
	if err != nil {
		return "", err
	}
	return reply, nil
}

// peekTimeout is how long a reply or a broken connection is looked for before the dot: what
// is found by then is surely not sent, what comes later leaves it uncertain.
const peekTimeout = 5 * time.Millisecond

// flush empties the client's buffer and looks whether the relay is still there.
func (c *session) flush() error {
	if err := c.out.Flush(); err != nil {
		return c.earlyReply(err)
	}
	ctx, cancel := context.WithTimeout(c.ctx, peekTimeout)
	defer cancel()
	deadline, _ := ctx.Deadline()
	if err := c.conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	_, err := c.in.Peek(1)
	switch {
	case err == nil:
		return c.earlyReply(errors.New("the server answered before the message had ended"))
	case timedOut(err):
		return c.ctx.Err()
	}
	return err
}

// maybeMidBody tells whether the relay may still be reading the message.
func maybeMidBody(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Step == stepBody || e.Step == stepDot && e.Code == 0)
}
