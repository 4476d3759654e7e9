package daemon

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestABadConfigurationKeepsTheOldSetAndSaysWhy(t *testing.T) {
	for name, load := range map[string]func() ([]Worker, error){
		"error": func() ([]Worker, error) { return nil, errors.New("shop.yaml:7:3: schedule: dayly") },
		"panic": func() ([]Worker, error) { panic("shop.yaml:7:3: schedule: dayly") },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				d := hourly()
				first := true
				b := start(t, []*fakeWorker{d}, func(c *Config) {
					c.Load = func(context.Context, func()) ([]Worker, error) {
						if first {
							first = false
							return []Worker{d}, nil
						}
						return load()
					}
				})
				b.hangup()
				sleep(5 * time.Hour)
				if wakes, _, drains := d.count(); wakes != 6 || drains != 0 {
					t.Errorf("the old set: woken %d times, drained %d times; want 6 and 0", wakes, drains)
				}
				if b.logged("reload refused") != 1 || b.logged("schedule: dayly") != 1 {
					t.Errorf("log: %s", b.log.String())
				}
				if _, note := b.healthy(t.Context()); !strings.Contains(note, "refused") {
					t.Errorf("healthz: %q", note)
				}
				b.end()
			})
		})
	}
}

func TestAReloadSwapsWholeAndTheOldOnesEndWhatTheyAreAt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var cut error
		old, fresh := &fakeWorker{name: "old"}, &fakeWorker{name: "fresh"}
		old.wake = func(ctx context.Context, now time.Time) (time.Time, error) {
			old.busy.Go(func() { <-time.After(time.Hour); cut = ctx.Err() })
			return now.Add(time.Minute), nil
		}
		b := start(t, []*fakeWorker{old}, nil)
		b.use(nil, fresh)
		b.hangup()
		if wakes, _, _ := fresh.count(); wakes != 1 {
			t.Errorf("the new set was woken %d times, want at once", wakes)
		}
		sleep(2 * time.Hour)
		if wakes, _, drains := old.count(); wakes != 1 || drains != 1 || cut != nil {
			t.Errorf("the old set: woken %d times, drained %d times, its work was cut: %v", wakes, drains, cut)
		}
		b.end()
		if _, _, drains := old.count(); drains != 1 {
			t.Errorf("drained %d times", drains)
		}
	})
}

func TestReloadsDuringALoadAreOneMore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		loads, d := 0, hourly()
		b := start(t, nil, func(c *Config) {
			c.Load = func(context.Context, func()) ([]Worker, error) {
				if loads++; loads > 1 {
					<-time.After(10 * time.Minute)
				}
				return []Worker{d}, nil
			}
		})
		for range 5 {
			b.hangup()
			sleep(time.Minute)
		}
		sleep(2 * time.Hour)
		if loads != 3 {
			t.Errorf("%d loads, want the first, the one asked for and one more", loads)
		}
		if problem, note := b.healthy(t.Context()); problem != "" || note != "ok" {
			t.Errorf("healthz: %q %q", problem, note)
		}
		b.end()
	})
}

func TestTheFirstLoadsErrorIsReturnedAsItIs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		fault := errors.New("shop.yaml:1:1: account: missing")
		err := New(Config{Load: func(context.Context, func()) ([]Worker, error) { return nil, fault }}).Run(t.Context())
		if err != fault {
			t.Errorf("Run: %v", err)
		}
	})
}

func TestAStopDuringTheFirstLoadIsAnEndInOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := &fakeWorker{}
		b := start(t, nil, func(c *Config) {
			c.Load = func(context.Context, func()) ([]Worker, error) {
				<-time.After(time.Minute)
				return []Worker{d}, nil
			}
		})
		b.end()
		if wakes, _, drains := d.count(); wakes != 0 || drains != 1 {
			t.Errorf("woken %d times, drained %d times", wakes, drains)
		}
	})
}

func TestAFirstLoadThatHangsDoesNotOutliveTheGrace(t *testing.T) {
	bubble(t, func(t *testing.T) {
		release := make(chan struct{})
		b := start(t, nil, func(c *Config) {
			c.Load = func(context.Context, func()) ([]Worker, error) { <-release; return nil, nil }
		})
		b.stop()
		if err := <-b.ended; err == nil || !strings.Contains(err.Error(), "load did not end") {
			t.Errorf("Run: %v", err)
		}
		close(release)
	})
}

func TestAClosedReloadChannelIsNoReload(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := &fakeWorker{}
		b := start(t, []*fakeWorker{d}, nil)
		close(b.reload)
		synctest.Wait()
		if b.loads != 1 {
			t.Errorf("%d loads", b.loads)
		}
		b.end()
	})
}
