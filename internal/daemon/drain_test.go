package daemon

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestAStopLetsWhatIsUnderWayEndAndStartsNothingMore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var cut error
		d := &fakeWorker{}
		d.wake = func(ctx context.Context, now time.Time) (time.Time, error) {
			d.busy.Go(func() { <-time.After(70 * time.Second); cut = ctx.Err() })
			return now.Add(time.Second), nil
		}
		b := start(t, []*fakeWorker{d}, nil)
		began := time.Now()
		b.stop()
		sleep(time.Second)
		d.requestWake()
		if problem, _ := b.ready(t.Context()); problem != "draining" {
			t.Errorf("readyz: %q", problem)
		}
		if err := <-b.ended; err != nil || cut != nil || time.Since(began) != 70*time.Second {
			t.Errorf("Run: %v after %s, work was cut: %v", err, time.Since(began), cut)
		}
		if wakes, _, _ := d.count(); wakes != 1 {
			t.Errorf("woken %d times", wakes)
		}
	})
}

func TestWhatOutlivesTheGraceIsCutAndNamed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		slow, quick := &fakeWorker{name: "slow"}, &fakeWorker{name: "quick"}
		slow.wake = func(ctx context.Context, _ time.Time) (time.Time, error) {
			slow.work(ctx, time.Hour)
			return time.Time{}, nil
		}
		b := start(t, []*fakeWorker{slow, quick}, nil)
		began := time.Now()
		b.stop()
		err := <-b.ended
		if took := time.Since(began); took != defaultGrace {
			t.Errorf("ended after %s", took)
		}
		if err == nil || !strings.Contains(err.Error(), "drain slow was still under way after 1m20s") || strings.Contains(err.Error(), "quick") || !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
}

func TestWhoDoesNotListenToTheEndOfItsContextIsLeft(t *testing.T) {
	bubble(t, func(t *testing.T) {
		release := make(chan struct{})
		d := &fakeWorker{name: "deaf", wake: func(context.Context, time.Time) (time.Time, error) {
			<-release
			return time.Time{}, nil
		}}
		b := start(t, []*fakeWorker{d}, func(c *Config) { c.Grace = 10 * time.Second })
		began := time.Now()
		b.stop()
		err := <-b.ended
		if took := time.Since(began); took != 10*time.Second+cancelGrace || err == nil || !strings.Contains(err.Error(), "wake deaf did not end") {
			t.Errorf("Run: %v after %s", err, took)
		}
		close(release)
	})
}

func TestAWakeThatFailsDuringTheDrainIsNoFaultOfTheDrain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := &fakeWorker{name: "late", wake: func(context.Context, time.Time) (time.Time, error) {
			<-time.After(time.Minute)
			panic("late")
		}}
		b := start(t, []*fakeWorker{d}, nil)
		b.end()
		if b.logged("wake late") != 1 {
			t.Errorf("log: %s", b.log.String())
		}
	})
}

func TestAReplacedSetIsWaitedForToo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		old := &fakeWorker{}
		old.wake = func(ctx context.Context, _ time.Time) (time.Time, error) {
			old.work(ctx, time.Minute)
			return time.Time{}, nil
		}
		b := start(t, []*fakeWorker{old}, nil)
		b.use(nil, &fakeWorker{})
		b.hangup()
		began := time.Now()
		b.end()
		if took := time.Since(began); took != time.Minute {
			t.Errorf("ended after %s, the old set had a minute to go", took)
		}
	})
}
