package mail

import (
	"context"
	"errors"
	"slices"
	"time"
)

// take is a connection that is ready for a message, the one used last if there is one; a
// fresh one has had none.
func (p *Pool) take(ctx context.Context, fresh bool) (*session, error) {
	for {
		p.mu.Lock()
		if n := len(p.idle); n > 0 && (!fresh || p.open >= p.most) {
			k := p.idle[n-1]
			p.idle = p.idle[:n-1]
			k.expiry.Stop()
			p.mu.Unlock()
			if !fresh {
				return k.session, nil
			}
			p.end(k.session)
			continue
		}
		if p.open < p.most {
			p.open++
			p.mu.Unlock()
			c, err := open(ctx, p.relay)
			if err == nil || !p.fewer(ctx, err) {
				return c, err
			}
			continue
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, (&session{relay: p.relay, ctx: ctx}).fail(stepConnect, ctx.Err())
		}
	}
}

// fewer makes do with the connections that are open, where there are any, when the relay
// takes no further one.
func (p *Pool) fewer(ctx context.Context, err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended()
	var e *Error
	refused := errors.As(err, &e) && (e.Step != stepLogin || e.Code/100 == 4)
	if !refused || ctx.Err() != nil || p.open == 0 {
		return false
	}
	p.most = p.open
	return true
}

// drop ends a connection whose message is to go on another; false when there is none to
// wait for, and the relay is not to be asked at once again.
func (p *Pool) drop(c *session, busy bool) bool {
	p.mu.Lock()
	others := p.open - 1
	if busy && others == 0 {
		p.mu.Unlock()
		return false
	}
	if busy {
		p.most = others
	}
	p.mu.Unlock()
	p.end(c)
	return true
}

// give keeps a connection that is good for another message, and ends any other.
func (p *Pool) give(c *session, err error) {
	if !c.detach() && c.ctx.Err() != nil || !usable(err) {
		if cutOff(err) {
			c.close()
		}
		p.end(c)
		return
	}
	c.ctx = context.WithoutCancel(c.ctx)
	c.detach = func() bool { return true }
	k := &kept{session: c}
	p.mu.Lock()
	defer p.mu.Unlock()
	k.expiry = time.AfterFunc(maxIdle, func() { p.expire(k) })
	p.idle = append(p.idle, k)
	p.wake()
}

func (p *Pool) expire(k *kept) {
	p.mu.Lock()
	i := slices.Index(p.idle, k)
	if i >= 0 {
		p.idle = slices.Delete(p.idle, i, i+1)
	}
	p.mu.Unlock()
	if i >= 0 {
		p.end(k.session)
	}
}

// end says goodbye, where that can be said, and makes room for another connection.
func (p *Pool) end(c *session) {
	c.quit()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended()
}

// ended is called with the lock held.
func (p *Pool) ended() {
	if p.open--; p.open == 0 {
		p.most = p.wanted
	}
	p.wake()
}

// wake is called with the lock held.
func (p *Pool) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}
