package daemon

import (
	"fmt"
	"time"
)

const (
	never     = time.Duration(1<<63 - 1)
	breath    = 50 * time.Millisecond // between two wakes of one tenant, whoever asks
	stale     = time.Second           // instead of a next time that is over already
	firstTry  = 15 * time.Second
	longest   = 5 * time.Minute
	wakeHangs = 5 * time.Minute
)

// A seat is the daemon's side of a tenant.
type seat struct {
	tenant   Tenant
	name     string
	asked    bool      // to be woken as soon as possible
	next     time.Time // wall clock; zero: only when asked
	running  bool      // a wake is under way
	begun    bool      // started is set
	started  time.Duration
	failures int // wakes in a row
	retry    time.Duration
	missed   bool // it was logged that its wake does not end
}

// seat gives every tenant a seat; it is woken at the next turn.
func (l *loop) seat(tenants []Tenant) {
	l.clock.most = defaultMaxJump
	if l.config.MaxJump != nil {
		if most := l.config.MaxJump(); most > 0 {
			l.clock.most = most
		}
	}
	l.seats = nil
	for i, t := range tenants {
		name := fmt.Sprintf("configuration %d of %d", i+1, len(tenants))
		if named, ok := t.(fmt.Stringer); ok {
			name = named.String()
		}
		l.seats = append(l.seats, &seat{tenant: t, name: name, asked: true})
	}
}

// wait says how long until it is to be woken.
func (s *seat) wait(now time.Time, elapsed time.Duration) time.Duration {
	wait := never
	switch {
	case s.running:
		return never
	case s.failures > 0:
		wait = s.retry - elapsed
	case s.asked:
		wait = 0
	case !s.next.IsZero():
		wait = s.next.Sub(now)
	}
	if s.begun {
		wait = max(wait, s.started+breath-elapsed)
	}
	return wait
}

// wake has its own goroutine, so that one which hangs keeps nobody else waiting.
func (l *loop) wake(s *seat, now time.Time, elapsed time.Duration) {
	s.asked, s.running, s.begun, s.started, s.missed = false, true, true, elapsed, false
	l.spawn(task{s, waking}, func(f *finished) {
		f.now = now
		f.next, f.err = s.tenant.Wake(l.life, now)
	})
}

// woken is called when its wake has ended.
func (s *seat) woken(f finished, elapsed time.Duration) {
	s.running = false
	if f.err != nil {
		s.failures++
		s.retry = elapsed + s.backoff()
		return
	}
	s.failures, s.next = 0, f.next.Round(0)
	if soonest := f.now.Add(stale); !s.next.IsZero() && s.next.Before(soonest) {
		s.next = soonest
	}
}

// backoff is the wait after the last failure.
func (s *seat) backoff() time.Duration {
	return min(firstTry<<min(max(s.failures-1, 0), 10), longest)
}

// missing reports wakes that do not end.
func (l *loop) missing(elapsed time.Duration) {
	stuck := ""
	for _, s := range l.seats {
		if !s.running || elapsed-s.started < wakeHangs {
			continue
		}
		stuck = s.name
		if !s.missed {
			s.missed = true
			l.config.Log.Error("wake "+s.name, "error", "it has not returned in "+wakeHangs.String())
		}
	}
	l.state.stuck(stuck)
}
