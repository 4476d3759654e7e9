package daemon

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// A loop is what Run works with. Only its own goroutine touches it.
type loop struct {
	*Daemon
	life    context.Context // of the tenants' work
	waker   *waker
	clock   clock
	seats   []*seat
	pokes   chan struct{}
	reloads <-chan struct{}

	open map[task]bool // what runs beside the loop
	done chan finished
	over chan struct{} // closed when nobody reads done any more

	reloadAgain bool   // asked for while one was under way
	accepting   bool   // the reload under way was asked for while the clock was held
	refused     error  // why the last reload changed nothing
	told        string // the status, as systemd knows it
	deaf        string // why systemd could not be told
}

// A task is something that runs beside the loop, for a seat or, loading, for none.
type task struct {
	seat *seat
	what string
}

const (
	loading  = "load"
	waking   = "wake"
	holding  = "hold"
	draining = "drain"
)

type finished struct {
	task
	now     time.Time // what a wake was told
	next    time.Time
	tenants []Tenant
	err     error
	stack   []byte // of a panic
}

func newLoop(d *Daemon, life context.Context) *loop {
	return &loop{
		Daemon: d, life: life, pokes: make(chan struct{}, 1), reloads: d.config.Reload,
		open: map[task]bool{}, done: make(chan finished), over: make(chan struct{}),
	}
}

// poke may come from anywhere, at any time.
func (l *loop) poke() {
	select {
	case l.pokes <- struct{}{}:
	default:
	}
}

// spawn runs do beside the loop. A panic in it is its error.
func (l *loop) spawn(t task, do func(*finished)) {
	l.open[t] = true
	go func() {
		f := finished{task: t}
		defer func() {
			if p := recover(); p != nil {
				f.err, f.stack = fmt.Errorf("panic: %v", p), debug.Stack()
			}
			select {
			case l.done <- f:
			case <-l.over:
			}
		}()
		do(&f)
	}()
}

// read returns the wall clock, without the monotonic reading that would hide its jumps,
// and the monotonic one.
func (l *loop) read() (now time.Time, elapsed time.Duration) {
	return l.config.Now().Round(0), l.config.Elapsed()
}

// work turns until ctx ends.
func (l *loop) work(ctx context.Context, cut func()) error {
	for ctx.Err() == nil {
		l.turn()
		select {
		case <-ctx.Done():
		case <-l.waker.rings:
		case <-l.pokes:
			l.ask()
		case f := <-l.done:
			l.finish(ctx, f)
		case _, open := <-l.reloads:
			if !open {
				l.reloads = nil
				continue
			}
			l.reload(ctx)
		}
	}
	return l.drain(cut)
}

// turn looks at the clock, wakes who is to be woken, and sets the timer.
func (l *loop) turn() {
	now, elapsed := l.read()
	l.look(now, elapsed)
	rest := l.idle
	for _, s := range l.seats {
		if l.clock.held {
			break
		}
		wait := s.wait(now, elapsed)
		if wait <= 0 {
			l.wake(s, now, elapsed)
			continue
		}
		rest = min(rest, wait)
	}
	l.missing(elapsed)
	if err := l.waker.set(rest); err != nil {
		l.config.Log.Error("the timer was not set", "error", err)
	}
	l.state.turned(elapsed)
	if status := l.status(now); status != l.told {
		l.notify(l.config.Notify.Status(status))
		l.told = status
	}
	l.notify(l.config.Notify.Watchdog())
}

// ask has every tenant woken.
func (l *loop) ask() {
	for _, s := range l.seats {
		s.asked = true
	}
}

// finish takes note of what ended beside the loop.
func (l *loop) finish(ctx context.Context, f finished) {
	delete(l.open, f.task)
	_, elapsed := l.read()
	switch f.what {
	case loading:
		l.swap(f)
		if l.reloadAgain {
			l.reloadAgain = false
			l.reload(ctx)
		}
	case waking:
		f.seat.woken(f, elapsed)
	}
	if f.err != nil && f.what != loading {
		l.fault(f)
	}
}

// fault logs what went wrong beside the loop.
func (l *loop) fault(f finished) {
	attrs := []any{"error", f.err}
	if f.what == waking {
		l.config.Metrics.wakeFailed()
	}
	if f.stack != nil {
		attrs = append(attrs, "stack", string(f.stack))
	}
	l.config.Log.Error(f.what+" "+f.seat.name, attrs...)
}

// notify logs that systemd could not be told, but not at each turn.
func (l *loop) notify(err error) {
	if err == nil {
		l.deaf = ""
		return
	}
	if text := err.Error(); text != l.deaf {
		l.deaf = text
		l.config.Log.Warn("systemd was not told", "error", err)
	}
}
