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

// A fakeWorker is a Worker that keeps a diary and does what a test tells it to.
type fakeWorker struct {
	name        string
	requestWake func()
	wake        func(ctx context.Context, now time.Time) (time.Time, error) // nil: nothing is ever due

	mu     sync.Mutex
	wakes  []time.Time
	holds  []time.Duration
	drains int
	busy   sync.WaitGroup // work in the background
}

func (d *fakeWorker) String() string { return d.name }

func (d *fakeWorker) Wake(ctx context.Context, now time.Time) (time.Time, error) {
	d.mu.Lock()
	d.wakes = append(d.wakes, now)
	d.mu.Unlock()
	if d.wake == nil {
		return time.Time{}, nil
	}
	return d.wake(ctx, now)
}

func (d *fakeWorker) Hold(_ context.Context, _ time.Time, jump time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.holds = append(d.holds, jump)
}

func (d *fakeWorker) Retire() {}

func (d *fakeWorker) Drain(ctx context.Context) error {
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

// work keeps the worker busy for so long, or until it is cut.
func (d *fakeWorker) work(ctx context.Context, long time.Duration) {
	d.busy.Go(func() {
		select {
		case <-time.After(long):
		case <-ctx.Done():
		}
	})
}

func (d *fakeWorker) wakeTimes() []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.wakes)
}

func (d *fakeWorker) count() (wakes, holds, drains int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.wakes), len(d.holds), d.drains
}

// A testDaemon is a daemon at work in a bubble of time.
type testDaemon struct {
	*testing.T
	*Daemon
	workers []*fakeWorker // what Load gives
	fault   error         // or this
	loads   int
	reload  chan struct{}
	stop    context.CancelFunc
	ended   chan error
	offset  time.Duration // how wrong the wall clock is
	mu      sync.Mutex
	log     bytes.Buffer
}

func (b *testDaemon) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.Write(p)
}

func (b *testDaemon) logged(text string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.log.String(), text)
}

// shift sets the wall clock by so much.
func (b *testDaemon) shift(by time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.offset += by
}

func (b *testDaemon) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.offset)
}

// sleep lets the bubble's time pass.
func sleep(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// start runs a daemon with the workers; change may set more of its configuration.
func start(t *testing.T, workers []*fakeWorker, change func(*Config)) *testDaemon {
	t.Helper()
	return begin(t, workers, defaultMaxSleep, change)
}

// begin is start with another longest sleep.
func begin(t *testing.T, workers []*fakeWorker, maxSleep time.Duration, change func(*Config)) *testDaemon {
	t.Helper()
	b := &testDaemon{T: t, workers: workers, reload: make(chan struct{}, 1), ended: make(chan error, 1)}
	began := time.Now()
	c := Config{
		Reload: b.reload, MaxSleep: maxSleep, Now: b.now, Elapsed: func() time.Duration { return time.Since(began) },
		Log:     slog.New(slog.NewTextHandler(b, nil)),
		Metrics: NewMetrics("v0", func(context.Context) ([]AccountStats, error) { return nil, nil }),
		Load: func(ctx context.Context, requestWake func()) ([]Worker, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.loads++
			if b.fault != nil {
				return nil, b.fault
			}
			var workers []Worker
			for _, d := range b.workers {
				d.requestWake = requestWake
				workers = append(workers, d)
			}
			return workers, nil
		},
	}
	if change != nil {
		change(&c)
	}
	b.Daemon = New(c)
	ctx, cancel := context.WithCancel(t.Context())
	b.stop = cancel
	go func() { b.ended <- b.Daemon.Run(ctx) }()
	synctest.Wait()
	return b
}

// use sets what the next Load gives.
func (b *testDaemon) use(fault error, workers ...*fakeWorker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.workers, b.fault = workers, fault
}

func (b *testDaemon) hangup() {
	b.reload <- struct{}{}
	synctest.Wait()
}

// end stops the daemon and wants it to end well.
func (b *testDaemon) end() {
	b.Helper()
	b.stop()
	if err := <-b.ended; err != nil {
		b.Errorf("Run: %v", err)
	}
	synctest.Wait()
}

// bubble runs a test in a bubble, which fails if a goroutine stays behind.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}
