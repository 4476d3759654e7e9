// Package sourceclock holds our clock against the source's: what is final is decided by the
// earlier of the two. It refuses to call a period over that the source says is not.
package sourceclock

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"rapport/internal/alarm"
	"rapport/internal/ledger"
	"rapport/internal/report"
)

// A Source is one that tells the time. Our clock alone decides nothing that is
// final: one that is ahead would report days that are not over, for good.
type Source interface {
	ServerTime() (t time.Time, known bool)
	AskServerTime(ctx context.Context) (time.Time, error)
}

// How far the clock may be from the source's: Warning is what nobody minds.
const (
	Warning    = 2 * time.Minute
	clockAlarm = 10 * time.Minute
)

// askingTime is how long the source is asked for the time.
const askingTime = 30 * time.Second

// A Clock holds our clock against the source's.
type Clock struct {
	Account   string
	Source    any              // one with a clock may be a [Source]
	Now       func() time.Time // ours
	RealClock bool             // it is the machine's
	Alarms    *alarm.Notifier
	Log       *slog.Logger
	warned    atomic.Bool // that they differ a little was said
}

// Time is the time as the source told it last; not known, as long as it was not asked, and
// of one without a clock.
func (c *Clock) Time() (t time.Time, known bool) {
	if source, ok := c.Source.(Source); ok {
		return source.ServerTime()
	}
	return time.Time{}, false
}

// Witnessed is now, or the source's time where that is earlier: what is final is decided by
// it. A source that has a clock and cannot be asked is an error.
func (c *Clock) Witnessed(ctx context.Context, now time.Time) (time.Time, error) {
	source, ok := c.Source.(Source)
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

// A NotOverError says that a period is not over by the source's clock.
type NotOverError struct {
	ours, theirs time.Time
	Wait         time.Duration
}

func (e *NotOverError) Error() string {
	return fmt.Sprintf("not over by the source's clock, which says %s — this machine says %s; is its time kept by NTP?",
		e.theirs.Format(time.RFC3339), e.ours.UTC().Format(time.RFC3339))
}

// RequireOver refuses a period that is not over by the source's clock, as far as that is known.
func (c *Clock) RequireOver(j report.Job) error {
	theirs, known := c.Time()
	if !known || !theirs.Before(j.Period.To.Add(-time.Second)) { // it tells whole seconds
		return nil
	}
	return &NotOverError{ours: c.Now(), theirs: theirs.UTC(), Wait: j.Period.To.Sub(theirs)}
}

// Check holds the clock against the source's, unless somebody made it up.
func (c *Clock) Check(ctx context.Context) {
	theirs, known := c.Time()
	if !known || !c.RealClock {
		return
	}
	now := c.Now()
	apart := now.Sub(theirs).Abs()
	if apart > clockAlarm {
		c.Alarms.Raise(ctx, ledger.AlarmClockDiffers, c.Account, now, alarm.Instant(now), "Dintero", alarm.Instant(theirs))
		return
	}
	c.Alarms.Resolve(ctx, ledger.AlarmClockDiffers, c.Account, now)
	if apart > Warning && c.warned.CompareAndSwap(false, true) {
		c.Log.Warn("the clock differs from the source's", "account", c.Account, "ours", now.UTC().Format(time.RFC3339), "theirs", theirs.UTC().Format(time.RFC3339))
	}
}
