package mail

import (
	"fmt"
	"strconv"
	"time"
)

// command is a line to the relay and the code of a reply that accepts it; a code of two
// digits stands for all that begin with them.
type command struct {
	step, line string
	accepted   int
}

// envelope sends sender and recipient, after a look at the size.
func (c *session) envelope(f Frozen, limit int64) error {
	c.size = int64(f.Size())
	if limit > 0 && c.size > limit {
		err := fmt.Errorf("the message is too large: %s, the limit is %s — send fewer formats or a shorter period", megabytes(c.size), megabytes(limit))
		return &Error{Verdict: NotSent, About: AboutMessage, Step: stepSender, Limit: limit, Err: c.describe(err, "")}
	}
	from := "MAIL FROM:<" + f.Envelope + ">"
	if _, declare := c.statedSize(); declare && !c.plain {
		from += " SIZE=" + strconv.FormatInt(c.size, 10) // RFC 1870: a full mailbox refuses before the body
	}
	return c.begin(from, f.To)
}

// begin starts a message; to may be empty.
func (c *session) begin(from, to string) error {
	commands := []command{{stepSender, from, 250}}
	if to != "" {
		commands = append(commands, command{stepRecipient, "RCPT TO:<" + to + ">", 25})
	}
	if c.dirty {
		commands = append([]command{{stepSender, "RSET", 250}}, commands...)
	}
	c.used, c.dirty = true, true
	return c.exchange(commands)
}

// statedSize is the SIZE that the relay states, 0 where it states none, and whether it
// knows the extension.
func (c *session) statedSize() (limit int64, known bool) {
	parameter, known := c.extensions["SIZE"]
	if stated, err := strconv.ParseInt(parameter, 10, 64); err == nil && stated > 0 {
		return stated, known
	}
	return 0, known
}

// pipelines tells whether several commands may go out at once (RFC 2920).
func (c *session) pipelines() bool {
	_, offered := c.extensions["PIPELINING"]
	return offered && !c.plain
}

// pipelineTimeout is how long a reply is waited for where it may be PIPELINING that keeps
// it away: without it the message is begun once more.
const pipelineTimeout = 40 * time.Second

// exchange sends commands and reads each reply, up to the first that refuses. With
// PIPELINING all commands go out at once and take one round trip.
func (c *session) exchange(commands []command) error {
	pipelining, limit := c.pipelines() && len(commands) > 1, c.limits.Command
	if pipelining {
		limit = min(limit, pipelineTimeout)
	}
	for i, command := range commands {
		var lines []string
		switch {
		case !pipelining:
			lines = []string{command.line}
		case i == 0:
			for _, each := range commands {
				lines = append(lines, each.line)
			}
		}
		if err := c.step(command.step, limit, func() error {
			if err := c.write(lines...); err != nil {
				return err
			}
			_, err := c.accepted(command.accepted)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
