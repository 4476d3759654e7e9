package mail

import (
	"context"
	"errors"
	"net/textproto"
	"time"
)

// send hands over one message, as SMTP.Send does.
func (c *session) send(f Frozen, intent func() error) (reply string, err error) {
	if err := c.envelope(f); err != nil {
		return "", err
	}
	if intent != nil {
		if err := intent(); err != nil {
			return "", &Error{Verdict: NotSent, Step: stepData, Err: err}
		}
	}
	return c.data(f.Bytes)
}

// blockSize is how many bytes of a message are written under one deadline.
const blockSize = 64 << 10

// data sends the message itself and returns the relay's reply to its final dot. After an
// error that is maybeMidBody the connection must be closed, not quit: see quit.
func (c *session) data(message []byte) (reply string, err error) {
	if err := c.exchange([]command{{stepData, "DATA", 354}}); err != nil {
		return "", err
	}
	message = dotStuffed(message)
	for len(message) > 0 {
		n := min(blockSize, len(message))
		if err := c.step(stepBody, c.limits.Block, func() error { return c.writeBlock(message[:n]) }); err != nil {
			return "", err
		}
		message = message[n:]
	}
	return c.finish()
}

// writeBlock sends a piece of the body. A relay that has had enough may say why before it
// hangs up, which is worth more than "broken pipe".
func (c *session) writeBlock(block []byte) error {
	_, err := c.client.Text.W.Write(block)
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
	var refusal *textproto.Error
	if _, _, read := c.client.Text.ReadResponse(250); errors.As(read, &refusal) && refusal.Code >= 400 {
		return refusal
	}
	return err
}

// finish ends the message with its dot and waits for the reply, even when ctx ends
// meanwhile: to hang up now is never to know whether the message was delivered.
func (c *session) finish() (reply string, err error) {
	if err := c.step(stepBody, c.limits.Block, c.flush); err != nil {
		return "", err
	}
	if !c.detach() {
		return "", c.newError(stepBody, c.ctx.Err())
	}
	c.ctx = context.WithoutCancel(c.ctx)
	// A dot that could not be written never left, so the message did not arrive.
	if err := c.step(stepBody, c.limits.Block, func() error {
		_, err := c.client.Text.W.WriteString(".\r\n")
		return errors.Join(err, c.client.Text.W.Flush())
	}); err != nil {
		return "", err
	}
	err = c.step(stepDot, c.limits.Dot, func() error {
		code, message, err := readReply(c.client.Text)
		if err == nil && code/100 != 2 {
			err = &textproto.Error{Code: code, Msg: message}
		}
		reply = c.redact(replyText(code, message))
		c.dirty = c.dirty && code == 0
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
	if err := c.client.Text.W.Flush(); err != nil {
		return c.earlyReply(err)
	}
	ctx, cancel := context.WithTimeout(c.ctx, peekTimeout)
	defer cancel()
	deadline, _ := ctx.Deadline()
	if err := c.conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	_, err := c.client.Text.R.Peek(1)
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
