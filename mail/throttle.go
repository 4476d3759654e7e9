package mail

import (
	"context"
	"errors"
	"time"
)

// How long nothing is asked of a relay that wants less: first, at most at a time, and in all
// in a run.
const (
	firstPause = 2 * time.Second
	longPause  = 20 * time.Second
	maxPauses  = 90 * time.Second
)

// dialAgain makes do with the connections that are open, if there are any, when the relay
// refuses a further one, or pauses if that is what it asks for. It is called with the lock held.
func (p *Pool) dialAgain(ctx context.Context, err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Step == stepLogin && e.Code/100 != 4 || ctx.Err() != nil {
		return false
	}
	if p.share.open > 0 {
		p.share.limit = p.share.open
		return true
	}
	return e.slowdown > 0 && p.rest()
}

// dropOneOfMany ends a connection whose message is to go on another and lowers the limit.
// It is false when no other is open: the relay is not asked at once again.
func (p *Pool) dropOneOfMany(c *session) bool {
	s := p.share
	s.mu.Lock()
	others := s.open - 1
	if others > 0 {
		s.limit = others
	}
	s.mu.Unlock()
	if others > 0 {
		p.drop(c)
	}
	return others > 0
}

// sendLess obeys a relay that wants less at once: with a connection fewer, and with a pause
// where this is the only one or the relay counts messages. It is false where a run has
// paused long enough; c is given back else.
func (p *Pool) sendLess(c *session, err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.slowdown == 0 {
		return false
	}
	s := p.share
	s.mu.Lock()
	others := s.open - 1
	if (others == 0 || e.slowdown == fewerMessages) && !p.rest() {
		s.mu.Unlock()
		return false
	}
	s.limit = max(others, 1)
	s.mu.Unlock()
	if others > 0 {
		p.drop(c)
	} else {
		p.put(c, err)
	}
	return true
}

// rest begins a pause, unless there is one, and tells whether this run may wait for its
// end. It is called with the lock held.
func (p *Pool) rest() bool {
	s := p.share
	if s.paused {
		return true
	}
	if s.rests-p.restsBefore+s.pause > maxPauses {
		return false
	}
	s.paused, s.limit = true, max(s.open-1, 1)
	s.rests += s.pause
	time.AfterFunc(s.pause, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.paused = false
		s.notify()
	})
	s.pause = min(2*s.pause, longPause)
	return true
}

// beginRun has the pauses of earlier runs not count.
func (p *Pool) beginRun() {
	s := p.share
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.rested {
		p.rested, p.restsBefore = false, s.rests
	}
}

func (p *Pool) tooSlow() error {
	c := &dialogue{relay: p.relay}
	return &Error{Verdict: NotSent, About: AboutNow, Step: stepConnect, Relay: true, Err: c.describe(errors.New("nothing is asked of the server for now"), hintSlow)}
}

// works notes that the relay took a message.
func (s *share) works() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause = firstPause
}
