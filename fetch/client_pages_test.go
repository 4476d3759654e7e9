package fetch

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAListingThatDoesNotAdvanceIsToldAndNotFollowed(t *testing.T) {
	for _, test := range []struct {
		name     string
		resource http.HandlerFunc
		calls    int
		want     string
	}{
		{"the same page again", says(rows("a", "b")), 2,
			"page 2: brings no row that the page before did not have — the listing does not advance past b"},
		{"the same page in another order", script(says(rows("a", "b")), says(rows("b", "a"))), 2, "page 2: brings no row"},
		{"a part of the page before", script(says(rows("a", "b")), says(rows("a"))), 2, "page 2: brings no row"},
		{"a circle", script(says(rows("a")), says(rows("b")), says(rows("c")), says(rows("a")), says(rows("b"))), 4,
			"page 4: leads back to a — the listing goes in a circle"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &dintero{resource: test.resource}
			d.with(t, func(t *testing.T, c *Client) {
				_, err := idsOf(t, c.Transactions(t.Context(), november19))
				if err == nil || !strings.Contains(err.Error(), test.want) || d.calls() != test.calls {
					t.Errorf("got %v after %d requests", err, d.calls())
				}
			})
		})
	}
}

func TestAListingWithoutEndIsStopped(t *testing.T) {
	n := 0
	d := &dintero{resource: func(w http.ResponseWriter, _ *http.Request) { n++; fmt.Fprint(w, rows(fmt.Sprint(n))) }}
	d.with(t, func(t *testing.T, c *Client) {
		c.reader.MaxPages = 50
		ids, err := idsOf(t, c.Transactions(t.Context(), november19))
		if err == nil || !strings.Contains(err.Error(), "page 50: the listing has no end: 50 pages were read") || len(ids) != 49 {
			t.Errorf("got %d rows, %v", len(ids), err)
		}
	})
}

// An insert shifts the window: a row comes again on the next page, and the listing goes on.
func TestARowThatComesOnTwoPagesIsYieldedTwice(t *testing.T) {
	d := &dintero{resource: script(says(rows("a", "b")), says(rows("b", "c")), says(rows("d")))}
	d.with(t, func(t *testing.T, c *Client) {
		if ids, err := idsOf(t, c.Transactions(t.Context(), november19)); err != nil || !cmp.Equal(ids, []string{"a", "b", "b", "c", "d"}) {
			t.Errorf("got %v, %v", ids, err)
		}
	})
}

// Whatever the server's order and its page sizes, every row comes.
func TestTheOrderOfAListingDoesNotMatter(t *testing.T) {
	all := make([]string, 500)
	for i := range all {
		all[i] = fmt.Sprint("T", i)
	}
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	d := &dintero{resource: func(w http.ResponseWriter, r *http.Request) {
		after := slices.Index(all, r.URL.Query().Get("starting_after")) + 1
		page := slices.Clone(all[after:min(after+1+random.IntN(100), len(all))])
		if len(page) > 1 { // up on one page, down on the next; the last stays the cursor
			slices.Reverse(page[:len(page)-1])
		}
		fmt.Fprint(w, rows(page...))
	}}
	d.with(t, func(t *testing.T, c *Client) {
		got := map[string]bool{}
		ids, err := idsOf(t, c.Transactions(t.Context(), november19))
		for _, id := range ids {
			got[id] = true
		}
		if err != nil || len(got) != len(all) {
			t.Errorf("got %d of %d rows, %v", len(got), len(all), err)
		}
	})
}

func TestAListingFollowsTheTokenWhereTheBodyHasOne(t *testing.T) {
	d := &dintero{resource: answers(map[string]string{
		"shopping/orders":          `{"orders":[{"id":"a","currency":"NOK","updated_at":"2020-01-01T00:00:00Z"}],"starting_after":"t1"}`,
		"shopping/orders after t1": `{"orders":[],"starting_after":"t2"}`,
		"shopping/orders after t2": `{"orders":[{"id":"b","currency":"NOK","updated_at":"2020-01-01T00:00:00Z"}]}`,
		"wallets/cards":            `{"cards":[],"starting_after":"t1"}`,
		"wallets/cards after t1":   `{"cards":[],"starting_after":"t1"}`,
	})}
	d.with(t, func(t *testing.T, c *Client) {
		if all, err := ordersOf(t, c, november19); err != nil || len(all) != 0 || d.calls() != 3 {
			t.Errorf("got %v, %v with %d requests", all, err, d.calls())
		}
		for _, err := range c.Wallets(t.Context(), november19) {
			if want := "cards: page 2: leads back to t1 — the listing goes in a circle"; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	})
}

func TestBreakingTheRangeStopsAllRequests(t *testing.T) {
	for name, read := range map[string]func(*testing.T, *Client){
		"transactions": func(t *testing.T, c *Client) {
			for range c.Transactions(t.Context(), november19) {
				break
			}
		},
		"orders": func(t *testing.T, c *Client) {
			for range c.Orders(t.Context(), november19) {
				break
			}
		},
		"wallets": func(t *testing.T, c *Client) {
			for range c.Wallets(t.Context(), november19) {
				break
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := &dintero{resource: shop(300)}
			d.with(t, func(t *testing.T, c *Client) {
				read(t, c)
				before := d.calls()
				<-time.After(time.Hour)
				if d.calls() != before || before > 1+4*2*defaultConcurrency {
					t.Errorf("%d requests until the break, %d after it", before, d.calls()-before)
				}
			})
		})
	}
}

// shop answers every listing with n things, every order with one operation of each
// kind, every card with two movements; each answer takes a second.
func shop(n int) http.HandlerFunc {
	list := func(r *http.Request, row func(int) string) (page []string) {
		from := firstIndex(r)
		for i := from; i < min(from+100, n); i++ {
			page = append(page, row(i))
		}
		return page
	}
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(time.Second):
		case <-r.Context().Done():
			return
		}
		path := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/accounts/T12345678/"), "/")
		switch last := path[len(path)-1]; {
		case len(path) == 4 && last == "transactions":
			fmt.Fprintf(w, `[{"id":"%[1]s-1","type":"fund","amount":5000,"currency":"NOK","created_at":"2026-11-19T10:00:00Z"},
				{"id":"%[1]s-2","type":"drawdown","amount":100,"currency":"NOK","created_at":"2026-11-19T11:00:00Z","card_id":"forged"}]`, path[2])
		case last == "cards":
			page := list(r, func(i int) string { return fmt.Sprintf(`{"card_id":"n%d","id":"x"}`, i) })
			next := ""
			if len(page) == 100 {
				next = fmt.Sprintf(`,"starting_after":"n%d"`, firstIndex(r)+99)
			}
			fmt.Fprintf(w, `{"cards":[%s]%s}`, strings.Join(page, ","), next)
		case last == "orders":
			fmt.Fprintf(w, `{"orders":[%s]}`, strings.Join(list(r, func(i int) string {
				return fmt.Sprintf(`{"id":"n%d","currency":"NOK","updated_at":"2026-11-19T10:00:00Z","captures":[{"id":"not counted"}]}`, i)
			}), ","))
		case len(path) == 4:
			fmt.Fprintf(w, `{%q:[{"id":"%s-%s","amount":100,"created_at":"2026-11-19T10:00:00Z"}]}`, last, path[2], last)
		default:
			page := list(r, func(i int) string { return row(fmt.Sprint("n", i)) })
			fmt.Fprintf(w, "[%s]", strings.Join(page, ","))
		}
	}
}

// firstIndex is the number of the first thing on the page asked for.
func firstIndex(r *http.Request) (from int) {
	if _, err := fmt.Sscanf(r.URL.Query().Get("starting_after"), "n%d", &from); err == nil {
		from++
	}
	return from
}
