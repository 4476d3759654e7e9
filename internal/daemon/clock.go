package daemon

import (
	"fmt"
	"time"
)

// A clock judges the wall clock by the monotonic one.
type clock struct {
	zero time.Time     // the wall clock when the monotonic one was zero, as far as it is believed
	most time.Duration // a jump beyond it is not believed
	held bool
	jump time.Duration // how far the wall clock is ahead of where it should be
}

// A step is smaller than this if it is the usual correction by NTP.
const noticeable = time.Second

type change int

const (
	none change = iota
	forward
	back
	jumped   // forward, too far to be believed
	returned // after that
)

// look compares the clocks with the last look. A jump beyond most holds, and goes on
// holding until the clock is back or accepted.
func (c *clock) look(now time.Time, elapsed time.Duration) change {
	c.jump = now.Sub(c.zero.Add(elapsed))
	if c.jump > c.most {
		was := c.held
		c.held = true
		if was {
			return none
		}
		return jumped
	}
	was, jump := c.held, c.jump
	c.accept(now, elapsed)
	switch {
	case was:
		return returned
	case jump > noticeable:
		c.jump = jump
		return forward
	case jump < -noticeable:
		c.jump = jump
		return back
	}
	return none
}

// accept believes the wall clock.
func (c *clock) accept(now time.Time, elapsed time.Duration) {
	c.zero, c.held, c.jump = now.Add(-elapsed), false, 0
}

// look acts on what the clock did.
func (l *loop) look(now time.Time, elapsed time.Duration) {
	switch l.clock.look(now, elapsed) {
	case forward:
		l.config.Log.Info("the clock went forward by "+span(l.clock.jump)+", or the machine slept", "now", now)
		l.ask()
	case back:
		l.config.Log.Warn("the clock went back by "+span(-l.clock.jump), "now", now)
		l.ask()
	case returned:
		l.config.Log.Info("the clock is right again, reports are started", "now", now)
		l.ask()
	case jumped:
		l.config.Log.Error("held: "+l.clock.why(), "now", now)
		l.hold(now)
	}
	l.config.Metrics.holds(l.clock.held)
	l.state.holds(l.clock.held, l.clock.jump)
}

// hold tells every tenant.
func (l *loop) hold(now time.Time) {
	jump := l.clock.jump
	for _, s := range l.seats {
		t := task{s, holding}
		if l.open[t] {
			continue
		}
		l.spawn(t, func(*finished) { s.tenant.Hold(l.life, now, jump) })
	}
}

func (c *clock) why() string {
	return "the clock jumped forward by " + span(c.jump) + " and no report is started — set it back, or reload the service if it is right"
}

// span is a length of time as one says it.
func span(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.Round(time.Second).String()
}
