package message

import (
	"context"

	ourmail "rapport/mail"
)

// Sender hands a frozen message over. Name is a file name for it, unique and stable.
// It calls intent before anything that may deliver the message, and nothing is delivered
// when intent fails; a sender that may do the same again without harm need not call it.
// Where is what the relay said or the file it went to. Every error is a *mail.Error.
type Sender interface {
	Send(ctx context.Context, name string, f ourmail.Frozen, intent func() error) (where string, err error)
}

// An IdleCloser is a Sender that keeps connections open for the next message. CloseIdle ends them.
type IdleCloser interface{ CloseIdle() }

// CloseIdle ends what a sender keeps open.
func CloseIdle(s Sender) {
	if c, ok := s.(IdleCloser); ok {
		c.CloseIdle()
	}
}
