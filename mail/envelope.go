package mail

import (
	"fmt"
	"strconv"
)

// command is a line to the relay and the code of a reply that accepts it; a code of two
// digits stands for all that begin with them.
type command struct {
	step, line string
	accepted   int
}

// envelope sends sender and recipient, after a look at the size.
func (c *session) envelope(f Frozen) error {
	size := int64(len(f.Bytes))
	limit, declare := c.maxMessage()
	if limit > 0 && size > limit {
		err := fmt.Errorf("the message is too large: %s, the limit is %s — send fewer formats or a shorter period",
			megabytes(size), megabytes(limit))
		return &Error{Verdict: Refused, Step: stepSender, Limit: limit, Err: c.describe(err, "")}
	}
	from := "MAIL FROM:<" + f.Envelope + ">"
	if declare {
		from += " SIZE=" + strconv.FormatInt(size, 10) // RFC 1870: a full mailbox refuses before the body
	}
	commands := []command{{stepSender, from, 250}, {stepRecipient, "RCPT TO:<" + f.To + ">", 25}}
	if c.dirty {
		commands = append([]command{{stepSender, "RSET", 250}}, commands...)
	}
	c.used, c.dirty = true, true
	return c.exchange(commands)
}

// maxMessage is the largest message in bytes, 0 for no limit, and whether the relay
// knows the SIZE extension.
func (c *session) maxMessage() (limit int64, known bool) {
	known, parameter := c.client.Extension("SIZE")
	if stated, err := strconv.ParseInt(parameter, 10, 64); err == nil && stated > 0 {
		return stated, known
	}
	return c.relay.MaxMessage, known
}

// exchange sends commands and reads each reply, up to the first that refuses. Where the
// relay knows PIPELINING (RFC 2920) all commands go out at once and take one round trip.
func (c *session) exchange(commands []command) error {
	pipelining, _ := c.client.Extension("PIPELINING")
	for i, command := range commands {
		lines := commands[i : i+1]
		if pipelining && i == 0 {
			lines = commands
		} else if pipelining {
			lines = nil // are sent already
		}
		if err := c.step(command.step, c.limits.Command, func() error { return c.roundTrip(lines, command.accepted) }); err != nil {
			return err
		}
	}
	return nil
}

// roundTrip writes the lines and reads one reply.
func (c *session) roundTrip(lines []command, accepted int) error {
	for _, l := range lines {
		if _, err := c.client.Text.W.WriteString(l.line + "\r\n"); err != nil {
			return err
		}
	}
	if err := c.client.Text.W.Flush(); err != nil {
		return err
	}
	_, _, err := c.client.Text.ReadResponse(accepted)
	return err
}
