package mail

import (
	"context"
	"errors"
	"slices"
	"time"
)

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
	for {
		p.mu.Lock()
		if n := len(p.idle); n > 0 && (!fresh || p.open >= p.limit) {
			i := p.idle[n-1]
			p.idle = p.idle[:n-1]
			i.expiry.Stop()
			p.mu.Unlock()
			if !fresh {
				return i.session, nil
			}
			p.quit(i.session) // makes room for a fresh one
			continue
		}
		if p.open < p.limit {
			p.open++
			p.mu.Unlock()
			c, err := open(ctx, p.relay)
			if err == nil || !p.lowerLimit(ctx, err) {
				return c, err
			}
			continue
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, (&session{relay: p.relay, ctx: ctx}).newError(stepConnect, ctx.Err())
		}
	}
}

// lowerLimit makes do with the connections that are open, if there are any, when the relay
// refuses a further one.
func (p *Pool) lowerLimit(ctx context.Context, err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed()
	var e *Error
	refused := errors.As(err, &e) && (e.Step != stepLogin || e.Code/100 == 4)
	if !refused || ctx.Err() != nil || p.open == 0 {
		return false
	}
	p.limit = p.open
	return true
}

// drop ends a connection whose message is to go on another. With tooMany it lowers the
// limit, and is false when no other connection is open: the relay is not asked at once again.
func (p *Pool) drop(c *session, tooMany bool) bool {
	p.mu.Lock()
	others := p.open - 1
	if tooMany && others == 0 {
		p.mu.Unlock()
		return false
	}
	if tooMany {
		p.limit = others
	}
	p.mu.Unlock()
	p.quit(c)
	return true
}

// put keeps a connection that can take another message, and ends any other.
func (p *Pool) put(c *session, err error) {
	if !c.detach() && c.ctx.Err() != nil || !usable(err) {
		if maybeMidBody(err) {
			c.close()
		}
		p.quit(c)
		return
	}
	c.ctx = context.WithoutCancel(c.ctx)
	c.detach = func() bool { return true }
	i := &idleConn{session: c}
	p.mu.Lock()
	defer p.mu.Unlock()
	i.expiry = time.AfterFunc(maxIdle, func() { p.expire(i) })
	p.idle = append(p.idle, i)
	p.notify()
}

func (p *Pool) expire(i *idleConn) {
	p.mu.Lock()
	at := slices.Index(p.idle, i)
	if at >= 0 {
		p.idle = slices.Delete(p.idle, at, at+1)
	}
	p.mu.Unlock()
	if at >= 0 {
		p.quit(i.session)
	}
}

// quit ends a connection, with QUIT where it is not closed yet, and makes room for another.
func (p *Pool) quit(c *session) {
	c.quit()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed()
}

// closed counts one connection less. It is called with mu held.
func (p *Pool) closed() {
	if p.open--; p.open == 0 {
		p.limit = p.max
	}
	p.notify()
}

// notify wakes all that wait for a connection. It is called with mu held.
func (p *Pool) notify() {
	close(p.changed)
	p.changed = make(chan struct{})
}
