package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// asked is what a host sees.
type asked struct {
	mu    sync.Mutex
	order []string // the paths
	at    []time.Time
	now   int // in flight
	most  int
	takes time.Duration // until the answer begins; with 0 it comes at once
	fails error
}

func (a *asked) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.order, a.at = append(a.order, strings.TrimPrefix(req.URL.Path, "/")), append(a.at, time.Now())
	a.now++
	a.most = max(a.most, a.now)
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.now--
	}()
	if a.takes > 0 {
		select {
		case <-time.After(a.takes):
		case <-req.Context().Done():
			return nil, context.Cause(req.Context())
		}
	}
	if a.fails != nil {
		return nil, a.fails
	}
	return &http.Response{StatusCode: http.StatusInternalServerError, Body: io.NopCloser(strings.NewReader("never read"))}, nil
}

func (a *asked) paths() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.order)
}

// hold makes a request and leaves its body open.
func hold(ctx context.Context, transport http.RoundTripper, url string) (io.Closer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func ask(ctx context.Context, transport http.RoundTripper, url string) error {
	body, err := hold(ctx, transport, url)
	if err != nil {
		return err
	}
	return body.Close()
}

// rests fails unless the limiter has forgotten all hosts after a while.
func rests(t *testing.T, l *Limiter) {
	t.Helper()
	<-time.After(remembered + time.Minute)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.hosts) > 0 {
		t.Errorf("%d hosts are remembered that nobody asks", len(l.hosts))
	}
}

func TestAHostIsNeverAskedMoreOftenThanTheRateForTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 20
		l, a := NewLimiter(rate, 8), &asked{takes: 130 * time.Millisecond}
		begin := time.Now()
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		var clients sync.WaitGroup
		for i := range 25 {
			transport := l.Transport(fmt.Sprint(i), a)
			clients.Go(func() {
				for n := 0; ; n++ {
					if err := ask(ctx, transport, "https://api.test/"); err != nil {
						if !errors.Is(err, context.DeadlineExceeded) {
							t.Error(err)
						}
						return
					}
					if n%50 == i { // some rest now and then
						<-time.After(3 * time.Second)
					}
				}
			})
		}
		clients.Wait()
		inAnyWindow(t, a.at, rate)
		if want := 10*60*rate + burst; len(a.at) > want || len(a.at) < want-25 {
			t.Errorf("%d requests, want %d", len(a.at), want)
		}
		if a.most > 8 {
			t.Errorf("%d in flight", a.most)
		}
		t.Logf("%d requests in %s, at most %d in flight", len(a.at), time.Since(begin), a.most)
		rests(t, l)
	})
}

// inAnyWindow fails where more began between two instants than a full burst and what
// the rate gives since.
func inAnyWindow(t *testing.T, at []time.Time, rate float64) {
	t.Helper()
	slices.SortFunc(at, time.Time.Compare)
	least := 0.0
	for i, when := range at {
		saved := float64(i) - rate*when.Sub(at[0]).Seconds()
		least = min(least, saved)
		if got := saved + 1 - least; got > burst+1e-6 {
			t.Fatalf("request %d, %s after the first, is %.1f above the rate", i, when.Sub(at[0]), got)
		}
	}
}

func TestASingleReportIsNotSlowedAndABurstComesBackOnlyAfterRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, a := NewLimiter(20, 8), &asked{}
		transport := l.Transport("T1", a)
		spend := func(n int) time.Duration {
			begin := time.Now()
			for range n {
				if err := ask(t.Context(), transport, "https://api.test/"); err != nil {
					t.Error(err)
				}
			}
			return time.Since(begin)
		}
		if got := spend(burst); got != 0 {
			t.Errorf("the first %d took %s", burst, got)
		}
		if got := spend(10); got != 500*time.Millisecond {
			t.Errorf("ten more took %s", got)
		}
		<-time.After(250 * time.Millisecond)
		if got := spend(6); got != 50*time.Millisecond {
			t.Errorf("six after a rest of five took %s", got)
		}
		for _, rest := range []time.Duration{time.Second, 1500 * time.Millisecond, time.Hour} {
			<-time.After(rest)
			if got := spend(burst + 1); got != 50*time.Millisecond {
				t.Errorf("after a rest of %s %d took %s", rest, burst+1, got)
			}
		}
		rests(t, l)
	})
}

func TestAThousandWaitingRequestsDelayAnotherAccountByNoMoreThanOneTurn(t *testing.T) {
	for name, l := range map[string]*Limiter{"rate": NewLimiter(20, 0), "in flight": NewLimiter(0, 1)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &asked{takes: 10 * time.Millisecond}
				var all sync.WaitGroup
				wants := func(account string, n int) {
					transport := l.Transport(account, a)
					for i := range n {
						all.Go(func() {
							if err := ask(t.Context(), transport, fmt.Sprintf("https://api.test/%s%04d", account, i)); err != nil {
								t.Error(err)
							}
						})
						synctest.Wait() // they come one after the other
					}
				}
				wants("A", 1000)
				before := len(a.paths())
				wants("B", 1)
				wants("C", 2)
				wants("D", 1)
				all.Wait()
				if got := a.order[before : before+5]; !slices.Equal(slices.Concat(got[:3], got[4:]), []string{"B0000", "C0000", "D0000", "C0001"}) {
					t.Errorf("after %d of A came %v", before, got)
				}
				ofA := slices.DeleteFunc(a.paths(), func(p string) bool { return p[0] != 'A' })
				if len(ofA) != 1000 || !slices.IsSorted(ofA) {
					t.Errorf("%d of A, first to come first to go: %v", len(ofA), slices.IsSorted(ofA))
				}
				rests(t, l)
			})
		})
	}
}

func TestAccountsThatWaitTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, a := NewLimiter(0, 1), &asked{takes: time.Second}
		var all sync.WaitGroup
		for _, account := range []string{"A", "B", "C"} {
			for range 20 {
				all.Go(func() {
					if err := ask(t.Context(), l.Transport(account, a), "https://api.test/"+account); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		for i := 1; i+2 < len(a.order); i++ { // the very first came before others waited
			three := slices.Sorted(slices.Values(a.order[i : i+3]))
			if i+3 < len(a.order)-3 && !slices.Equal(three, []string{"A", "B", "C"}) {
				t.Fatalf("turns %d to %d went to %v", i, i+2, three)
			}
		}
	})
}
