package apiclient

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A hostileHost answers account A in a way of its own, and all others within 100 ms.
type hostileHost struct {
	toA func(*http.Request) (io.ReadCloser, error)
}

func (h hostileHost) RoundTrip(req *http.Request) (*http.Response, error) {
	body := io.NopCloser(bytes.NewReader(make([]byte, 4<<10)))
	if req.URL.Path == "/A" {
		var err error
		if body, err = h.toA(req); err != nil {
			return nil, err
		}
	} else {
		<-time.After(100 * time.Millisecond) // of the bubble
	}
	return &http.Response{StatusCode: http.StatusOK, Body: body, Request: req}, nil
}

// drip is a byte a second, for ever.
type drip struct{ ctx context.Context }

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		return copy(p, "x"), nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (d drip) Close() error { return nil }

// TestAGoodAccountIsHardlyLaterBesideABadOne at the same host, however that one's requests end.
func TestAGoodAccountIsHardlyLaterBesideABadOne(t *testing.T) {
	for name, toA := range map[string]func(*http.Request) (io.ReadCloser, error){
		"hangs": func(req *http.Request) (io.ReadCloser, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		},
		"drips": func(req *http.Request) (io.ReadCloser, error) { return drip{req.Context()}, nil },
		"hangs after its first": func(req *http.Request) (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader(make([]byte, 4<<10)), drip{req.Context()})), nil
		},
	} {
		for _, after := range []time.Duration{0, 3 * time.Second} {
			t.Run(fmt.Sprint(name, " since ", after), func(t *testing.T) {
				alone := readingTime(t, nil, 0)
				beside := readingTime(t, toA, after)
				if beside > alone+alone/10+lookEvery-min(after, lookEvery) {
					t.Errorf("alone it takes %s, beside another %s", alone, beside)
				}
			})
		}
	}
}

// TestAnAccountThatIsRefusedSlowsNoOther at the same host: its own pace falls, however often it asks.
func TestAnAccountThatIsRefusedSlowsNoOther(t *testing.T) {
	for name, code := range map[string]int{"too many": http.StatusTooManyRequests, "not now": http.StatusServiceUnavailable, "slower and slower": http.StatusOK} {
		t.Run(name, func(t *testing.T) {
			alone, _ := refusedBeside(t, 0)
			beside, asked := refusedBeside(t, code)
			if beside > alone+alone/10 {
				t.Errorf("alone it takes %s, beside another %s", alone, beside)
			}
			if asked > 600 {
				t.Errorf("the account that is refused asked %d times in %s", asked, beside)
			}
		})
	}
}

// refusedBeside is how long account B takes for 2,000 requests, beside A's that never end; each
// of those hears the code, later and later where that is 200.
func refusedBeside(t *testing.T, code int) (took time.Duration, asked int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(50, 16).Clock(time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		host := roundTripper(func(req *http.Request) (*http.Response, error) {
			answer, takes := http.StatusOK, 50*time.Millisecond
			if req.URL.Path == "/A" {
				mu.Lock()
				asked++
				answer, takes = code, min(20*time.Millisecond*time.Duration(asked), 10*time.Second)
				mu.Unlock()
			}
			<-time.After(takes)
			return &http.Response{StatusCode: answer, Body: http.NoBody, Request: req}, nil
		})
		var bad, good sync.WaitGroup
		for range 16 * min(code, 1) {
			bad.Go(func() {
				for ctx.Err() == nil {
					_ = ask(ctx, l.Transport("A", host), "https://api.test/A")
				}
			})
		}
		begun := time.Now()
		for range 8 {
			good.Go(func() {
				for range 250 {
					if err := ask(t.Context(), l.Transport("B", host), "https://api.test/B"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		good.Wait()
		took = time.Since(begun)
		cancel()
		bad.Wait()
	})
	return took, asked
}

// readingTime is how long account B takes for its requests, four at once, begun some time after
// those of A, of which there are many.
func readingTime(t *testing.T, toA func(*http.Request) (io.ReadCloser, error), after time.Duration) (took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(0, 8)
		ctx, cancel := context.WithCancel(t.Context())
		var bad, good sync.WaitGroup
		if toA != nil {
			for range 30 {
				bad.Go(func() { _ = ask(ctx, l.Transport("A", hostileHost{toA}), "https://api.test/A") })
			}
			synctest.Wait()
		}
		<-time.After(after)
		begun := time.Now()
		for range 4 {
			good.Go(func() {
				for range 50 {
					if err := ask(t.Context(), l.Transport("B", hostileHost{}), "https://api.test/B"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		good.Wait()
		took = time.Since(begun)
		cancel()
		bad.Wait()
		rests(t, l)
	})
	return took
}

// TestWhoHasHalfBeginsNoMoreWhileAnotherWaits, and alone takes all that there is.
func TestWhoHasHalfBeginsNoMoreWhileAnotherWaits(t *testing.T) {
	h := &host{limiter: NewLimiter(0, 8), bounds: map[string]*accountBounds{}, counted: map[string]int{"A": 4}, held: map[string]int{"A": 4}, inFlight: 4}
	h.boundsOf("A")
	h.waiting.push("A", make(chan struct{}))
	if !h.mayBegin("A", false) || h.mayBegin("A", true) {
		t.Error("alone it may take a fifth, but not out of another's half")
	}
	h.waiting.push("B", make(chan struct{}))
	if h.mayBegin("A", false) || !h.mayBegin("B", false) {
		t.Error("the fifth is another's who waits")
	}
}

// TestAPlaceThatBringsNothingDoesNotCount after two seconds, and counts again with what it brings.
func TestAPlaceThatBringsNothingDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(0, 8)
		p, leave, err := l.enter(t.Context(), "api.test:443", "A")
		if err != nil {
			t.Fatal(err)
		}
		h := l.hosts["api.test:443"]
		for _, step := range []struct{ brings, counts int }{{0, 0}, {leastBytes, 1}, {leastBytes - 1, 0}} {
			if step.brings > 0 {
				p.brings(step.brings)
			}
			<-time.After(lookEvery + lookEvery/2)
			l.mu.Lock()
			if step.brings < leastBytes && h.inFlight != step.counts || h.held["A"] != 1 {
				t.Errorf("%+v: %d count, %d are held", step, h.inFlight, h.held["A"])
			}
			l.mu.Unlock()
		}
		leave()
		rests(t, l)
	})
}
