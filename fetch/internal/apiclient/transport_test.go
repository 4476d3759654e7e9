package apiclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestAWaitThatIsCancelledLeavesNoHole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, a := NewLimiter(0, 1), &asked{}
		transport := l.Transport("T1", a)
		first, err := hold(t.Context(), transport, "https://api.test/first")
		if err != nil {
			t.Fatal(err)
		}
		reason := errors.New("the daemon drains")
		waiting, cancel := context.WithCancelCause(t.Context())
		ended := make(chan error, 1)
		sent := &closing{Reader: strings.NewReader("secret")}
		req, err := http.NewRequestWithContext(waiting, http.MethodPost, "https://api.test/cancelled", sent)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, err := transport.RoundTrip(req); ended <- err }()
		synctest.Wait()
		after := make(chan error, 1)
		go func() { after <- ask(t.Context(), transport, "https://api.test/after") }()
		synctest.Wait()
		cancel(reason)
		if err := <-ended; !errors.Is(err, reason) || !sent.closed {
			t.Errorf("got %v; its body was closed: %v", err, sent.closed)
		}
		if err := ask(waiting, transport, "https://api.test/too-late"); !errors.Is(err, reason) {
			t.Errorf("a request of an ended context: %v", err)
		}
		begin := time.Now()
		if err := cmp.Or(first.Close(), <-after); err != nil || time.Since(begin) != 0 {
			t.Errorf("the next one: %v, after %s", err, time.Since(begin))
		}
		for range 50 {
			if err := ask(waiting, transport, "https://api.test/much-too-late"); !errors.Is(err, reason) {
				t.Errorf("a request of an ended context: %v", err)
			}
		}
		if got := a.paths(); !slices.Equal(got, []string{"first", "after"}) {
			t.Errorf("asked %v", got)
		}
		rests(t, l)
	})
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

// A turn that comes in the instant of the cancellation must go to somebody else.
func TestATurnThatComesTogetherWithTheCancellationIsNotLost(t *testing.T) {
	for _, cancelledFirst := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			const address = "api.test:443"
			l := NewLimiter(20, 1)
			_, leave, err := l.enter(t.Context(), address, "A")
			if err != nil {
				t.Fatal(err)
			}
			type entry struct {
				leave func()
				err   error
			}
			enter := func(ctx context.Context, account string) <-chan entry {
				entered := make(chan entry, 1)
				go func() { _, leave, err := l.enter(ctx, address, account); entered <- entry{leave, err} }()
				synctest.Wait()
				return entered
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			b, c := enter(ctx, "B"), enter(t.Context(), "C")
			h := l.hosts[address]
			l.mu.Lock() // who is woken finds both
			if cancelledFirst {
				cancel()
			}
			h.give("A")
			h.admit()
			l.mu.Unlock()
			cancel()
			first := <-b
			if (first.err != nil) != cancelledFirst {
				t.Fatalf("cancelled first: %v, %v", cancelledFirst, first.err)
			}
			begun := 3
			if first.err == nil {
				first.leave()
			} else {
				begun--
			}
			second := <-c
			if more := int(h.rate.Tokens()) + h.unused; second.err != nil || h.inFlight != 1 || more != burst-begun {
				t.Errorf("the next one: %v, %d in flight, %d more may begin, want %d", second.err, h.inFlight, more, burst-begun)
			}
			second.leave()
			h.take("A") // of A, whose slot was taken from it above
			leave()
			rests(t, l)
		})
	}
}

func TestASlotIsFreeAfterEveryEndOfARequest(t *testing.T) {
	refused := errors.New("connection refused")
	ends := map[string]func(t *testing.T, l *Limiter){
		"a body that was never read": func(t *testing.T, l *Limiter) {
			if err := ask(t.Context(), l.Transport("T1", &asked{}), "https://api.test/"); err != nil {
				t.Error(err)
			}
		},
		"a body closed three times": func(t *testing.T, l *Limiter) {
			body, err := hold(t.Context(), l.Transport("T1", &asked{}), "https://api.test/")
			if err := errors.Join(err, body.Close(), body.Close(), body.Close()); err != nil {
				t.Error(err)
			}
		},
		"no answer": func(t *testing.T, l *Limiter) {
			if err := ask(t.Context(), l.Transport("T1", &asked{fails: refused}), "https://api.test/"); !errors.Is(err, refused) {
				t.Error(err)
			}
		},
		"a deadline": func(t *testing.T, l *Limiter) {
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			defer stop()
			if err := ask(ctx, l.Transport("T1", &asked{takes: time.Hour}), "https://api.test/"); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		},
		"a panic": func(t *testing.T, l *Limiter) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			t.Error(ask(t.Context(), l.Transport("T1", roundTripper(func(*http.Request) (*http.Response, error) { panic("in a transport") })), "https://api.test/"))
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := NewLimiter(1000, 1)
				end(t, l)
				begin := time.Now()
				transport := l.Transport("T2", &asked{})
				body, err := hold(t.Context(), transport, "https://api.test/")
				if err != nil || time.Since(begin) != 0 {
					t.Fatalf("the next request: %v, after %s", err, time.Since(begin))
				}
				ctx, stop := context.WithTimeout(t.Context(), time.Second)
				defer stop()
				if err := ask(ctx, transport, "https://api.test/"); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("there is more than the one slot: %v", err)
				}
				if err := body.Close(); err != nil {
					t.Error(err)
				}
				rests(t, l)
			})
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestAHostThatHangsDoesNotSlowAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, hangs, answers := NewLimiter(20, 8), &asked{takes: time.Hour}, &asked{}
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if err := ask(ctx, l.Transport("T1", hangs), "https://api.test/"); !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		begin := time.Now()
		for range burst {
			if err := ask(ctx, l.Transport("T1", answers), "https://checkout.test/"); err != nil {
				t.Error(err)
			}
		}
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("waited %s", waited)
		}
		all.Wait()
		if got := len(hangs.paths()); got != 8 {
			t.Errorf("%d requests reached the host that hangs", got)
		}
		rests(t, l)
	})
}

func TestOneHostHasOneQueueHoweverItIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(0, 1)
		transport := l.Transport("T1", &asked{})
		body, err := hold(t.Context(), transport, "https://api.test/")
		if err != nil {
			t.Fatal(err)
		}
		for url, waits := range map[string]bool{
			"https://API.test:443/": true, "https://api.test/v2": true,
			"http://api.test/": false, "https://api.test:8443/": false, "https://[::1]/": false,
		} {
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			if err := ask(ctx, transport, url); (err != nil) != waits {
				t.Errorf("%s: %v", url, err)
			}
			stop()
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestANumberThatIsNotAboveZeroIsNoBound(t *testing.T) {
	for _, perSecond := range []float64{0, -1} {
		synctest.Test(t, func(t *testing.T) {
			l, a, begin := NewLimiter(perSecond, int(perSecond)), &asked{takes: time.Second}, time.Now()
			var all sync.WaitGroup
			for range 1000 {
				all.Go(func() {
					if err := ask(t.Context(), l.Transport("T1", a), "https://api.test/"); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if waited := time.Since(begin); waited != time.Second || a.most != 1000 {
				t.Errorf("%d at once, done after %s", a.most, waited)
			}
		})
	}
}

func TestAServerOnTheNetworkIsHeldToTheBounds(t *testing.T) {
	var now, most, all atomic.Int64
	together := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer now.Add(-1)
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if all.Add(1) == 4 {
			close(together)
		}
		<-together // so that four are in flight at once
		fmt.Fprint(w, r.Header.Get("X-Account"))
	}))
	defer server.Close()
	l := NewLimiter(1000, 4)
	defer l.network.(*http.Transport).CloseIdleConnections()
	var clients sync.WaitGroup
	for i := range 50 {
		account := fmt.Sprint("T", i)
		client := http.Client{Transport: l.Transport(account, nil)}
		clients.Go(func() {
			for range 4 {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("X-Account", account)
				resp, err := client.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				if err := errors.Join(err, resp.Body.Close()); err != nil || string(body) != account {
					t.Errorf("account %s got %q, %v", account, body, err)
				}
			}
		})
	}
	clients.Wait()
	if all.Load() != 200 || most.Load() != 4 {
		t.Errorf("%d requests, at most %d at once", all.Load(), most.Load())
	}
}
