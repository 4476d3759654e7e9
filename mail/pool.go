package mail

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Pool keeps connections to a relay open, for one message after the other, and several at
// once. What a message comes to is the same as with SMTP.Send: only before any of it went
// out is it begun anew, on a fresh connection, when a kept one turns out to be gone.
type Pool struct {
	relay  *SMTP
	wanted int // connections at once

	mu      sync.Mutex
	most    int // fewer than wanted while the relay takes no more
	open    int
	idle    []*kept
	changed chan struct{} // closed when a connection is given back or ends
}

// kept is a connection that waits for a message.
type kept struct {
	*session
	expiry *time.Timer
}

// maxIdle is how long a connection waits for the next message. Relays hang up after
// minutes, and some count what is open.
const maxIdle = 10 * time.Second

// mostTries is how many connections one message is begun on.
const mostTries = 4

// NewPool opens nothing yet. Connections is how many there are at most at once.
func NewPool(relay *SMTP, connections int) *Pool {
	connections = max(connections, 1)
	return &Pool{relay: relay, wanted: connections, most: connections, changed: make(chan struct{})}
}

// Send is SMTP.Send on one of the pool's connections, when there is one free.
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
		c, err := p.take(ctx, fresh)
		if err != nil {
			return "", err
		}
		before := c.used
		c.attach(ctx)
		reply, err = c.send(f, once)
		gone, crowded := before && stale(err), !before && crowded(err)
		if (gone || crowded) && refused == nil && tries < mostTries && ctx.Err() == nil && p.drop(c, crowded) {
			fresh = fresh || gone
			continue
		}
		p.give(c, err)
		return reply, err
	}
}

// Rest closes what waits, and returns when the goodbyes are said. The pool goes on as if new.
func (p *Pool) Rest() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	var all sync.WaitGroup
	for _, k := range idle {
		k.expiry.Stop()
		all.Go(func() { p.end(k.session) })
	}
	all.Wait()
}

// usable tells whether a connection is good for another message after this one's end.
func usable(err error) bool {
	var e *Error
	if err == nil || !errors.As(err, &e) {
		return err == nil
	}
	return e.Limit > 0 || (e.Step == stepRecipient || e.Step == stepData || e.Step == stepDot) && e.Code >= 400 && e.Code != 421
}

// stale tells whether a kept connection may have been over before the message came: the
// relay hung up, or has had enough of this one. None of the message went out.
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

// crowded tells whether the relay says of a new connection that there are too many.
func crowded(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Step == stepSender && e.Code/100 == 4
}
