// Package daemon wakes the workers of the configurations when they asked for it, takes a
// new set of configurations whole or not at all, watches the wall clock, and drains before
// the end. It refuses to know what a report is, to remember anything over a restart, and to
// start anything while the wall clock is not to be believed.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// A Worker does the work of one configuration. The daemon only wakes it. A Worker that is a
// fmt.Stringer is logged under that name. Its methods are called from several goroutines,
// Hold and Drain also while a Wake is under way.
type Worker interface {
	// Wake starts in the background what is ready at now, and says when to wake it next at
	// the latest (zero: only on request). It returns soon, whatever its work does. It is
	// never called twice at once. ctx ends when the grace for Drain is over, not before.
	Wake(ctx context.Context, now time.Time) (next time.Time, err error)
	// Hold tells it, once, that the clock jumped forward by jump and that nothing is
	// started until an operator says so.
	Hold(ctx context.Context, now time.Time, jump time.Duration)
	// Retire has it start nothing more, before another one with newer reports starts at all.
	// It returns at once. Drain follows.
	Retire()
	// Drain starts nothing more and returns when what is under way is over, or ctx ends.
	// It is called once.
	Drain(ctx context.Context) error
}

// Config is what a Daemon works with. Only Load is required.
type Config struct {
	// Load reads all configurations and makes their workers, or changes nothing and says
	// why. requestWake asks for a Wake of every worker soon; it never blocks. Load is
	// called at the start and for each reload, never twice at once.
	Load     func(ctx context.Context, requestWake func()) ([]Worker, error)
	Reload   <-chan struct{}                 // asks for a Load
	MaxJump  func() time.Duration            // a longer forward jump of the clock holds; nil or zero: 35 days
	Now      func() time.Time                // wall clock; nil: time.Now
	Elapsed  func() time.Duration            // monotonic clock, never negative; nil: since New
	MaxSleep time.Duration                   // between two looks at the wall clock; zero: a minute
	Grace    time.Duration                   // for Drain after ctx ends; zero: 80 s, which fits into systemd's 90 s
	Notify   *Notifier                       // systemd; may be nil
	Metrics  *Metrics                        // counts reloads, holds and failures; may be nil
	Ready    func(ctx context.Context) error // asked by /readyz besides our own state, once a second at most; may be nil
	Log      *slog.Logger                    // nil: nothing is logged
}

const (
	defaultGrace   = 80 * time.Second
	defaultMaxJump = 35 * 24 * time.Hour
	// Timers do not see the wall clock being set; a look at it each minute does.
	defaultMaxSleep = time.Minute
)

// A Daemon runs once.
type Daemon struct {
	config    Config
	maxSleep  time.Duration // short enough for the watchdog too
	state     state
	readiness readiness
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
	if c.MaxSleep <= 0 {
		c.MaxSleep = defaultMaxSleep
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Metrics.logTo(c.Log)
	maxSleep := c.MaxSleep
	if half := c.Notify.Interval() / 2; half > 0 {
		maxSleep = min(maxSleep, half)
	}
	return &Daemon{config: c, maxSleep: maxSleep}
}

// Run works until ctx ends, then drains. An error of the first Load is returned as it is.
// What did not end within Grace is an error.
func (d *Daemon) Run(ctx context.Context) error {
	workCtx, cancelWork := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelWork()
	l := newLoop(d, workCtx)
	defer close(l.closed)
	timer, err := newTimer(d.maxSleep)
	if err != nil {
		return fmt.Errorf("start the timer: %w", err)
	}
	defer func() {
		if err := timer.stop(); err != nil {
			d.config.Log.Warn("the timer did not stop", "error", err)
		}
	}()
	l.timer = timer
	l.spawn(task{kind: loading}, l.load(ctx))
	select {
	case <-ctx.Done():
		return l.drain(cancelWork)
	case first := <-l.results:
		delete(l.running, first.task)
		if first.err != nil && ctx.Err() != nil && errors.Is(first.err, ctx.Err()) {
			return nil
		}
		if first.err != nil {
			return first.err
		}
		l.begin(first.workers)
	}
	return l.run(ctx, cancelWork)
}

// begin takes the first workers and believes the clock.
func (l *loop) begin(workers []Worker) {
	now, elapsed := l.read()
	l.clock.accept(now, elapsed)
	l.assign(workers)
	l.config.Metrics.reloaded(now, nil)
	l.config.Log.Info("started", "configurations", len(l.slots))
	l.lastStatus = l.status(now)
	l.notify(l.config.Notify.Ready(l.lastStatus))
}
