package daemon

import (
	"context"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
)

const (
	minTick     = 10 * time.Millisecond
	stopTimeout = 2 * time.Second
)

// A timer ticks after the time it was set to, and again after each such time until it is set
// anew. A tick is a reason to look, never a reason to do something. gocron is there because
// the project's owner asked for it; a time.Timer would do.
type timer struct {
	scheduler gocron.Scheduler
	job       uuid.UUID
	ticks     chan struct{}
}

// steadyClock cannot be set. gocron reckons in wall time: with the real clock it sleeps for
// as long as that is set back, and counts every interval of a jump forward one by one.
type steadyClock struct {
	clockwork.Clock
	start time.Time
}

func (c steadyClock) Now() time.Time { return c.start.Add(time.Since(c.start)) }

func newTimer(first time.Duration) (*timer, error) {
	scheduler, err := gocron.NewScheduler(
		gocron.WithClock(steadyClock{clockwork.NewRealClock(), time.Now()}),
		gocron.WithLocation(time.UTC),
		gocron.WithStopTimeout(stopTimeout),
	)
	if err != nil {
		return nil, err
	}
	t := &timer{scheduler: scheduler, ticks: make(chan struct{}, 1)}
	// An interval and not an instant: for an instant that is over when gocron comes to see
	// it, gocron searches for a later one for ever.
	job, err := scheduler.NewJob(gocron.DurationJob(max(first, minTick)), gocron.NewTask(t.tick))
	if err != nil {
		scheduler.Shutdown()
		return nil, err
	}
	t.job = job.ID()
	scheduler.Start()
	return t, nil
}

func (t *timer) tick() {
	select {
	case t.ticks <- struct{}{}:
	default:
	}
}

// set is to be called after each tick: a tick that was under way while it was set may have
// put it off by as much again.
func (t *timer) set(after time.Duration) error {
	_, err := t.scheduler.Update(t.job, gocron.DurationJob(max(after, minTick)), gocron.NewTask(t.tick))
	return err
}

func (t *timer) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*stopTimeout)
	defer cancel()
	return t.scheduler.ShutdownWithContext(ctx)
}
