// Package daemon waits: it wakes the tenants when they asked to be woken, takes a new
// configuration whole or not at all, watches the clock, and ends in order. It refuses to
// know what a report is, to remember anything over a restart, and to start anything while
// the clock is not to be believed.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// A Tenant is the work of one configuration. Its own workers do it; the daemon only wakes
// it. If it is a fmt.Stringer too, that is its name in the log. Its methods are called
// from several goroutines, Hold and Drain also while a Wake is under way.
type Tenant interface {
	// Wake starts what is ready at now, in the background, and says when to wake it next
	// at the latest (zero: only when poked). It returns soon, whatever its work does. It
	// is never called twice at once. ctx does not end with the daemon's: it ends when the
	// grace for Drain is over.
	Wake(ctx context.Context, now time.Time) (next time.Time, err error)
	// Hold tells it, once, that the clock jumped forward by jump and nothing will be
	// started until somebody says so.
	Hold(ctx context.Context, now time.Time, jump time.Duration)
	// Drain starts nothing more and returns when what is under way is over, or ctx ends.
	Drain(ctx context.Context) error
}

// Config is what a Daemon works with. Only Load is required.
type Config struct {
	// Load reads all configurations whole and makes their tenants, or changes nothing and
	// says why. poke asks for a Wake soon, of every tenant; it never blocks. Called at the
	// start and for each reload, never twice at once.
	Load    func(ctx context.Context, poke func()) ([]Tenant, error)
	Reload  <-chan struct{}                 // asks for a Load
	MaxJump func() time.Duration            // a forward jump of the clock beyond it holds; nil or zero: 35 days
	Now     func() time.Time                // wall clock; nil: time.Now
	Elapsed func() time.Duration            // monotonic, never negative; nil: since New
	Look    time.Duration                   // the longest sleep between two looks at the wall clock; zero: a minute
	Grace   time.Duration                   // how long Drain may take after ctx ends; zero: 80 s, which fits into systemd's 90 s
	Notify  *Notifier                       // systemd; may be nil
	Metrics *Metrics                        // learns of reloads, holds and failures; may be nil
	Ready   func(ctx context.Context) error // asked by /readyz besides our own state; may be nil
	Log     *slog.Logger                    // nil: nothing is logged
}

const (
	defaultGrace   = 80 * time.Second
	defaultMaxJump = 35 * 24 * time.Hour
	// Timers do not see the wall clock being set; a look at it each minute does.
	minute = time.Minute
)

// A Daemon runs once.
type Daemon struct {
	config Config
	idle   time.Duration // the longest sleep
	state  state
}

// New starts nothing yet.
func New(c Config) *Daemon {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Elapsed == nil {
		start := time.Now()
		c.Elapsed = func() time.Duration { return time.Since(start) }
	}
	if c.Grace <= 0 {
		c.Grace = defaultGrace
	}
	if c.Look <= 0 {
		c.Look = minute
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Metrics.tellTo(c.Log)
	idle := c.Look
	if half := c.Notify.Interval() / 2; half > 0 {
		idle = min(idle, half)
	}
	return &Daemon{config: c, idle: idle}
}

// Run works until ctx ends, then drains. An error of the first Load is returned as it is.
// What did not end within Grace is an error.
func (d *Daemon) Run(ctx context.Context) error {
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	l := newLoop(d, work)
	defer close(l.over)
	waker, err := newWaker(d.idle)
	if err != nil {
		return fmt.Errorf("start the timer: %w", err)
	}
	defer func() {
		if err := waker.stop(); err != nil {
			d.config.Log.Warn("the timer did not stop", "error", err)
		}
	}()
	l.waker = waker
	l.spawn(task{what: loading}, l.load(ctx))
	select {
	case <-ctx.Done():
		return l.drain(cut)
	case first := <-l.done:
		delete(l.open, first.task)
		if first.err != nil && ctx.Err() != nil && errors.Is(first.err, ctx.Err()) {
			return nil
		}
		if first.err != nil {
			return first.err
		}
		l.begin(first.tenants)
	}
	return l.work(ctx, cut)
}

// begin takes the first tenants and believes the clock.
func (l *loop) begin(tenants []Tenant) {
	now, elapsed := l.read()
	l.clock.accept(now, elapsed)
	l.seat(tenants)
	l.config.Metrics.reloaded(now, nil)
	l.config.Log.Info("started", "configurations", len(l.seats))
	l.told = l.status(now)
	l.notify(l.config.Notify.Ready(l.told))
}
