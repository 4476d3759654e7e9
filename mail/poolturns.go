package mail

import (
	"slices"
	"time"
)

// Who waits long for an answer, because a recipient's server is slow or a relay holds one sender
// back, keeps no other pool waiting: after stallsAfter, and only while none of the message was
// sent, another pool that waits gets the connection, and the message is begun again once no other
// needs one, or after yieldsFor.
const (
	stallsAfter = 2 * time.Second
	yieldsFor   = time.Minute
)

// A handover is one message under way on one connection.
type handover struct {
	pool *Pool
	c    *session

	// Guarded by share.mu.
	steps            int // so far
	stalled, yielded bool
}

// handOver has a message that is begun on a connection be looked at until its end.
func (p *Pool) handOver(c *session) *handover {
	h := &handover{pool: p, c: c}
	c.onStep = h.step
	s := p.share
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handovers = append(s.handovers, h)
	return h
}

// step notes that something is asked. Only sender and recipient can be asked once more.
func (h *handover) step(name string) {
	s := h.pool.share
	s.mu.Lock()
	defer s.mu.Unlock()
	h.steps++
	h.stalled = false
	if name != stepSender && name != stepRecipient {
		return
	}
	now := h.steps
	time.AfterFunc(stallsAfter, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if h.steps == now {
			h.stalled = true
			s.notify()
		}
	})
}

// end tells whether the connection was taken away before any of the message was sent.
func (h *handover) end() (yielded bool) {
	s := h.pool.share
	s.mu.Lock()
	defer s.mu.Unlock()
	h.steps++
	h.c.onStep = nil
	s.handovers = slices.DeleteFunc(s.handovers, func(other *handover) bool { return other == h })
	return h.yielded
}

// endStalled ends a connection on which another pool's message has no answer. It is called with
// the lock held by a pool that has to wait.
func (s *share) endStalled(p *Pool) {
	if p.yields || slices.ContainsFunc(s.handovers, func(h *handover) bool { return h.yielded }) {
		return // who yields ends nobody's, or two would end each other's for ever; or one is about to be free
	}
	at := slices.IndexFunc(s.handovers, func(h *handover) bool { return h.stalled && h.pool != p })
	if at < 0 {
		return
	}
	h := s.handovers[at]
	h.yielded = true
	h.c.conn.Close()
	h.pool.yield(true)
	h.pool.cuts++
	cuts := h.pool.cuts
	time.AfterFunc(yieldsFor, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if h.pool.cuts == cuts {
			h.pool.yield(false)
			s.notify()
		}
	})
}

// yield and uses are called with the lock held.
func (p *Pool) yield(to bool) {
	n := p.using
	p.uses(-n)
	p.yields = to
	p.uses(n)
}

// uses counts the connections that messages of a pool are on.
func (p *Pool) uses(n int) {
	p.using += n
	if !p.yields {
		p.share.steady += n
	}
}

// itsTurn tells whether no other pool that waits has fewer connections: no configuration
// has most of what is shared while another one waits.
func (p *Pool) itsTurn() bool {
	if p.yields && p.share.steady > 0 {
		return false
	}
	return !slices.ContainsFunc(p.share.pools, func(other *Pool) bool {
		if other.yields != p.yields {
			return p.yields
		}
		return other.using < p.using
	})
}
