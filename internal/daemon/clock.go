package daemon

import (
	"fmt"
	"time"
)

// A clock checks the wall clock against the monotonic one.
type clock struct {
	base       time.Time     // the wall clock when the monotonic one was zero, as last believed
	maxJump    time.Duration // a longer forward jump is not believed
	distrusted bool
	jump       time.Duration // how far the wall clock is ahead of where it should be
}

// noticeable steps are more than the usual correction by NTP.
const noticeable = time.Second

type clockChange int

const (
	unchanged clockChange = iota
	forward
	back
	jumped   // forward, too far to be believed
	returned // after that
)

// check compares the clocks with the last check. A jump beyond maxJump is distrusted until
// the clock is back or accepted.
func (c *clock) check(now time.Time, elapsed time.Duration) clockChange {
	c.jump = now.Sub(c.base.Add(elapsed))
	if c.jump > c.maxJump {
		known := c.distrusted
		c.distrusted = true
		if known {
			return unchanged
		}
		return jumped
	}
	wasDistrusted, jump := c.distrusted, c.jump
	c.accept(now, elapsed)
	switch {
	case wasDistrusted:
		return returned
	case jump > noticeable:
		c.jump = jump
		return forward
	case jump < -noticeable:
		c.jump = jump
		return back
	}
	return unchanged
}

// accept believes the wall clock.
func (c *clock) accept(now time.Time, elapsed time.Duration) {
	c.base, c.distrusted, c.jump = now.Add(-elapsed), false, 0
}

// checkClock acts on what the clock did.
func (l *loop) checkClock(now time.Time, elapsed time.Duration) {
	switch l.clock.check(now, elapsed) {
	case forward:
		l.config.Log.Info("the clock went forward by "+formatDuration(l.clock.jump)+", or the machine slept", "now", now)
		l.wakeAll()
	case back:
		l.config.Log.Warn("the clock went back by "+formatDuration(-l.clock.jump), "now", now)
		l.wakeAll()
	case returned:
		l.config.Log.Info("the clock is right again, reports are started", "now", now)
		l.wakeAll()
	case jumped:
		l.config.Log.Error(holdReason(l.clock.jump), "now", now)
		l.hold(now)
	}
	l.config.Metrics.setHeld(l.clock.distrusted)
	l.state.update(func(s *snapshot) { s.held, s.jump = l.clock.distrusted, l.clock.jump })
}

// hold tells every worker.
func (l *loop) hold(now time.Time) {
	jump := l.clock.jump
	for _, s := range l.slots {
		t := task{s, holding}
		if l.running[t] {
			continue
		}
		l.spawn(t, func(*result) { s.worker.Hold(l.workCtx, now, jump) })
	}
}

func holdReason(jump time.Duration) string {
	return "held: the clock jumped forward by " + formatDuration(jump) + " and no report is started — set it back, or reload the service if it is right"
}

// formatDuration writes whole days from two days on.
func formatDuration(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.Round(time.Second).String()
}
