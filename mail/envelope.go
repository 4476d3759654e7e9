package mail

import (
	"fmt"
	"strconv"
)

// A command is a line to the relay and the code that says it was taken; a code of two
// digits stands for all that begin with them.
type command struct {
	step, line string
	taken      int
}

// envelope names sender and recipient, after a look at the size. Where the relay knows
// PIPELINING (RFC 2920) all of it takes one round trip.
func (c *session) envelope(f Frozen) error {
	size := int64(len(f.Bytes))
	limit, declare := c.maxMessage()
	if limit > 0 && size > limit {
		err := fmt.Errorf("the message is too large: %s, the limit is %s — send fewer formats or a shorter period",
			megabytes(size), megabytes(limit))
		return &Error{Verdict: Refused, Step: stepSender, Limit: limit, Err: c.describe(err)}
	}
	from := "MAIL FROM:<" + f.Envelope + ">"
	if declare {
		from += " SIZE=" + strconv.FormatInt(size, 10) // RFC 1870: a full mailbox is told before the body
	}
	commands := []command{{stepSender, from, 250}, {stepRecipient, "RCPT TO:<" + f.To + ">", 25}}
	if c.dirty {
		commands = append([]command{{stepSender, "RSET", 250}}, commands...)
	}
	c.used, c.dirty = true, true
	return c.say(commands)
}

// say sends commands and hears each answer, up to the first that refuses: all commands
// at once where the relay takes that, else one by one.
func (c *session) say(commands []command) error {
	together, _ := c.client.Extension("PIPELINING")
	for i, command := range commands {
		err := c.step(command.step, c.limits.Command, func() error {
			lines := commands[i : i+1]
			if together && i == 0 {
				lines = commands
			} else if together {
				lines = nil
			}
			return c.exchange(lines, command.taken)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// exchange writes the lines and reads one answer.
func (c *session) exchange(lines []command, taken int) error {
	for _, l := range lines {
		if _, err := c.client.Text.W.WriteString(l.line + "\r\n"); err != nil {
			return err
		}
	}
	if err := c.client.Text.W.Flush(); err != nil {
		return err
	}
	_, _, err := c.client.Text.ReadResponse(taken)
	return err
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
