package daemon

import (
	"context"
	"fmt"
	"rapport/internal/text"
	"runtime/debug"
	"time"
)

// A loop is what Run works with. Only its own goroutine touches it.
type loop struct {
	*Daemon
	workCtx      context.Context // of the workers
	timer        *timer
	clock        clock
	slots        []*slot
	wakeRequests chan struct{}
	reloads      <-chan struct{}

	running map[task]bool // in a goroutine of its own
	results chan result
	closed  chan struct{} // closed when nobody reads results any more

	reloadAgain     bool   // requested while one was under way
	acceptClock     bool   // the reload under way was requested while the clock was distrusted
	refused         error  // why the last reload changed nothing
	lastStatus      string // as systemd was told
	lastNotifyError string
}

// A task runs beside the loop, for a slot or, loading, for none.
type task struct {
	slot *slot
	kind string
}

const (
	loading  = "load"
	waking   = "wake"
	holding  = "hold"
	draining = "drain"
)

// A result is how a task ended.
type result struct {
	task
	now     time.Time // that a wake was given
	next    time.Time // that it gave
	workers []Worker  // of a load
	err     error
	stack   []byte // of a panic
}

func newLoop(d *Daemon, workCtx context.Context) *loop {
	return &loop{
		Daemon: d, workCtx: workCtx, wakeRequests: make(chan struct{}, 1), reloads: d.config.Reload,
		running: map[task]bool{}, results: make(chan result), closed: make(chan struct{}),
	}
}

// requestWake may be called from any goroutine, at any time.
func (l *loop) requestWake() {
	select {
	case l.wakeRequests <- struct{}{}:
	default:
	}
}

// spawn runs do beside the loop. A panic in it is its error.
func (l *loop) spawn(t task, do func(*result)) {
	l.running[t] = true
	go func() {
		r := result{task: t}
		defer func() {
			if p := recover(); p != nil {
				r.err, r.stack = fmt.Errorf("panic: %v", p), debug.Stack()
			}
			select {
			case l.results <- r:
			case <-l.closed:
			}
		}()
		do(&r)
	}()
}

// read returns the wall clock, without the monotonic reading that would hide its jumps,
// and the monotonic clock.
func (l *loop) read() (now time.Time, elapsed time.Duration) {
	return l.config.Now().Round(0), l.config.Elapsed()
}

// run iterates until ctx ends.
func (l *loop) run(ctx context.Context, cancelWork func()) error {
	for ctx.Err() == nil {
		l.iterate()
		select {
		case <-ctx.Done():
		case <-l.timer.ticks:
		case <-l.wakeRequests:
			l.wakeAll()
		case r := <-l.results:
			l.finish(ctx, r)
		case _, open := <-l.reloads:
			if !open {
				l.reloads = nil
				continue
			}
			l.reload(ctx)
		}
	}
	return l.drain(cancelWork)
}

// iterate checks the clock, wakes the workers that are due, and sets the timer.
func (l *loop) iterate() {
	now, elapsed := l.read()
	l.checkClock(now, elapsed)
	sleep := l.maxSleep
	for _, s := range l.slots {
		if l.clock.distrusted {
			break
		}
		wait := s.wait(now, elapsed)
		if wait <= 0 {
			l.wake(s, now, elapsed)
			continue
		}
		sleep = min(sleep, wait)
	}
	l.reportHung(elapsed)
	if err := l.timer.set(sleep); err != nil {
		l.config.Log.Error("the timer was not set", "error", err)
	}
	l.state.update(func(s *snapshot) { s.started, s.lastIteration = true, elapsed })
	if status := l.status(now); status != l.lastStatus {
		l.notify(l.config.Notify.Status(status))
		l.lastStatus = status
	}
	l.notify(l.config.Notify.Watchdog())
}

// wakeAll has every worker woken at the next iteration.
func (l *loop) wakeAll() {
	for _, s := range l.slots {
		s.wakeRequested = true
	}
}

// finish takes note of a task that ended.
func (l *loop) finish(ctx context.Context, r result) {
	delete(l.running, r.task)
	_, elapsed := l.read()
	switch r.kind {
	case loading:
		l.swap(r)
		if l.reloadAgain {
			l.reloadAgain = false
			l.reload(ctx)
		}
	case waking:
		if r.slot.failures > 0 && r.err == nil {
			l.config.Log.Info("wake " + r.slot.name + " works again")
			r.slot.loggedFailure = ""
		}
		r.slot.woken(r, elapsed)
	}
	if r.err != nil && r.kind != loading {
		l.logFailure(r)
	}
}

func (l *loop) logFailure(r result) {
	attrs := []any{"error", r.err}
	if r.kind == waking {
		l.config.Metrics.wakeFailed()
		known := r.slot.loggedFailure
		r.slot.loggedFailure = r.err.Error()
		if text.SameButNumbers(known, r.err.Error()) {
			return
		}
	}
	if r.stack != nil {
		attrs = append(attrs, "stack", string(r.stack))
	}
	l.config.Log.Error(r.kind+" "+r.slot.name, attrs...)
}

// notify logs that systemd could not be told, each new reason once.
func (l *loop) notify(err error) {
	if err == nil {
		l.lastNotifyError = ""
		return
	}
	if text := err.Error(); text != l.lastNotifyError {
		l.lastNotifyError = text
		l.config.Log.Warn("systemd was not told", "error", err)
	}
}
