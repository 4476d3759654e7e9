package daemon

import (
	"context"
	"fmt"
	"time"
)

func (l *loop) load(ctx context.Context) func(*finished) {
	return func(f *finished) { f.tenants, f.err = l.config.Load(ctx, l.poke) }
}

// reload begins to read the configurations again. The old ones work until it is done.
func (l *loop) reload(ctx context.Context) {
	if l.open[task{what: loading}] {
		l.reloadAgain = true
		return
	}
	// Whoever asks for it later than the alarm knows about the clock.
	l.accepting = l.clock.held
	l.notify(l.config.Notify.Reloading())
	l.spawn(task{what: loading}, l.load(ctx))
}

// swap puts the new tenants in place of the old ones, or keeps those and says why.
func (l *loop) swap(f finished) {
	now, elapsed := l.read()
	l.refused = f.err
	l.state.refused(f.err != nil)
	l.config.Metrics.reloaded(now, f.err)
	if f.err != nil {
		attrs := []any{"error", f.err}
		if f.stack != nil {
			attrs = append(attrs, "stack", string(f.stack))
		}
		l.config.Log.Error("reload refused, the configuration stays as it was", attrs...)
	} else {
		l.config.Log.Info("reloaded", "configurations", len(f.tenants))
		l.retire()
		l.seat(f.tenants)
		if l.accepting {
			l.clock.accept(now, elapsed)
		} else if l.clock.held {
			l.hold(now)
		}
	}
	l.told = l.status(now)
	l.notify(l.config.Notify.Ready(l.told))
}

// retire lets the tenants end what they are at. Nobody wakes them any more.
func (l *loop) retire() {
	for _, s := range l.seats {
		l.spawn(task{s, draining}, func(f *finished) { f.err = s.tenant.Drain(l.life) })
	}
	l.seats = nil
}

// status is a line for people.
func (l *loop) status(now time.Time) string {
	if l.clock.held {
		return "held: " + l.clock.why()
	}
	if l.refused != nil {
		return fmt.Sprintf("reload refused: %v", l.refused)
	}
	var next time.Time
	for _, s := range l.seats {
		if !s.next.IsZero() && (next.IsZero() || s.next.Before(next)) {
			next = s.next
		}
	}
	text := fmt.Sprintf("%d configurations at work", len(l.seats))
	if len(l.seats) == 1 {
		text = "1 configuration at work"
	}
	if !next.After(now) {
		return text
	}
	return text + ", next at " + next.Format(time.RFC3339)
}
