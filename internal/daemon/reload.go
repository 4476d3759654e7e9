package daemon

import (
	"context"
	"fmt"
	"time"
)

func (l *loop) load(ctx context.Context) func(*result) {
	return func(r *result) { r.workers, r.err = l.config.Load(ctx, l.requestWake) }
}

// reload begins to read the configurations again. The old workers go on until it is done.
func (l *loop) reload(ctx context.Context) {
	if l.running[task{kind: loading}] {
		l.reloadAgain = true
		return
	}
	// Whoever requests a reload after the alarm knows about the clock.
	l.acceptClock = l.clock.distrusted
	l.notify(l.config.Notify.Reloading())
	l.spawn(task{kind: loading}, l.load(ctx))
}

// swap puts the new workers in place of the old ones, or keeps those and says why.
func (l *loop) swap(r result) {
	now, elapsed := l.read()
	l.refused = r.err
	l.state.update(func(s *snapshot) { s.reloadRefused = r.err != nil })
	l.config.Metrics.reloaded(now, r.err)
	if r.err != nil {
		attrs := []any{"error", r.err}
		if r.stack != nil {
			attrs = append(attrs, "stack", string(r.stack))
		}
		l.config.Log.Error("reload refused, the configuration stays as it was", attrs...)
	} else {
		l.config.Log.Info("reloaded", "configurations", len(r.workers))
		l.retire()
		l.assign(r.workers)
		if l.acceptClock {
			l.clock.accept(now, elapsed)
		} else if l.clock.distrusted {
			l.hold(now)
		}
	}
	l.lastStatus = l.status(now)
	l.notify(l.config.Notify.Ready(l.lastStatus))
}

// retire drains the workers. Nobody wakes them any more.
func (l *loop) retire() {
	for _, s := range l.slots {
		s.worker.Retire()
		l.spawn(task{s, draining}, func(r *result) { r.err = s.worker.Drain(l.workCtx) })
	}
	l.slots = nil
}

// status is a line for people.
func (l *loop) status(now time.Time) string {
	if l.clock.distrusted {
		return holdReason(l.clock.jump)
	}
	if l.refused != nil {
		return fmt.Sprintf("reload refused: %v", l.refused)
	}
	var next time.Time
	for _, s := range l.slots {
		if !s.next.IsZero() && (next.IsZero() || s.next.Before(next)) {
			next = s.next
		}
	}
	text := fmt.Sprintf("%d configurations at work", len(l.slots))
	if len(l.slots) == 1 {
		text = "1 configuration at work"
	}
	if !next.After(now) {
		return text
	}
	return text + ", next at " + next.Format(time.RFC3339)
}
