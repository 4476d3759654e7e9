package daemon

import (
	"context"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
)

const (
	shortest    = 10 * time.Millisecond // between two rings
	stopTimeout = 2 * time.Second
)

// A waker rings after the time it was set to, and again after each such time until it is
// set anew: a ring is a reason to look, never a reason to do something.
type waker struct {
	scheduler gocron.Scheduler
	job       uuid.UUID
	rings     chan struct{}
}

// steady is a clock that nobody can set. The scheduler reckons in wall time: with the
// real one it sleeps for as long as the clock is set back, and counts every interval of
// a jump forward one by one.
type steady struct {
	clockwork.Clock
	start time.Time
}

func (s steady) Now() time.Time { return s.start.Add(time.Since(s.start)) }

func newWaker(first time.Duration) (*waker, error) {
	scheduler, err := gocron.NewScheduler(
		gocron.WithClock(steady{clockwork.NewRealClock(), time.Now()}),
		gocron.WithLocation(time.UTC),
		gocron.WithStopTimeout(stopTimeout),
	)
	if err != nil {
		return nil, err
	}
	w := &waker{scheduler: scheduler, rings: make(chan struct{}, 1)}
	// An interval and not a moment: a moment that is over when the scheduler comes to
	// see it has it search for a later one, for ever.
	job, err := scheduler.NewJob(gocron.DurationJob(max(first, shortest)), gocron.NewTask(w.ring))
	if err != nil {
		scheduler.Shutdown()
		return nil, err
	}
	w.job = job.ID()
	scheduler.Start()
	return w, nil
}

func (w *waker) ring() {
	select {
	case w.rings <- struct{}{}:
	default:
	}
}

// set is to be called after each ring: one that was under way while it was set may have
// put it off by as much again.
func (w *waker) set(after time.Duration) error {
	_, err := w.scheduler.Update(w.job, gocron.DurationJob(max(after, shortest)), gocron.NewTask(w.ring))
	return err
}

func (w *waker) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*stopTimeout)
	defer cancel()
	return w.scheduler.ShutdownWithContext(ctx)
}
