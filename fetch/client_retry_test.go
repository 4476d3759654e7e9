package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRetryAfterIsObeyedByEveryRequest(t *testing.T) {
	for name, header := range map[string]func(now time.Time) string{
		"seconds": func(time.Time) string { return "120" },
		"a date":  func(now time.Time) string { return now.Add(2 * time.Minute).UTC().Format(http.TimeFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			first := true
			d := &dintero{}
			d.resource = func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/cards"):
					fmt.Fprint(w, `{"cards":[{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"}]}`)
				case strings.Contains(r.URL.Path, "/1/") && first:
					first = false
					w.Header().Set("Retry-After", header(time.Now()))
					w.WriteHeader(http.StatusTooManyRequests)
				default:
					fmt.Fprint(w, "[]")
				}
			}
			d.with(t, func(t *testing.T, c *Client) {
				c.reader.InFlight = 1
				for _, err := range c.Wallets(t.Context(), november19) {
					t.Fatal(err)
				}
				waited := d.at[2].Sub(d.at[1])
				if d.calls() != 6 || waited < 119*time.Second || waited > 121*time.Second {
					t.Errorf("%d requests, the second after %s", d.calls(), waited)
				}
			})
		})
	}
}

// One request is told to wait; those that would begin meanwhile wait with it.
func TestAPauseHoldsTheOthersBackToo(t *testing.T) {
	begin := time.Time{}
	refusals := 0
	d := &dintero{}
	d.resource = func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/cards"):
			begin = time.Now()
			fmt.Fprint(w, `{"cards":[`+strings.Repeat(`{"id":"first"},`, 3)+strings.Repeat(`{"id":"other"},`, 30)+`{"id":"last"}]}`)
		case strings.Contains(r.URL.Path, "/first/"):
			<-time.After(time.Second)
			fmt.Fprint(w, "[]")
		case time.Since(begin) < 30*time.Second:
			d.mu.Lock()
			defer d.mu.Unlock()
			refusals++
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			fmt.Fprint(w, "[]")
		}
	}
	d.with(t, func(t *testing.T, c *Client) {
		c.reader.InFlight = 4
		for _, err := range c.Wallets(t.Context(), november19) {
			t.Fatal(err)
		}
		if refusals != 1 {
			t.Errorf("%d requests were refused, want the first alone", refusals)
		}
	})
}

// Two requests are told to wait, the second for longer: its wish counts for all.
func TestTheLongerOfTwoPausesCounts(t *testing.T) {
	for name, wishes := range map[string][2]string{"the longer last": {"10", "60"}, "the longer first": {"60", "10"}} {
		t.Run(name, func(t *testing.T) {
			var asked []time.Duration
			begin := time.Time{}
			d := &dintero{}
			d.resource = func(w http.ResponseWriter, r *http.Request) {
				refuse := func(after time.Duration, wish string) {
					<-time.After(after)
					w.Header().Set("Retry-After", wish)
					w.WriteHeader(http.StatusTooManyRequests)
				}
				since := time.Since(begin)
				switch {
				case strings.HasSuffix(r.URL.Path, "/cards"):
					begin = time.Now()
					fmt.Fprint(w, `{"cards":[{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"}]}`)
				case strings.Contains(r.URL.Path, "/1/") && since == 0:
					refuse(time.Second, wishes[0])
				case strings.Contains(r.URL.Path, "/2/") && since == 0:
					refuse(2*time.Second, wishes[1])
				default:
					d.mu.Lock()
					asked = append(asked, since)
					d.mu.Unlock()
					fmt.Fprint(w, "[]")
				}
			}
			d.with(t, func(t *testing.T, c *Client) {
				c.reader.InFlight = 2
				for _, err := range c.Wallets(t.Context(), november19) {
					t.Fatal(err)
				}
				if len(asked) != 4 || slices.Min(asked) < 61*time.Second || slices.Max(asked) > 63*time.Second {
					t.Errorf("asked after %v", asked)
				}
			})
		})
	}
}

// A pause that begins while a request waits for its turn holds that one back too, and
// leaves its turn to other accounts.
func TestAPauseHoldsBackWhoWaitsForTheirTurn(t *testing.T) {
	l, others := NewLimiter(0, 1), 0
	begin := time.Time{}
	var network http.RoundTripper
	d := &dintero{limit: func(base http.RoundTripper) http.RoundTripper {
		network = base
		return l.Transport("T12345678", base)
	}}
	d.resource = func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/cards"):
			begin = time.Now()
			fmt.Fprint(w, `{"cards":[{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"}]}`)
		case r.URL.Path == "/other":
			others++
		case time.Since(begin) < 30*time.Second:
			<-time.After(time.Second)
			if time.Since(begin) > time.Second {
				t.Errorf("%s was asked for in the pause", r.URL.Path)
			}
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			fmt.Fprint(w, "[]")
		}
	}
	d.with(t, func(t *testing.T, c *Client) {
		c.reader.InFlight = 4
		go func() {
			<-time.After(10 * time.Second)
			other := http.Client{Transport: l.Transport("another", network)}
			resp, err := other.Get("http://api.test/other")
			if err == nil {
				err = resp.Body.Close()
			}
			if err != nil || time.Since(begin) > 11*time.Second {
				t.Errorf("another account: %v, after %s", err, time.Since(begin))
			}
		}()
		for _, err := range c.Wallets(t.Context(), november19) {
			t.Fatal(err)
		}
		if others != 1 {
			t.Errorf("another account asked %d times", others)
		}
	})
}

func TestASlowAnswerIsReadAndASilentOneIsNot(t *testing.T) {
	pieces := func(every time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for _, piece := range strings.SplitAfter(rows("a"), ",") {
				fmt.Fprint(w, piece)
				_ = http.NewResponseController(w).Flush()
				select {
				case <-time.After(every):
				case <-r.Context().Done():
					return
				}
			}
		}
	}
	for name, test := range map[string]struct {
		every, least, most time.Duration
		calls              int
	}{
		"no answer at all":   {time.Hour, 60 * time.Second, 62 * time.Second, 4},
		"a piece every 25 s": {25 * time.Second, 100 * time.Second, 200 * time.Second, 3},
		"a piece every 35 s": {35 * time.Second, 30 * time.Second, 32 * time.Second, 4},
	} {
		t.Run(name, func(t *testing.T) {
			steps := []http.HandlerFunc{pieces(test.every), says("[]")}
			if test.every == time.Hour {
				steps[0] = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
			}
			if test.calls == 4 {
				steps[1] = says(rows("a"))
			}
			d := &dintero{resource: script(steps...)}
			d.with(t, func(t *testing.T, c *Client) {
				begin := time.Now()
				ids, err := idsOf(t, c.Transactions(t.Context(), november19))
				if took := time.Since(begin); err != nil || !cmp.Equal(ids, []string{"a"}) || d.calls() != test.calls || took < test.least || took > test.most {
					t.Errorf("got %v, %v after %s and %d requests", ids, err, took, d.calls())
				}
			})
		})
	}
}

func TestTheContextEndsAWaitAtOnce(t *testing.T) {
	d := &dintero{resource: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusServiceUnavailable)
	}}
	d.with(t, func(t *testing.T, c *Client) {
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		begin := time.Now()
		_, err := idsOf(t, c.Transactions(ctx, november19))
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took != 10*time.Second {
			t.Errorf("got %v after %s", err, took)
		}
	})
}
