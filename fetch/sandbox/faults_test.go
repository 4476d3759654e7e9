package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// week is long enough for several pages.
func week() url.Values {
	return url.Values{"captured_at.gte": {"2026-11-12T23:00:00Z"}, "captured_at.lte": {"2026-11-19T23:00:00Z"}}
}

func sorted(ids []string) []string {
	slices.Sort(ids)
	return ids
}

// ways runs the test in process and over real HTTP, fresh servers with the fault.
func ways(t *testing.T, faults []string, test func(t *testing.T, c *client)) {
	t.Helper()
	t.Run("in process", func(t *testing.T) { test(t, inProcess(t, newServer(t, 1, noon(), faults...))) })
	t.Run("over HTTP", func(t *testing.T) { test(t, overHTTP(t, newServer(t, 1, noon(), faults...))) })
	t.Run("by header", func(t *testing.T) {
		c := inProcess(t, newServer(t, 1, noon()))
		c.header = strings.Join(faults, ", ")
		test(t, c)
	})
}

// TestFaultsThatPass: a client that tries again and keeps each id once gets the right data.
func TestFaultsThatPass(t *testing.T) {
	query := twoDays()
	query.Set("limit", "30")
	want := sorted(ids(inProcess(t, newServer(t, 1, noon())).login().transactions(query)))
	passing := 0
	for _, f := range Faults() {
		if !strings.Contains(f.Does, "passes") || f.Name == "slow" {
			continue
		}
		passing++
		t.Run(f.Name, func(t *testing.T) {
			ways(t, []string{f.Name}, func(t *testing.T, c *client) {
				got := ids(c.login().transactions(query))
				if once := f.Name != "duplicate"; once && len(got) != len(want) {
					t.Errorf("%d rows, want %d", len(got), len(want))
				}
				if diff := cmp.Diff(want, slices.Compact(sorted(got))); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
	if passing < 9 {
		t.Errorf("only %d faults pass", passing)
	}
}

// TestFaultsThatStay shows others by their answer to one page.
func TestFaultsThatStay(t *testing.T) {
	for name, wrong := range map[string]func(*http.Response, []byte, error) bool{
		"always-500": func(r *http.Response, b []byte, err error) bool { return r.StatusCode == 500 },
		"forbidden":  func(r *http.Response, b []byte, err error) bool { return r.StatusCode == 403 },
		"html": func(r *http.Response, b []byte, err error) bool {
			return r.StatusCode == 200 && strings.HasPrefix(r.Header.Get("Content-Type"), "text/html")
		},
		"object": func(r *http.Response, b []byte, err error) bool { return r.StatusCode == 200 && string(b) == "{}" },
		"null":   func(r *http.Response, b []byte, err error) bool { return r.StatusCode == 200 && string(b) == "null" },
		"error-200": func(r *http.Response, b []byte, err error) bool {
			return r.StatusCode == 200 && bytes.HasPrefix(b, []byte(`{"error"`))
		},
		"redirect": func(r *http.Response, b []byte, err error) bool {
			return r.StatusCode == 302 && strings.HasPrefix(r.Header.Get("Location"), "https://elsewhere.example.com/v1/")
		},
		"truncated": func(r *http.Response, b []byte, err error) bool {
			return r.StatusCode == 200 && err == nil && !json.Valid(b) && len(b) > 1000
		},
		"truncated-always": func(r *http.Response, b []byte, err error) bool {
			return r.StatusCode == 200 && err == nil && !json.Valid(b) && len(b) > 1000
		},
		"reset": func(r *http.Response, b []byte, err error) bool {
			return r.StatusCode == 200 && errors.Is(err, io.ErrUnexpectedEOF) && len(b) > 1000
		},
		"endless": func(r *http.Response, b []byte, err error) bool { return r.StatusCode == 200 && len(b) == 4<<20 },
	} {
		t.Run(name, func(t *testing.T) {
			ways(t, []string{name}, func(t *testing.T, c *client) {
				res, body, err := c.login().try("/transactions", twoDays())
				if res == nil || !wrong(res, body, err) {
					t.Errorf("%v %v %.200s", res, err, body)
				}
			})
		})
	}
}

func TestTruncatedAlwaysStaysTruncated(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon(), "truncated-always")).login()
	for range 5 {
		if _, body, _ := c.try("/transactions", twoDays()); json.Valid(body) {
			t.Error("a whole page came through")
		}
	}
}

func TestTokenFaults(t *testing.T) {
	ways(t, []string{"unauthorized"}, func(t *testing.T, c *client) {
		if res, body, err := c.auth(account, account, "id", "secret"); err != nil || res.StatusCode != 401 {
			t.Errorf("%v %s", err, body)
		}
	})
	ways(t, []string{"zero-expiry"}, func(t *testing.T, c *client) {
		if _, body, err := c.auth(account, account, "id", "secret"); err != nil || !strings.Contains(string(body), `"expires_in":0`) {
			t.Errorf("%v %s", err, body)
		}
	})
	ways(t, []string{"revoked-token"}, func(t *testing.T, c *client) {
		c.login()
		var got []int
		for i := range 8 {
			if i == 5 {
				c.login()
			}
			res, _, _ := c.try("/transactions", nil)
			got = append(got, res.StatusCode)
		}
		if diff := cmp.Diff([]int{200, 200, 200, 401, 401, 200, 200, 200}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEveryNthRequestFails(t *testing.T) {
	for name, want := range map[string][]int{"rate-limit": {200, 429, 200, 200, 429, 200}, "server-error": {200, 200, 500, 200, 200, 200}} {
		c := overHTTP(t, newServer(t, 1, noon(), name)).login() // the token was the first request
		var got []int
		for range want {
			res, _, _ := c.try("/transactions", nil)
			got = append(got, res.StatusCode)
			if res.StatusCode == 429 && res.Header.Get("Retry-After") != "1" {
				t.Error("429 without Retry-After")
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestCursorsThatNeverEnd follows each list for more pages than it has.
func TestCursorsThatNeverEnd(t *testing.T) {
	for _, name := range []string{"loop", "stuck"} {
		c := inProcess(t, newServer(t, 1, noon(), name)).login()
		for _, limit := range []string{"100", "20"} {
			q, seen := twoDays(), map[string]int{}
			q.Set("limit", limit)
			for range 12 {
				var page []wireTransaction
				c.decode(c.get("/transactions", q), &page)
				if len(page) == 0 {
					t.Fatalf("%s, limit %s: the listing ends", name, limit)
				}
				q.Set("starting_after", page[len(page)-1].ID)
				seen[page[0].ID]++
			}
			if want := map[string]int{"loop": 2, "stuck": 1}[name]; len(seen) != want {
				t.Errorf("%s, limit %s: %d pages", name, limit, len(seen))
			}
		}
	}
}

func TestPagesOutOfShape(t *testing.T) {
	plain := inProcess(t, newServer(t, 1, noon())).login().transactions(week())
	q := week()
	q.Set("limit", "50")
	first := func(fault string) (page []wireTransaction) {
		c := inProcess(t, newServer(t, 1, noon(), fault)).login()
		c.decode(c.get("/transactions", q), &page)
		return page
	}
	if got := first("oversized-page"); len(got) != 100 {
		t.Errorf("oversized page: %d rows", len(got))
	}
	got := ids(first("reordered"))
	if slices.Equal(got, ids(plain[:50])) || !slices.Equal(sorted(got), sorted(ids(plain[:50]))) {
		t.Errorf("reordered page: %v", got)
	}
	c := inProcess(t, newServer(t, 1, noon(), "duplicate")).login()
	if n := len(c.transactions(week())); n <= len(plain) {
		t.Errorf("%d rows with duplicates, %d without", n, len(plain))
	}
}

func TestSlowTakesTwoSecondsAndGivesUpWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inProcess(t, newServer(t, 1, noon(), "slow")).login()
		start := time.Now()
		if body := c.get("/transactions", nil); len(body) < 1000 || time.Since(start) != slowness {
			t.Errorf("%d bytes after %s", len(body), time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/transactions", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+c.token)
		if _, _, err := c.send(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a client without patience: %v", err)
		}
	})
}

func TestUnknownFaultInAHeaderIsRefused(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	c.header = "earthquake"
	if res, body, _ := c.try("/transactions", nil); res.StatusCode != 400 || !strings.Contains(string(body), "earthquake") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

// TestOrdersAndCardsHaveTheFaultsToo reads both lists through the faults that pass.
func TestOrdersAndCardsHaveTheFaultsToo(t *testing.T) {
	plain := inProcess(t, newServer(t, 1, noon())).login()
	some := url.Values{"created_at.gte": {"2026-11-14"}, "limit": {"9"}}
	for _, name := range []string{"reset", "truncated", "reordered", "oversized-page", "server-error", "rate-limit", "revoked-token"} {
		c := inProcess(t, newServer(t, 1, noon(), name)).login()
		if a, b := len(plain.orders(some)), len(c.orders(some)); a != b {
			t.Errorf("%s: %d orders, want %d", name, b, a)
		}
		if a, b := len(plain.cards(nil)), len(c.cards(nil)); a != b {
			t.Errorf("%s: %d cards, want %d", name, b, a)
		}
	}
}
