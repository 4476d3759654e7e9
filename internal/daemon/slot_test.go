package daemon

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// calendar lists the moments of a local time of day on each day of a year: the first
// moment of the day at which the clock shows it or later.
func calendar(zone *time.Location, year, hour, minute int) (moments []time.Time) {
	for day := time.Date(year, 1, 1, 0, 0, 0, 0, zone); day.Year() == year; day = day.AddDate(0, 0, 1) {
		t := day
		for t.Hour() < hour || t.Hour() == hour && t.Minute() < minute {
			t = t.Add(30 * time.Minute)
		}
		moments = append(moments, t)
	}
	return moments
}

// due answers a wake with the first moment after it.
func due(moments []time.Time) func(context.Context, time.Time) (time.Time, error) {
	return func(_ context.Context, now time.Time) (time.Time, error) {
		for len(moments) > 0 && !moments[0].After(now) {
			moments = moments[1:]
		}
		if len(moments) == 0 {
			return time.Time{}, nil
		}
		return moments[0], nil
	}
}

func TestAYearInOsloIsWokenToTheSecondAndLeavesNothingBehind(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	bubble(t, func(t *testing.T) {
		<-time.After(time.Until(time.Date(2026, 1, 1, 0, 0, 0, 0, zone)) - time.Minute)
		six, night := calendar(zone, 2026, 6, 0), calendar(zone, 2026, 2, 30)
		workers := []*fakeWorker{{name: "six", wake: due(six)}, {name: "night", wake: due(night)}}
		for _, d := range workers {
			d.wakes = make([]time.Time, 0, 400)
		}
		b := begin(t, workers, 17*time.Minute, nil) // a look each minute takes half a minute of ours
		sleep(30 * 24 * time.Hour)
		routines, memory := used()
		sleep(336 * 24 * time.Hour)
		if r, m := used(); r > routines || m > memory+256<<10 {
			t.Errorf("after a month: %d goroutines, %d bytes; after a year: %d, %d", routines, memory, r, m)
		}
		for i, want := range [][]time.Time{six, night} {
			got := workers[i].wakeTimes()[1:]
			if len(got) != len(want) {
				t.Fatalf("%s: woken %d times, want %d", workers[i].name, len(got), len(want))
			}
			for k := range want {
				if late := got[k].Sub(want[k]); late < 0 || late > time.Second {
					t.Errorf("%s: woken %s after %s", workers[i].name, late, want[k])
				}
			}
		}
		b.end()
	})
}

// used is measured when nothing runs.
func used() (routines int, memory uint64) {
	synctest.Wait()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return runtime.NumGoroutine(), m.HeapAlloc
}

func TestWhoHasNothingDueSleeps(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := &fakeWorker{}
		b := start(t, []*fakeWorker{d}, nil)
		sleep(24 * time.Hour)
		if wakes, _, _ := d.count(); wakes != 1 {
			t.Errorf("woken %d times in a day without anything due, want once, at the start", wakes)
		}
		b.end()
	})
}

func TestAWakeRequestWakesEveryWorkerSoon(t *testing.T) {
	bubble(t, func(t *testing.T) {
		workers := []*fakeWorker{{}, {}}
		b := start(t, workers, nil)
		sleep(time.Hour)
		workers[0].requestWake()
		synctest.Wait()
		for i, d := range workers {
			if got := d.wakeTimes(); len(got) != 2 || got[1].Sub(got[0]) != time.Hour {
				t.Errorf("worker %d: woken at %s", i, got)
			}
		}
		b.end()
	})
}

func TestAWakeRequestDuringAWakeWakesOnceMoreAndNeverTwiceAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		running, most := 0, 0
		d := &fakeWorker{}
		d.wake = func(context.Context, time.Time) (time.Time, error) {
			running++
			most = max(most, running)
			<-time.After(time.Second)
			running--
			return time.Time{}, nil
		}
		b := start(t, []*fakeWorker{d}, nil)
		for range 100 {
			d.requestWake()
			sleep(5 * time.Millisecond)
		}
		sleep(time.Minute)
		if wakes, _, _ := d.count(); wakes != 2 || most != 1 {
			t.Errorf("woken %d times, %d at once; want twice, one after the other", wakes, most)
		}
		b.end()
	})
}

func TestAWorkerThatRequestsAWakeInEachDoesNotSpin(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := &fakeWorker{}
		d.wake = func(_ context.Context, now time.Time) (time.Time, error) {
			d.requestWake()
			return now, nil
		}
		past := &fakeWorker{wake: func(_ context.Context, now time.Time) (time.Time, error) { return now.Add(-time.Hour), nil }}
		b := start(t, []*fakeWorker{d}, nil)
		sleep(10 * time.Second)
		if wakes, _, _ := d.count(); wakes < 100 || wakes > 201 {
			t.Errorf("woken %d times in ten seconds, want 20 a second", wakes)
		}
		b.use(nil, past)
		b.hangup()
		sleep(10 * time.Second)
		if wakes, _, _ := past.count(); wakes < 10 || wakes > 11 {
			t.Errorf("a next time that is over: woken %d times in ten seconds, want one a second", wakes)
		}
		b.end()
	})
}

func TestAWakeThatHangsStopsNobodyElse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		release := make(chan struct{})
		hangs := &fakeWorker{name: "hangs", wake: func(context.Context, time.Time) (time.Time, error) {
			<-release
			return time.Time{}, nil
		}}
		works := &fakeWorker{wake: func(_ context.Context, now time.Time) (time.Time, error) { return now.Add(time.Hour), nil }}
		b := start(t, []*fakeWorker{hangs, works}, nil)
		sleep(10*time.Hour + time.Second)
		for i, at := range works.wakeTimes() {
			if late := at.Sub(works.wakes[0]) - time.Duration(i)*time.Hour; late < 0 || late > time.Second {
				t.Errorf("wake %d came %s late", i, late)
			}
		}
		if wakes, _, _ := works.count(); wakes != 11 {
			t.Errorf("the other was woken %d times in ten hours, want 11", wakes)
		}
		if n := b.logged("wake hangs"); n != 1 {
			t.Errorf("logged %d times that a wake hangs, want once", n)
		}
		if problem, _ := b.ready(t.Context()); problem != "wake hangs: it does not return" {
			t.Errorf("readyz: %q", problem)
		}
		close(release)
		sleep(2 * time.Minute)
		if problem, note := b.ready(t.Context()); problem != "" {
			t.Errorf("readyz after it: %q %q", problem, note)
		}
		b.end()
	})
}

func TestAFailedWakeIsTriedAgainWithinAMinuteAndThenLessOften(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("ledger: locked") },
		"panic": func() error { panic("a nil map") },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var healed atomic.Bool
				d := &fakeWorker{name: "fjord"}
				d.wake = func(_ context.Context, now time.Time) (time.Time, error) {
					if !healed.Load() {
						return time.Time{}, fail()
					}
					return now.Add(time.Hour), nil
				}
				other := &fakeWorker{}
				b := start(t, []*fakeWorker{d, other}, nil)
				sleep(30 * time.Minute)
				got := d.wakeTimes()
				if first := got[1].Sub(got[0]); first > time.Minute {
					t.Errorf("tried again after %s", first)
				}
				if last := got[len(got)-1].Sub(got[len(got)-2]); last < 5*time.Minute || last > 5*time.Minute+time.Second {
					t.Errorf("in the end tried each %s", last)
				}
				if wakes, _, _ := other.count(); wakes != 1 {
					t.Errorf("the other was woken %d times", wakes)
				}
				if n := b.logged("wake fjord"); n != 1 {
					t.Errorf("%d failures for one reason, %d logged", len(got), n)
				}
				healed.Store(true)
				sleep(5 * time.Minute)
				before, _, _ := d.count()
				sleep(time.Hour)
				if wakes, _, _ := d.count(); wakes != before+1 {
					t.Errorf("after it healed: woken %d times in an hour, want as it asked", wakes-before)
				}
				b.end()
			})
		})
	}
}

func TestAWakeThatGoesOnFailingIsSaidOnceAndWhenItWorksAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var fault atomic.Value
		fault.Store("ledger: try 1: disk full")
		var tries atomic.Int64
		worker := &fakeWorker{name: "shop", wake: func(_ context.Context, now time.Time) (time.Time, error) {
			tries.Add(1)
			if text := fault.Load().(string); text != "" {
				return time.Time{}, errors.New(text)
			}
			return now.Add(time.Hour), nil
		}}
		b := start(t, []*fakeWorker{worker}, nil)
		sleep(time.Hour)
		fault.Store("ledger: try 99: disk full")
		sleep(30 * time.Hour)
		if n := b.logged("wake shop"); n != 1 || tries.Load() < 300 {
			t.Errorf("said %d times in %d tries", n, tries.Load())
		}
		fault.Store("ledger: read-only")
		sleep(time.Hour)
		if n := b.logged("wake shop"); n != 2 {
			t.Errorf("said %d times after it changed", n)
		}
		fault.Store("")
		sleep(time.Hour)
		if n, again := b.logged("wake shop"), b.logged("works again"); n != 3 || again != 1 {
			t.Errorf("said %d times, %d that it works again", n, again)
		}
		fault.Store("ledger: read-only")
		sleep(2 * time.Hour)
		if n := b.logged("read-only"); n != 2 {
			t.Errorf("said %d times, want it again after it came back", n)
		}
		b.end()
	})
}
