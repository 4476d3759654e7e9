package engine

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"rapport/internal/alarm"
	"rapport/internal/ledger"
	"rapport/internal/report"
)

// A clockedSource is a source that tells the time. Our clock alone decides nothing that is
// final: one that is ahead would report days that are not over, for good.
type clockedSource interface {
	ServerTime() (t time.Time, known bool)
	AskServerTime(ctx context.Context) (time.Time, error)
}

// How far the clock may be from the source's.
const (
	clockWarning = 2 * time.Minute
	clockAlarm   = 10 * time.Minute
)

// askingTime is how long the source is asked for the time.
const askingTime = 30 * time.Second

// A sourceClock holds our clock against the source's.
type sourceClock struct {
	Config
	alarms *alarm.Notifier
	warned atomic.Bool // that they differ a little was said
}

// time is the time as the source told it last; not known, as long as it was not asked, and
// of one without a clock.
func (c *sourceClock) time() (t time.Time, known bool) {
	if source, ok := c.Builder.Source.(clockedSource); ok {
		return source.ServerTime()
	}
	return time.Time{}, false
}

// witnessed is now, or the source's time where that is earlier: what is final is decided by
// it. A source that has a clock and cannot be asked is an error.
func (c *sourceClock) witnessed(ctx context.Context, now time.Time) (time.Time, error) {
	source, ok := c.Builder.Source.(clockedSource)
	if !ok {
		return now, nil
	}
	ctx, cancel := context.WithTimeout(ctx, askingTime)
	defer cancel()
	theirs, err := source.AskServerTime(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("the source's clock: %w", err)
	}
	if theirs.Before(now) {
		return theirs, nil
	}
	return now, nil
}

// A notOverError says that a period is not over by the source's clock.
type notOverError struct {
	ours, theirs time.Time
	wait         time.Duration
}

func (e *notOverError) Error() string {
	return fmt.Sprintf("not over by the source's clock, which says %s — this machine says %s; is its time kept by NTP?",
		e.theirs.Format(time.RFC3339), e.ours.UTC().Format(time.RFC3339))
}

// requireOver refuses a period that is not over by the source's clock, as far as that is known.
func (c *sourceClock) requireOver(j report.Job) error {
	theirs, known := c.time()
	if !known || !theirs.Before(j.Period.To.Add(-time.Second)) { // it tells whole seconds
		return nil
	}
	return &notOverError{ours: c.Clock(), theirs: theirs.UTC(), wait: j.Period.To.Sub(theirs)}
}

// check holds the clock against the source's, unless somebody made it up.
func (c *sourceClock) check(ctx context.Context) {
	theirs, known := c.time()
	if !known || !c.RealClock {
		return
	}
	now := c.Clock()
	apart := now.Sub(theirs).Abs()
	if apart > clockAlarm {
		c.alarms.Raise(ctx, ledger.AlarmClockDiffers, c.Account.ID, now, alarm.Instant(now), "Dintero", alarm.Instant(theirs))
		return
	}
	c.alarms.Resolve(ctx, ledger.AlarmClockDiffers, c.Account.ID, now)
	if apart > clockWarning && c.warned.CompareAndSwap(false, true) {
		c.Log.Warn("the clock differs from the source's", "account", c.Account.ID, "ours", now.UTC().Format(time.RFC3339), "theirs", theirs.UTC().Format(time.RFC3339))
	}
}
