package apiclient

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// bearing is a host that answers as well as it bears what it is asked.
type bearing struct {
	mu     sync.Mutex
	now    int // in flight
	most   int // since the test looked last
	begun  []time.Time
	answer func(now int, path string) (code int, takes time.Duration)
}

func (b *bearing) RoundTrip(req *http.Request) (*http.Response, error) {
	b.mu.Lock()
	b.now++
	b.most = max(b.most, b.now)
	b.begun = append(b.begun, time.Now())
	code, takes := b.answer(b.now, req.URL.Path)
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.now--
	}()
	select {
	case <-time.After(takes):
	case <-req.Context().Done():
		return nil, context.Cause(req.Context())
	}
	return &http.Response{StatusCode: code, Body: http.NoBody}, nil
}

// crowd makes n requests with as many in flight as the limiter lets, and says how long
// they took and how many there were at once.
func (b *bearing) crowd(t *testing.T, l *Limiter, n int, path string) (took time.Duration, most int) {
	t.Helper()
	begin := time.Now()
	b.most = 0
	transport := l.Transport("T1", b)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if err := ask(t.Context(), transport, "https://api.test"+path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return time.Since(begin), b.most
}

func TestAHostThatAnswersWellIsAskedMore(t *testing.T) {
	for inFlight, within := range map[int]time.Duration{8: 6 * time.Second, 32: 3 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			b := &bearing{answer: func(int, string) (int, time.Duration) { return 200, 30 * time.Millisecond }}
			l := NewLimiter(20, inFlight).Clock(time.Now)
			took, most := b.crowd(t, l, 1000, "/v1/transactions")
			if took > within || most > inFlight {
				t.Errorf("1000 requests took %s with %d in flight", took, most)
			}
			first := 0
			for _, at := range b.begun {
				if at.Sub(b.begun[0]) < 100*time.Millisecond {
					first++
				}
			}
			if first > 2*burst {
				t.Errorf("%d requests in the first tenth of a second", first)
			}
			rests(t, l)
		})
	}
}

func TestAHostThatSaysTooManyIsAskedHalfAsMuchAtOnce(t *testing.T) {
	for _, code := range []int{429, 503} {
		synctest.Test(t, func(t *testing.T) {
			refused := 0
			b := &bearing{answer: func(now int, _ string) (int, time.Duration) {
				if now > 10 {
					refused++
					return code, 10 * time.Millisecond
				}
				return 200, 30 * time.Millisecond
			}}
			l := NewLimiter(20, 32).Clock(time.Now)
			// Until the first refusal it doubles, so it can be at twice what it begins with.
			if _, most := b.crowd(t, l, 3000, "/"); most > 2*firstInFlight || refused == 0 || refused > 150 {
				t.Errorf("at most %d in flight, %d of 3000 refused", most, refused)
			}
			rests(t, l)
		})
	}
}

func TestAHostThatBecomesSlowIsAskedLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bearing{answer: func(int, string) (int, time.Duration) { return 200, 50 * time.Millisecond }}
		l := NewLimiter(0, 8).Clock(time.Now)
		if _, most := b.crowd(t, l, 200, "/"); most != 8 {
			t.Fatalf("%d in flight", most)
		}
		quick := 0
		b.answer = func(now int, _ string) (int, time.Duration) {
			if now > 4 {
				return 200, 2 * time.Second
			}
			quick++
			return 200, 50 * time.Millisecond
		}
		b.crowd(t, l, 500, "/")
		if quick < 250 {
			t.Errorf("%d of 500 were asked while the host could bear it", quick)
		}
	})
}

// A kind of request that always takes long is no sign of a host that becomes slow.
func TestSlowThingsBesideQuickOnesAreNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bearing{answer: func(_ int, path string) (int, time.Duration) {
			if strings.HasSuffix(path, "orders") {
				return 200, time.Second
			}
			return 200, 10 * time.Millisecond
		}}
		l := NewLimiter(0, 8).Clock(time.Now)
		for range 20 {
			b.crowd(t, l, 50, "/accounts/T1/shopping/orders/1/captures")
			if _, most := b.crowd(t, l, 16, "/accounts/T1/shopping/orders"); most != 8 {
				t.Fatalf("%d in flight", most)
			}
		}
	})
}

// What a host could not bear is remembered while it rests: between two requests of one
// report, and for as long as it may ask us to wait.
func TestARestDoesNotForgetThatAHostWasAskedTooMuch(t *testing.T) {
	for _, rest := range []time.Duration{0, time.Second, maxRetryAfter} {
		synctest.Test(t, func(t *testing.T) {
			code := 429
			b := &bearing{answer: func(int, string) (int, time.Duration) { return code, 50 * time.Millisecond }}
			l := NewLimiter(0, 8).Clock(time.Now)
			for n, want := range []int{4, 2, 1} {
				b.crowd(t, l, 1, "/")
				<-time.After(rest)
				code = 500 // tells nothing of how much a host can bear
				if _, most := b.crowd(t, l, 8, "/"); most != want {
					t.Errorf("after %d refusals and a rest of %s %d were in flight, want %d", n+1, rest, most, want)
				}
				code = 429
			}
			rests(t, l)
		})
	}
}

// TestTheBoundsHaveAnEndBothWays: however often a host refuses, or answers well.
func TestTheBoundsHaveAnEndBothWays(t *testing.T) {
	b := newBounds(20, 32)
	for range 100 {
		b.decrease()
	}
	if b.inFlight != 1 || b.perSecond != 1 {
		t.Errorf("at least %d at once, %v a second", b.inFlight, b.perSecond)
	}
	for range 10_000 {
		b.increase()
	}
	if b.inFlight != 32 || b.perSecond != 20*fastest {
		t.Errorf("at most %d at once, %v a second", b.inFlight, b.perSecond)
	}
}
