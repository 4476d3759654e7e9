package listing

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var fridayMorning = time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC)

// Whatever the order of a listing and whichever capture its captured_at is, the partitions
// bring what reading page after page brings.
func TestPartitionsBringWhatTheWholeListingBrings(t *testing.T) {
	sales := busyDays(1500, fridayMorning)
	meanings := map[string]func([]time.Time, time.Time, time.Time) bool{"any": anyOf, "first": firstOf, "last": lastOf, "each": eachOf}
	for order, compare := range orders() {
		for meaning, matches := range meanings {
			if testing.Short() && meaning != "each" {
				continue
			}
			snapshot, dayBefore := fridayMorning.Add(-60*time.Hour), fridayMorning.Add(-24*time.Hour)
			for part, q := range map[string][]sublisting{
				"period": threeDays(),
				"snapshot": {since("open", CreatedAt, time.Time{}), since("captured", CapturedAt, snapshot), since("refunded", RefundedAt, snapshot),
					since("voided", CreatedAt, snapshot.Add(-180*24*time.Hour))},
				"thorough": {since("captured", CapturedAt, dayBefore), since("refunded", RefundedAt, dayBefore), since("made", CreatedAt, dayBefore.Add(-400*24*time.Hour))},
			} {
				synctest.Test(t, func(t *testing.T) {
					b := newListingServer(sales, compare)
					b.matches, b.takes = matches, 30*time.Millisecond
					want := b.onePageAfterAnother(q)
					got := b.ask(t, b.reader(fridayMorning, 8), q)
					if diff := cmp.Diff(want, got); diff != "" || b.most < 2 {
						t.Errorf("%s, %s capture, %s: at most %d in flight, -want +got:\n%s", order, meaning, part, b.most, diff)
					}
				})
			}
		}
	}
}

// onePageAfterAnother is the ids of some listings, by the server alone.
func (b *listingServer) onePageAfterAnother(listings []sublisting) map[string]bool {
	all := map[string]bool{}
	for _, l := range listings {
		bounds := boundsOf(l.listing.Query)
		for _, s := range b.sales {
			if b.holds(s, bounds) {
				all[s.id] = true
			}
		}
	}
	return all
}

// A payment that is made or captured while the listing is read moves its rows; none is
// lost that was there before.
func TestRowsThatMoveWhileTheyAreReadAreNotLost(t *testing.T) {
	for order, compare := range orders() {
		for meaning, matches := range map[string]func([]time.Time, time.Time, time.Time) bool{"any": anyOf, "last": lastOf} {
			synctest.Test(t, func(t *testing.T) {
				b := newListingServer(busyDays(1500, fridayMorning), compare)
				b.matches, b.takes = matches, 30*time.Millisecond
				want := b.onePageAfterAnother(threeDays())
				b.meantime = func(n int) {
					if n > 60 || strings.Contains(order, "updated") {
						return // a listing by the last update loses rows even where it is read page after page
					}
					at := fridayMorning.Add(time.Duration(n) * time.Second)
					fresh := &sale{id: fmt.Sprintf("T12345678.%016x-new", n*7919), created: at, updated: at, captures: []time.Time{at}}
					moved := b.sales[(n*131)%len(b.sales)]
					changed := *moved
					changed.captures = append(slices.Clone(moved.captures), at)
					changed.updated = at
					b.sales[b.place[moved.id]] = &changed
					b.sales = append(b.sales, fresh)
					b.sort(compare)
				}
				got := b.ask(t, b.reader(fridayMorning, 8), threeDays())
				for id := range want {
					if !got[id] {
						t.Errorf("%s, %s capture: %s is lost", order, meaning, id)
					}
				}
			})
		}
	}
}

// What passes is tried again in a partition as anywhere; what does not ends all of them.
func TestFaultsWithinPartitions(t *testing.T) {
	answer := func(code int, body string) *http.Response {
		resp := says200(body)
		resp.StatusCode = code
		return resp
	}
	stuck := func(_ int, q url.Values) *http.Response {
		if q.Has("captured_at.lte") && q.Has("starting_after") {
			return says200("[" + row(q.Get("starting_after")) + "]")
		}
		return nil
	}
	for name, test := range map[string]struct {
		bent func(n int, q url.Values) *http.Response
		want string
	}{
		"429 now and then": {bent: func(n int, _ url.Values) *http.Response {
			if n%10 == 0 {
				return answer(http.StatusTooManyRequests, "")
			}
			return nil
		}},
		"500 now and then": {bent: func(n int, _ url.Values) *http.Response {
			if n%7 == 0 {
				return answer(http.StatusInternalServerError, "")
			}
			return nil
		}},
		"a body that is cut now and then": {bent: func(n int, _ url.Values) *http.Response {
			if n%9 == 0 {
				return says200("[" + row("x"))
			}
			return nil
		}},
		"403 at last": {bent: func(n int, _ url.Values) *http.Response {
			if n > 20 {
				return answer(http.StatusForbidden, "")
			}
			return nil
		}, want: "403 Forbidden — does the client have the scope read:checkout?"},
		"a cursor that does not advance": {bent: stuck, want: "the listing does not advance past"},
		"a page that is no page": {bent: func(n int, _ url.Values) *http.Response {
			if n == 15 {
				return says200("{}")
			}
			return nil
		}, want: ": the answer: is an object, not an array"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newListingServer(busyDays(1500, fridayMorning), orders()["by id"])
				b.takes, b.bent = 30*time.Millisecond, test.bent
				got := map[string]bool{}
				var failure error
				for tr, err := range read(t.Context(), b.reader(fridayMorning, 8), threeDays()) {
					if failure != nil {
						t.Fatal("something came after the error")
					}
					if failure = err; err == nil {
						got[tr.ID] = true
					}
				}
				switch {
				case b.now != 0:
					t.Errorf("%d requests outlive the sequence", b.now)
				case test.want == "" && failure == nil:
					if diff := cmp.Diff(b.onePageAfterAnother(threeDays()), got); diff != "" {
						t.Errorf("-want +got:\n%s", diff)
					}
				case test.want == "" || failure == nil || !strings.Contains(failure.Error(), test.want) ||
					!strings.Contains(failure.Error(), "transactions captured since 2026-11-17T05:00:00Z, of those the ones captured from "):
					t.Errorf("got %v", failure)
				}
			})
		})
	}
}

// Who leaves early or cancels leaves nothing running behind.
func TestLeavingEndsAllPartitionsAtOnce(t *testing.T) {
	for _, way := range []string{"leave", "cancel"} {
		synctest.Test(t, func(t *testing.T) {
			b := newListingServer(busyDays(5000, fridayMorning), orders()["by id"])
			b.takes = time.Second
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			n, begin, failure := 0, time.Time{}, error(nil)
			for _, err := range read(ctx, b.reader(fridayMorning, 8), threeDays()) {
				if failure = err; err != nil {
					break
				}
				if n++; n == 2000 {
					begin = time.Now()
					if way == "leave" {
						break
					}
					cancel()
				}
			}
			if b.most != 8 || b.now != 0 || time.Since(begin) != 0 || (failure != nil) != (way == "cancel") {
				t.Errorf("%s: %d of %d requests still run, it took %s, %v", way, b.now, b.most, time.Since(begin), failure)
			}
		})
	}
}

// A second cannot be cut: it is read page after page.
func TestAllInOneSecond(t *testing.T) {
	for _, at := range []time.Time{fridayMorning.Add(-time.Hour), fridayMorning.Add(-time.Hour + 250*time.Millisecond)} {
		for _, others := range []int{0, 100, 2000} {
			synctest.Test(t, func(t *testing.T) {
				sales := busyDays(others, fridayMorning)
				for i := range 2000 {
					sales = append(sales, &sale{id: fmt.Sprintf("T12345678.%08d", i), created: at, updated: at, captures: []time.Time{at}})
				}
				b := newListingServer(sales, orders()["by id"])
				b.takes = time.Millisecond
				got := b.ask(t, b.reader(fridayMorning, 8), threeDays())
				if len(got) != len(sales) || len(b.asked) > 8*len(sales)/PageSize {
					t.Errorf("%d others: got %d of %d in %d requests", others, len(got), len(sales), len(b.asked))
				}
			})
		}
	}
}

// Where there is little to read, it is asked for as ever.
func TestAShortListingIsNotCut(t *testing.T) {
	for _, n := range []int{0, 60, 100, 250, 299} {
		synctest.Test(t, func(t *testing.T) {
			b := newListingServer(busyDays(n, fridayMorning), orders()["newest first"])
			b.ask(t, b.reader(fridayMorning, 8), threeDays())
			pages := (n+99)/100 + 1 // and the empty one
			if refunds := 2; len(b.asked) > pages+refunds || b.most != 1 {
				t.Errorf("%d transactions: %d requests, %d at once", n, len(b.asked), b.most)
			}
		})
	}
}

// A server that does not know our bounds, or leaves rows out of them, is found out, and
// the listing is read whole all the same.
func TestPartitionsThatCannotBeTrustedAreNot(t *testing.T) {
	for name, bend := range map[string]func(url.Values) bool{
		"it lists everything": func(q url.Values) bool { maps.DeleteFunc(q, upper); return true },
		"it lists nothing":    func(q url.Values) bool { return !q.Has("captured_at.lte") && !q.Has("refunded_at.lte") },
		"it lists the even hours": func(q url.Values) bool {
			return !q.Has("captured_at.lte") || instantOf(q, "captured_at.gte").Hour()%2 == 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newListingServer(busyDays(1500, fridayMorning), orders()["by id"])
				b.takes = time.Millisecond
				b.bent = func(_ int, q url.Values) *http.Response {
					if !bend(q) {
						return says200("[]")
					}
					return says200(b.page(q))
				}
				want := b.onePageAfterAnother(threeDays())
				if diff := cmp.Diff(want, b.ask(t, b.reader(fridayMorning, 8), threeDays())); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if len(b.asked) > 200 {
					t.Errorf("%d requests", len(b.asked))
				}
			})
		})
	}
}

func upper(name string, _ []string) bool { return strings.HasSuffix(name, ".lte") }

// The pages that wait for a slow caller do not become more with the listing.
func TestASlowCallerHoldsTheRequestsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newListingServer(busyDays(5000, fridayMorning), orders()["by id"])
		b.takes = time.Millisecond
		n, ahead := 0, 0
		for _, err := range read(t.Context(), b.reader(fridayMorning, 8), threeDays()) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n%PageSize == 0 {
				<-time.After(time.Second)
				b.mu.Lock()
				ahead = max(ahead, len(b.asked)-n/PageSize)
				b.mu.Unlock()
			}
			if n == 1500 {
				break
			}
		}
		if ahead < 4 || ahead > 40 { // 8 workers, the buffered pages, and pages that were not full
			t.Errorf("%d pages are read ahead", ahead)
		}
	})
}
