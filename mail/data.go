package mail

import (
	"context"
	"errors"
	"net/textproto"
	"time"
)

// block is how much of a message is written under one deadline.
const block = 64 << 10

// send hands over one message.
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

// data sends the message itself and returns the relay's answer to its final dot.
// After an error that is cutOff the connection must be closed, not quit: see quit.
func (c *session) data(message []byte) (reply string, err error) {
	if err := c.say([]command{{stepData, "DATA", 354}}); err != nil {
		return "", err
	}
	message = onTheWire(message)
	for len(message) > 0 {
		n := min(block, len(message))
		if err := c.step(stepBody, c.limits.Block, func() error { return c.write(message[:n]) }); err != nil {
			return "", err
		}
		message = message[n:]
	}
	return c.dot()
}

// write sends a piece of the body. A relay that has had enough may say why before it
// hangs up; those words are worth more than "broken pipe".
func (c *session) write(piece []byte) error {
	_, err := c.client.Text.W.Write(piece)
	if err == nil || c.ctx.Err() != nil {
		return err
	}
	return c.lastWords(err)
}

// lastWords is the refusal that the relay sent before the connection broke, else err.
func (c *session) lastWords(err error) error {
	ctx, cancel := context.WithTimeout(c.ctx, 2*time.Second)
	defer cancel()
	deadline, _ := ctx.Deadline()
	_ = c.wire.SetReadDeadline(deadline) // fails on a connection that is gone, whose last words may yet be in the buffer
	var refusal *textproto.Error
	if _, _, read := c.client.Text.ReadResponse(250); errors.As(read, &refusal) && refusal.Code >= 400 {
		return refusal
	}
	return err
}

// glance is how long the relay is looked at before the dot: what it has said or broken
// by then makes the difference between not sent and uncertain.
const glance = 5 * time.Millisecond

// finish empties the client's buffer and looks whether the relay is still there.
func (c *session) finish() error {
	if err := c.client.Text.W.Flush(); err != nil {
		return c.lastWords(err)
	}
	ctx, cancel := context.WithTimeout(c.ctx, glance)
	defer cancel()
	deadline, _ := ctx.Deadline()
	if err := c.wire.SetReadDeadline(deadline); err != nil {
		return err
	}
	_, err := c.client.Text.R.Peek(1)
	switch {
	case err == nil:
		return c.lastWords(errors.New("the server answered before the message had ended"))
	case timedOut(err):
		return c.ctx.Err()
	}
	return err
}

// dot ends the message and waits for the answer, even when ctx ends meanwhile: who
// hangs up now would never know whether the message was delivered.
func (c *session) dot() (reply string, err error) {
	if err := c.step(stepBody, c.limits.Block, c.finish); err != nil {
		return "", err
	}
	if !c.detach() {
		return "", c.fail(stepBody, c.ctx.Err())
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
		code, message, err := answer(c.client.Text)
		if err == nil && code/100 != 2 {
			err = &textproto.Error{Code: code, Msg: message}
		}
		reply = c.redact(words(code, message))
		c.dirty = c.dirty && code == 0
		return err
	})
	if err != nil {
		return "", err
	}
	return reply, nil
}

// cutOff tells whether the relay may be in the middle of a message still.
func cutOff(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Step == stepBody || e.Step == stepDot && e.Code == 0)
}
