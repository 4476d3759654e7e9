package mail

import (
	"context"
	"errors"
	"sync"
)

// Pool keeps connections to a relay open, several at once, each for one message after the
// other. A message ends as it would with SMTP.Send. When a kept connection turns out to be
// gone before any of the message was sent, the message is begun again on a fresh one.
type Pool struct {
	relay *SMTP
	max   int // connections at once, as configured

	mu      sync.Mutex
	limit   int // connections at once; below max while the relay takes no more
	open    int
	idle    []*idleConn
	changed chan struct{} // closed when a connection is given back or ends
}

// maxTries is how many connections one message is begun on.
const maxTries = 4

// NewPool returns a pool that has at most so many connections at once, and at least one.
// It opens none yet.
func NewPool(relay *SMTP, connections int) *Pool {
	connections = max(connections, 1)
	return &Pool{relay: relay, max: connections, limit: connections, changed: make(chan struct{})}
}

// Send is SMTP.Send on one of the pool's connections, as soon as one is free.
func (p *Pool) Send(ctx context.Context, f Frozen, intent func() error) (reply string, err error) {
	if err := f.check(); err != nil {
		return "", err
	}
	var refused error
	intended := intent == nil
	once := func() error {
		if !intended {
			refused = intent()
			intended = refused == nil
		}
		return refused
	}
	fresh := false
	for tries := 1; ; tries++ {
		c, err := p.get(ctx, fresh)
		if err != nil {
			return "", err
		}
		usedBefore := c.used
		c.attach(ctx)
		reply, err = c.send(f, once)
		gone, tooMany := usedBefore && stale(err), !usedBefore && tooManyConns(err)
		if (gone || tooMany) && refused == nil && tries < maxTries && ctx.Err() == nil && p.drop(c, tooMany) {
			fresh = fresh || gone
			continue
		}
		p.put(c, err)
		return reply, err
	}
}

// CloseIdle closes the connections that wait for a message, and returns when they are
// closed. The pool can be used again.
func (p *Pool) CloseIdle() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	var all sync.WaitGroup
	for _, i := range idle {
		i.expiry.Stop()
		all.Go(func() { p.quit(i.session) })
	}
	all.Wait()
}

// usable tells whether a connection can take another message after this one's outcome.
func usable(err error) bool {
	var e *Error
	if err == nil || !errors.As(err, &e) {
		return err == nil
	}
	return e.Limit > 0 || (e.Step == stepRecipient || e.Step == stepData || e.Step == stepDot) && e.Code >= 400 && e.Code != 421
}

// stale tells whether a kept connection may have ended before the message came: the relay
// hung up, or takes no more on this connection. None of the message was sent.
func stale(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Limit > 0 {
		return false
	}
	switch e.Step {
	case stepSender:
		return e.Verdict == NotSent
	case stepRecipient, stepData:
		return e.Code == 0 && e.Verdict == NotSent || e.Code == 421
	}
	return false
}

// tooManyConns tells whether the relay may have refused a sender on a new connection
// because there are too many of them.
func tooManyConns(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Step == stepSender && e.Code/100 == 4
}
