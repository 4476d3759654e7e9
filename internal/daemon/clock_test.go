package daemon

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

const day = 24 * time.Hour

// hourly is a worker that is due each full hour of the wall clock.
func hourly() *fakeWorker {
	return &fakeWorker{wake: func(_ context.Context, now time.Time) (time.Time, error) {
		return now.Truncate(time.Hour).Add(time.Hour), nil
	}}
}

func TestAClockThatJumpedFarForwardHoldsEverybodyOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		workers := []*fakeWorker{hourly(), hourly()}
		b := start(t, workers, nil)
		sleep(90 * time.Second)
		b.shift(40 * day)
		sleep(5 * time.Hour)
		for _, d := range workers {
			if wakes, holds, _ := d.count(); wakes != 1 || holds != 1 || d.holds[0] < 40*day-time.Minute || d.holds[0] > 40*day+time.Minute {
				t.Errorf("woken %d times, held %s; want once and no more, held once for 40 days", wakes, d.holds)
			}
		}
		workers[0].requestWake()
		sleep(time.Minute)
		if wakes, _, _ := workers[0].count(); wakes != 1 {
			t.Error("a request woke it while the clock is held")
		}
		if problem, _ := b.ready(t.Context()); !strings.HasPrefix(problem, "held: the clock jumped forward by 40 days") {
			t.Errorf("readyz: %q", problem)
		}
		if problem, note := b.healthy(t.Context()); problem != "" || !strings.HasPrefix(note, "held: ") {
			t.Errorf("healthz must not have us restarted, which would believe the clock: %q %q", problem, note)
		}
		b.end()
	})
}

func TestAClockThatComesBackIsBelievedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hourly()
		b := start(t, []*fakeWorker{d}, nil)
		b.shift(9999 * day)
		sleep(10 * time.Minute)
		b.shift(-9999*day + 3*time.Hour) // not exactly, as clocks are set by hand
		sleep(2 * time.Minute)
		wakes, holds, _ := d.count()
		if wakes != 2 || holds != 1 {
			t.Errorf("woken %d times, held %d times; want the start and the return, and one hold", wakes, holds)
		}
		b.shift(50 * day)
		sleep(2 * time.Minute)
		if _, holds, _ := d.count(); holds != 2 {
			t.Errorf("a second jump: held %d times in all, want 2", holds)
		}
		b.shift(-50 * day)
		sleep(2 * time.Minute)
		if wakes, _, _ := d.count(); wakes != 3 || b.logged("the clock is right again") != 2 {
			t.Errorf("woken %d times, want at the second return too, although nothing is due; log: %s", wakes, b.log.String())
		}
		b.end()
	})
}

func TestAReloadAfterTheAlarmBelievesTheClock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		old, fresh := hourly(), hourly()
		b := start(t, []*fakeWorker{old}, nil)
		b.shift(40 * day)
		sleep(2 * time.Minute)
		b.use(errors.New("report.yaml:3: no"), fresh)
		b.hangup()
		sleep(time.Hour)
		if wakes, _, _ := old.count(); wakes != 1 {
			t.Error("a refused reload released the hold")
		}
		b.use(nil, fresh)
		b.hangup()
		if wakes, holds, _ := fresh.count(); wakes != 1 || holds != 0 {
			t.Errorf("woken %d times, held %d times after the reload; want at once, and not held", wakes, holds)
		}
		sleep(time.Hour)
		if wakes, _, _ := fresh.count(); wakes != 2 {
			t.Errorf("woken %d times an hour later, want as it asked", wakes)
		}
		b.end()
	})
}

func TestAReloadFromBeforeTheAlarmDoesNotBelieveTheClock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		fresh := hourly()
		b := start(t, []*fakeWorker{hourly()}, nil)
		b.use(nil, fresh)
		b.shift(40 * day)
		b.hangup()
		sleep(2 * time.Hour)
		if wakes, holds, _ := fresh.count(); wakes != 0 || holds != 1 {
			t.Errorf("woken %d times, held %d times; want never and once", wakes, holds)
		}
		b.end()
	})
}

func TestASmallerJumpForwardWakesWithinAMinute(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d, undated := hourly(), &fakeWorker{}
		b := start(t, []*fakeWorker{d, undated}, nil)
		sleep(30*time.Second + time.Millisecond)
		b.shift(3 * day)
		sleep(time.Minute)
		wakes, holds, _ := d.count()
		if wakes != 2 || holds != 0 || b.logged("went forward by 3 days") != 1 {
			t.Errorf("woken %d times, held %d times; want twice, never; log: %s", wakes, holds, b.log.String())
		}
		if wakes, _, _ := undated.count(); wakes != 2 {
			t.Errorf("one that named no time was woken %d times; what it reckoned may be wrong now", wakes)
		}
		b.end()
	})
}

func TestTheShortestCatchupIsTheLimit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hourly()
		b := start(t, []*fakeWorker{d}, func(c *Config) { c.MaxJump = func() time.Duration { return 2 * day } })
		b.shift(3 * day)
		sleep(2 * time.Minute)
		if _, holds, _ := d.count(); holds != 1 {
			t.Errorf("held %d times, want once", holds)
		}
		b.end()
	})
}

func TestAClockThatGoesBackIsFollowed(t *testing.T) {
	for name, by := range map[string]time.Duration{"1h0m0s": time.Hour, "365 days": 365 * day} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				d := hourly()
				b := start(t, []*fakeWorker{d}, nil)
				sleep(90 * time.Second)
				b.shift(-by)
				sleep(58*time.Minute + 29*time.Second)
				if wakes, holds, _ := d.count(); wakes != 2 || holds != 0 {
					t.Errorf("woken %d times, held %d times; want the start and the change", wakes, holds)
				}
				if b.logged("went back by "+name) != 1 {
					t.Errorf("log: %s", b.log.String())
				}
				sleep(time.Minute)
				got := d.wakeTimes()
				if last := got[len(got)-1]; len(got) != 3 || !last.Truncate(time.Second).Equal(last.Truncate(time.Hour)) {
					t.Errorf("woken at %s; want at the full hour of the clock as it is now", got)
				}
				b.end()
			})
		})
	}
}

func TestTheWallClockIsReadWithoutTheReadingThatHidesItsJumps(t *testing.T) {
	now, _ := newLoop(New(Config{}), t.Context()).read()
	if strings.Contains(now.String(), " m=") {
		t.Errorf("%s carries a monotonic reading: a difference to it is never a jump", now)
	}
}

func TestASlowDriftIsNoJump(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := &fakeWorker{}
		b := start(t, []*fakeWorker{d}, func(c *Config) { c.MaxJump = func() time.Duration { return time.Minute } })
		for range 1000 {
			sleep(time.Minute)
			b.shift(500 * time.Millisecond)
		}
		if wakes, holds, _ := d.count(); wakes != 1 || holds != 0 || b.logged("the clock") != 0 {
			t.Errorf("woken %d times, held %d times; log: %s", wakes, holds, b.log.String())
		}
		b.end()
	})
}
