package apiclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
	<-time.After(rememberFor + time.Minute)
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

func TestTenThousandReportsAtOnceAllGetTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reports := 10_000
		if testing.Short() {
			reports = 1_000
		}
		l := NewLimiter(20, 8)
		network := roundTripper(func(r *http.Request) (*http.Response, error) {
			<-time.After(100 * time.Millisecond)
			body := "[]"
			if strings.HasSuffix(r.URL.Path, "/auth/token") {
				body = `{"access_token":"token","token_type":"Bearer","expires_in":86400}`
			}
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})
		var all sync.WaitGroup
		for i := range reports {
			all.Go(func() {
				c := New(Config{
					TokenURL: "http://api.test/auth/token", Secret: func() (string, error) { return "secret", nil },
					Transport: l.Transport(fmt.Sprint(i), network), Now: time.Now, Log: slog.New(slog.DiscardHandler),
				})
				for range 2 {
					page := ""
					err := c.Get(t.Context(), "page", "http://checkout.test/transactions", func(body io.Reader) error {
						text, err := io.ReadAll(body)
						page = string(text)
						return err
					})
					if err != nil || page != "[]" {
						t.Errorf("got %q, %v", page, err)
					}
				}
			})
		}
		all.Wait()
		rests(t, l)
	})
}
