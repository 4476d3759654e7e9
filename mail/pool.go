package mail

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Pools are the pools of a process. Those that use one relay under one login share how
// many connections and how much at once it takes, and what was learned of it.
type Pools struct {
	mu     sync.Mutex
	shares map[string]*share
}

// Pool returns a pool that has a connection only while fewer than so many are open to this
// relay under this login, whoever uses them; at least one. It opens none yet. Pools of the
// same *SMTP use each other's connections.
func (p *Pools) Pool(relay *SMTP, connections int) *Pool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := relay.address() + "\x00" + relay.Username
	if p.shares[key] == nil {
		if p.shares == nil {
			p.shares = map[string]*share{}
		}
		p.shares[key] = newShare()
	}
	return &Pool{relay: relay, max: max(connections, 1), share: p.shares[key], rested: true}
}

// NewPool returns a pool that shares nothing with others.
func NewPool(relay *SMTP, connections int) *Pool { return new(Pools).Pool(relay, connections) }

// Pool keeps connections to a relay open, several at once, each for one message after the
// other. When a kept connection turns out to be
// gone before any of the message was sent, the message is begun again on a fresh one; when
// the relay wants less at once, after a while on one of fewer.
type Pool struct {
	relay *SMTP
	max   int // connections at once, as configured
	share *share

	// Guarded by share.mu.
	using, waiting int           // connections, and callers that want one
	yields         bool          // to pools that wait: its last message had no answer for long
	cuts           int           // how often a connection of it was ended for that
	rested         bool          // a run is over
	restsBefore    time.Duration // share.rests when this run began
}

// maxTries is how many connections one message is begun on.
const maxTries = 4

// Send hands one message to the relay, on a connection that is free. With a nil error the
// relay has accepted it, and reply is its text; otherwise err is an *Error. When ctx ends,
// the connection is closed and nothing was sent, except after the final dot: then Send waits
// for the reply all the same, at most as long as Timeouts.Dot.
//
// intent is called once the relay has taken sender and recipient, and before any of the
// message goes out: until it returns, the message surely was not delivered. It is called
// once. When it returns an error nothing is sent, and err wraps that error. It may be nil.
func (p *Pool) Send(ctx context.Context, f Frozen, intent func() error) (reply string, err error) {
	if err := f.check(); err != nil {
		return "", err
	}
	p.beginRun()
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
		under := p.handOver(c)
		reply, err = c.send(f, p.share.known.Limit(p.relay.MaxMessage), once)
		if under.end() && refused == nil && ctx.Err() == nil { // another pool has its connection
			p.drop(c)
			tries--
			continue
		}
		p.learn(c, err)
		again := err != nil && refused == nil && ctx.Err() == nil
		switch {
		case again && tries < maxTries && usedBefore && stale(err):
			p.drop(c)
			fresh = true
		case again && p.sendLess(c, err):
		case again && tries < maxTries && !usedBefore && tooManyConns(err) && p.dropOneOfMany(c):
		case again && tries < maxTries && !usedBefore && c.unextend(err):
			p.share.known.UseExtensions(false)
			p.drop(c)
			fresh = true
		default:
			if c.plain && unextendable(err) {
				p.share.known.UseExtensions(true) // it was not that
			}
			p.put(c, err)
			return reply, err
		}
	}
}

// Limit is the largest message in bytes that the relay takes now: what it states, else
// SMTP.MaxMessage, less where it lately refused as large a one; 0 is no limit. It connects
// where no connection is open. An error is an *Error; the limit then is the last that was
// known.
func (p *Pool) Limit(ctx context.Context) (int64, error) {
	p.beginRun()
	p.share.mu.Lock()
	known := p.share.greeted > 0
	p.share.mu.Unlock()
	if !known {
		c, err := p.get(ctx, false)
		if err != nil {
			return p.share.known.Limit(p.relay.MaxMessage), err
		}
		p.put(c, nil)
	}
	return p.share.known.Limit(p.relay.MaxMessage), nil
}

// KnownLimit is Limit as far as it is known without connecting.
func (p *Pool) KnownLimit() int64 { return p.share.known.Limit(p.relay.MaxMessage) }

// learn keeps the limit that a refusal showed. One for this recipient is none of the relay's.
func (p *Pool) learn(c *session, err error) {
	var e *Error
	if errors.As(err, &e) && e.Limit > 0 && e.Code > 0 && e.Enhanced != "5.2.3" {
		p.share.known.Refuse(e.Limit)
	}
	if err == nil {
		p.share.works()
	}
}

// CloseIdle closes the connections that wait for a message, and returns when they are
// closed. It ends a run: the pool can be used again, and may pause again as long.
func (p *Pool) CloseIdle() {
	s := p.share
	s.mu.Lock()
	p.rested = true
	var mine []*idleConn
	for _, i := range s.idle {
		if i.relay == p.relay {
			mine = append(mine, i)
		}
	}
	for _, i := range mine {
		s.remove(i)
	}
	s.mu.Unlock()
	var all sync.WaitGroup
	for _, i := range mine {
		all.Go(func() { s.quit(i.session) })
	}
	all.Wait()
}

// usable tells whether a connection can take another message after this one's outcome.
func usable(err error) bool {
	var e *Error
	if err == nil || !errors.As(err, &e) {
		return err == nil
	}
	switch e.Step {
	case stepSender:
		return e.Limit > 0 || e.slowdown > 0 && e.Code != 421
	case stepRecipient, stepData, stepDot:
		return e.Code >= 400 && e.Code != 421
	}
	return false
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

// unextend tells whether a message may be begun again without extensions: those that a
// relay offers and does not master silence or confuse it.
func (c *session) unextend(err error) bool {
	_, size := c.extensions["SIZE"]
	return !c.plain && (size || c.pipelines()) && unextendable(err)
}

func unextendable(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Verdict != NotSent || e.Limit > 0 {
		return false
	}
	switch e.Step {
	case stepSender:
		return e.Code == 0 || e.Code >= 500 && e.Code <= 504 || e.Code == 555
	case stepRecipient:
		return e.Code == 0 || e.Code == 500 || e.Code == 503
	}
	return false
}

// megabytes is a size in an error, readable and exact.
func megabytes(bytes int64) string {
	return fmt.Sprintf("%.1f MB (%d bytes)", float64(bytes)/1e6, bytes)
}
