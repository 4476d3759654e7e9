package mail

import (
	"context"
	"rapport/mail/internal/learned"
	"slices"
	"sync"
	"time"
)

// A share is what all pools of one relay and login use together.
type share struct {
	known learned.Relay

	mu      sync.Mutex
	limit   int // connections at once that the relay takes; 0: nothing is known
	open    int
	greeted int // of those, the ones that are through with the greeting
	idle    []*idleConn
	pools   []*Pool       // that wait
	changed chan struct{} // closed when a connection is given back or ends, or a pause does

	handovers []*handover // that are under way
	steady    int         // connections of pools that do not yield

	paused bool
	pause  time.Duration // the next one
	rests  time.Duration // all pauses so far
}

func newShare() *share { return &share{changed: make(chan struct{}), pause: firstPause} }

// idleConn is a connection that waits for a message.
type idleConn struct {
	*session
	expiry *time.Timer
}

// maxIdle is how long a connection waits for the next message. Relays hang up after
// minutes, and some limit how many are open.
const maxIdle = 10 * time.Second

// get returns a connection that is ready for a message: the idle one that was used last,
// else a new one. A fresh one has had no message.
func (p *Pool) get(ctx context.Context, fresh bool) (*session, error) {
	s := p.share
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.notify() // its turn is over
	for {
		switch c, do := p.next(fresh); do {
		case take:
			p.uses(1)
			return c, nil
		case makeRoom:
			s.mu.Unlock()
			s.quit(c)
			s.mu.Lock()
		case dial:
			if c, err := p.dial(ctx); err == nil || !p.dialAgain(ctx, err) {
				return c, err
			}
		case giveUp:
			return nil, p.tooSlow()
		case wait:
			if err := p.wait(ctx); err != nil {
				return nil, err
			}
		}
	}
}

// dial opens a connection. It is called with the lock held, which it lets go meanwhile.
func (p *Pool) dial(ctx context.Context) (*session, error) {
	s := p.share
	s.open++
	p.uses(1)
	s.mu.Unlock()
	c, err := open(ctx, p.relay, &s.known)
	s.mu.Lock()
	if err != nil {
		p.uses(-1)
		s.closed()
		return nil, err
	}
	s.greeted++
	return c, nil
}

// wait returns when a connection may be free. It is called with the lock held, which it
// lets go meanwhile.
func (p *Pool) wait(ctx context.Context) (err error) {
	s := p.share
	changed := s.changed
	s.waits(p, 1)
	s.mu.Unlock()
	select {
	case <-changed:
	case <-ctx.Done():
		err = (&dialogue{relay: p.relay, ctx: ctx}).newError(stepConnect, ctx.Err())
	}
	s.mu.Lock()
	s.waits(p, -1)
	return err
}

// What get does next.
type action int

const (
	wait     action = iota
	take            // the connection
	makeRoom        // by ending the connection
	dial
	giveUp
)

// next is called with the lock held.
func (p *Pool) next(fresh bool) (*session, action) {
	s, limit := p.share, p.max
	if s.limit > 0 {
		limit = min(limit, s.limit)
	}
	switch {
	case s.paused && s.rests-p.restsBefore > maxPauses: // for the sake of others
		return nil, giveUp
	case s.paused || !p.itsTurn():
		return nil, wait
	}
	for n := len(s.idle) - 1; n >= 0 && !fresh; n-- {
		if i := s.idle[n]; i.relay == p.relay && s.open <= limit {
			s.remove(i)
			return i.session, take
		}
	}
	switch {
	case s.open < limit:
		return nil, dial
	case len(s.idle) > 0:
		i := s.idle[0]
		s.remove(i)
		return i.session, makeRoom
	}
	s.endStalled(p)
	return nil, wait
}

// waits counts the callers of a pool that wait. It is called with the lock held.
func (s *share) waits(p *Pool, n int) {
	p.waiting += n
	at := slices.Index(s.pools, p)
	switch {
	case at < 0:
		s.pools = append(s.pools, p)
	case p.waiting == 0:
		s.pools = slices.Delete(s.pools, at, at+1)
	}
}

// drop ends a connection whose message is to go on another.
func (p *Pool) drop(c *session) {
	p.giveBack()
	p.share.quit(c)
}

func (p *Pool) giveBack() {
	p.share.mu.Lock()
	defer p.share.mu.Unlock()
	p.uses(-1)
}

// put keeps a connection that can take another message, and ends any other.
func (p *Pool) put(c *session, err error) {
	p.giveBack()
	s := p.share
	if !c.detach() && c.ctx.Err() != nil || !usable(err) {
		if maybeMidBody(err) {
			c.close()
		}
		s.quit(c)
		return
	}
	c.ctx = context.WithoutCancel(c.ctx)
	c.detach = func() bool { return true }
	i := &idleConn{session: c}
	s.mu.Lock()
	defer s.mu.Unlock()
	i.expiry = time.AfterFunc(maxIdle, func() { s.expire(i) })
	s.idle = append(s.idle, i)
	s.notify()
}

func (s *share) expire(i *idleConn) {
	s.mu.Lock()
	found := s.remove(i)
	s.mu.Unlock()
	if found {
		s.quit(i.session)
	}
}

// remove takes a connection that waits; false: somebody else has. It is called with the
// lock held.
func (s *share) remove(i *idleConn) bool {
	at := slices.Index(s.idle, i)
	if at < 0 {
		return false
	}
	i.expiry.Stop()
	s.idle = slices.Delete(s.idle, at, at+1)
	return true
}

// quit ends a connection, with QUIT where it is not closed yet, and makes room for another.
func (s *share) quit(c *session) {
	c.quit()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.greeted--
	s.closed()
}

// closed counts one connection less. It is called with the lock held.
func (s *share) closed() {
	if s.open--; s.open == 0 && !s.paused {
		s.limit = 0
	}
	s.notify()
}

// notify wakes all that wait for a connection. It is called with the lock held.
func (s *share) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}
