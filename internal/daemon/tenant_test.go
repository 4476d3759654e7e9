package daemon

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"
)

// A desk is a tenant that keeps a diary and does what a test tells it to.
type desk struct {
	name string
	poke func()
	wake func(ctx context.Context, now time.Time) (time.Time, error) // nil: nothing is ever due

	mu     sync.Mutex
	wakes  []time.Time
	holds  []time.Duration
	drains int
	busy   sync.WaitGroup // work in the background
}

func (d *desk) String() string { return d.name }

func (d *desk) Wake(ctx context.Context, now time.Time) (time.Time, error) {
	d.mu.Lock()
	d.wakes = append(d.wakes, now)
	d.mu.Unlock()
	if d.wake == nil {
		return time.Time{}, nil
	}
	return d.wake(ctx, now)
}

func (d *desk) Hold(_ context.Context, _ time.Time, jump time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.holds = append(d.holds, jump)
}

func (d *desk) Drain(ctx context.Context) error {
	d.mu.Lock()
	d.drains++
	d.mu.Unlock()
	idle := make(chan struct{})
	go func() { d.busy.Wait(); close(idle) }()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// work keeps the desk busy for so long, or until it is cut.
func (d *desk) work(ctx context.Context, long time.Duration) {
	d.busy.Go(func() {
		select {
		case <-time.After(long):
		case <-ctx.Done():
		}
	})
}

func (d *desk) diary() []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.wakes)
}

func (d *desk) count() (wakes, holds, drains int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.wakes), len(d.holds), d.drains
}

// A bed is a daemon at work in a bubble of time.
type bed struct {
	*testing.T
	*Daemon
	desks  []*desk // what Load gives
	fault  error   // or this
	loads  int
	reload chan struct{}
	stop   context.CancelFunc
	ended  chan error
	offset time.Duration // how wrong the wall clock is
	mu     sync.Mutex
	log    bytes.Buffer
}

func (b *bed) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.Write(p)
}

func (b *bed) logged(text string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.log.String(), text)
}

// shift sets the wall clock by so much.
func (b *bed) shift(by time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.offset += by
}

func (b *bed) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.offset)
}

// sleep lets the bubble's time pass.
func sleep(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// start runs a daemon with the desks; change may set more of its configuration.
func start(t *testing.T, desks []*desk, change func(*Config)) *bed {
	t.Helper()
	return begin(t, desks, minute, change)
}

// begin is start with another longest sleep.
func begin(t *testing.T, desks []*desk, idle time.Duration, change func(*Config)) *bed {
	t.Helper()
	b := &bed{T: t, desks: desks, reload: make(chan struct{}, 1), ended: make(chan error, 1)}
	began := time.Now()
	c := Config{
		Reload: b.reload, Now: b.now, Elapsed: func() time.Duration { return time.Since(began) },
		Log:     slog.New(slog.NewTextHandler(b, nil)),
		Metrics: NewMetrics("v0", func(context.Context) ([]Numbers, error) { return nil, nil }),
		Load: func(ctx context.Context, poke func()) ([]Tenant, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.loads++
			if b.fault != nil {
				return nil, b.fault
			}
			var tenants []Tenant
			for _, d := range b.desks {
				d.poke = poke
				tenants = append(tenants, d)
			}
			return tenants, nil
		},
	}
	if change != nil {
		change(&c)
	}
	b.Daemon = New(c)
	if idle > minute {
		b.idle = idle
	}
	ctx, cancel := context.WithCancel(t.Context())
	b.stop = cancel
	go func() { b.ended <- b.Daemon.Run(ctx) }()
	synctest.Wait()
	return b
}

// use sets what the next Load gives.
func (b *bed) use(fault error, desks ...*desk) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.desks, b.fault = desks, fault
}

func (b *bed) hangup() {
	b.reload <- struct{}{}
	synctest.Wait()
}

// end stops the daemon and wants it to end well.
func (b *bed) end() {
	b.Helper()
	b.stop()
	if err := <-b.ended; err != nil {
		b.Errorf("Run: %v", err)
	}
	synctest.Wait()
}

// play runs a test in a bubble, which fails if a goroutine stays behind.
func play(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}
