package daemon

import (
	"fmt"
	"time"
)

const (
	never       = time.Duration(1<<63 - 1)
	minInterval = 50 * time.Millisecond // between two wakes of one worker, whoever requests them
	minDelay    = time.Second           // instead of a next time that is over already
	firstRetry  = 15 * time.Second
	maxRetry    = 5 * time.Minute
	hungAfter   = 5 * time.Minute
)

// A slot is what the daemon knows of one worker.
type slot struct {
	worker        Worker
	name          string
	wakeRequested bool
	next          time.Time // wall clock; zero: only on request
	running       bool      // a wake is under way
	begun         bool      // started is set
	started       time.Duration
	failures      int // wakes in a row
	retry         time.Duration
	hungLogged    bool
	loggedFailure string // of the wakes that fail, as the log has it
}

// assign gives every worker a slot, to be woken at the next iteration.
func (l *loop) assign(workers []Worker) {
	l.clock.maxJump = defaultMaxJump
	if l.config.MaxJump != nil {
		if jump := l.config.MaxJump(); jump > 0 {
			l.clock.maxJump = jump
		}
	}
	l.slots = nil
	for i, w := range workers {
		name := fmt.Sprintf("configuration %d of %d", i+1, len(workers))
		if named, ok := w.(fmt.Stringer); ok {
			name = named.String()
		}
		l.slots = append(l.slots, &slot{worker: w, name: name, wakeRequested: true})
	}
}

// wait says how long until the worker is due.
func (s *slot) wait(now time.Time, elapsed time.Duration) time.Duration {
	wait := never
	switch {
	case s.running:
		return never
	case s.failures > 0:
		wait = s.retry - elapsed
	case s.wakeRequested:
		wait = 0
	case !s.next.IsZero():
		wait = s.next.Sub(now)
	}
	if s.begun {
		wait = max(wait, s.started+minInterval-elapsed)
	}
	return wait
}

// wake has its own goroutine, so that one which hangs keeps nobody else waiting.
func (l *loop) wake(s *slot, now time.Time, elapsed time.Duration) {
	s.wakeRequested, s.running, s.begun, s.started, s.hungLogged = false, true, true, elapsed, false
	l.spawn(task{s, waking}, func(r *result) {
		r.now = now
		r.next, r.err = s.worker.Wake(l.workCtx, now)
	})
}

// woken is called when a wake has ended.
func (s *slot) woken(r result, elapsed time.Duration) {
	s.running = false
	if r.err != nil {
		s.failures++
		s.retry = elapsed + s.backoff()
		return
	}
	s.failures, s.next = 0, r.next.Round(0)
	if earliest := r.now.Add(minDelay); !s.next.IsZero() && s.next.Before(earliest) {
		s.next = earliest
	}
}

// backoff is the wait after the last failure.
func (s *slot) backoff() time.Duration {
	return min(firstRetry<<min(max(s.failures-1, 0), 10), maxRetry)
}

// reportHung logs wakes that do not return, each once.
func (l *loop) reportHung(elapsed time.Duration) {
	hung := ""
	for _, s := range l.slots {
		if !s.running || elapsed-s.started < hungAfter {
			continue
		}
		hung = s.name
		if !s.hungLogged {
			s.hungLogged = true
			l.config.Log.Error("wake "+s.name, "error", "it has not returned in "+hungAfter.String())
		}
	}
	l.state.update(func(s *snapshot) { s.hung = hung })
}
