package shop

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func testShop(t testing.TB, seed uint64) *Shop {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return New(seed, zone)
}

// sample is days all over the promised years, clock changes and leap days among them.
func sample(s *Shop) []Date {
	var out []Date
	for _, day := range []string{"2015-01-01", "2016-02-29", "2020-03-29", "2024-12-31", "2026-03-29", "2026-10-25"} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			panic(err)
		}
		out = append(out, s.DateOf(at.Add(12*time.Hour)))
	}
	first := out[0]
	for d := first; d < first+4300; d += 173 {
		out = append(out, d)
	}
	return out
}

func TestEventsAreInOrderWithinTheLifetimeAndEndFinal(t *testing.T) {
	s := testShop(t, 3)
	for _, d := range sample(s) {
		for _, tx := range s.Day(d) {
			before := tx.Created
			if s.DateOf(tx.Created) != d {
				t.Fatalf("%s of day %d is created on %s", tx.ID, d, tx.Created)
			}
			for _, e := range tx.Events {
				if e.At.Before(before) || e.At.Sub(tx.Created) > Lifetime {
					t.Fatalf("%s: %s at %s, after %s, created %s", tx.ID, e.Type, e.At, before, tx.Created)
				}
				before = e.At
			}
			if status := Status(tx.Events); !IsFinal(status) {
				t.Errorf("%s ends as %s", tx.ID, status)
			}
		}
	}
}

func TestEveryDayHasSomethingOfEverything(t *testing.T) {
	for _, seed := range []uint64{0, 99} {
		s := testShop(t, seed)
		for _, d := range sample(s) {
			seen := dayOf(s, d)
			var want []string
			for _, store := range s.Stores {
				want = append(want, "capture in "+store.ID)
			}
			for _, seller := range s.Sellers {
				want = append(want, "capture for "+seller)
			}
			want = append(want, "refund", "void", "open", "split", "hostile", "order authorizations", "order captures", "order refunds", "order cancellations",
				"fund", "drawdown", "pending_capture", "voided")
			for _, w := range want {
				if seen[w] == 0 {
					t.Errorf("seed %d, %s: no %s", seed, s.Midnight(d).Format("2006-01-02"), w)
				}
			}
			if n := len(s.Day(d)); n < 60 || n > 110 {
				t.Errorf("%d transactions on day %d", n, d)
			}
		}
	}
}

// dayOf counts what happens on an Oslo day, from what was created within three days.
func dayOf(s *Shop, d Date) map[string]int {
	seen := map[string]int{}
	from, to := s.Midnight(d), s.Midnight(d+1)
	today := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	for day := range Days(d, d-2) {
		for _, tx := range s.Day(day) {
			visible, _ := tx.Visible(to.Add(-time.Nanosecond))
			if Status(visible) == "AUTHORIZED" {
				seen["open"]++
			}
			for i := range visible {
				e := &visible[i]
				switch {
				case !today(e.At) || !e.Success:
				case e.Type == "CAPTURE":
					seen["capture in "+tx.Store.ID]++
					for _, share := range SumShares(tx.Lines) {
						seen["capture for "+share.PayoutDestination]++
					}
					seen["capture for "+tx.Owner()]++
					if tx.Split != Unsplit {
						seen["split"]++
					}
					if slices.Contains(s.Hostile, tx.Reference) {
						seen["hostile"]++
					}
				default:
					seen[strings.ToLower(e.Type)]++
				}
			}
		}
	}
	for k := d - 2; k <= d; k++ {
		countOrdersAndCards(s, k, today, seen)
	}
	return seen
}

func countOrdersAndCards(s *Shop, d Date, today func(time.Time) bool, seen map[string]int) {
	kinds := map[string]string{"AUTHORIZE": "authorizations", "CAPTURE": "captures", "REFUND": "refunds", "VOID": "cancellations"}
	for _, tx := range s.Orders(d) {
		for _, e := range tx.Events {
			if kinds[e.Type] != "" && today(e.At) {
				seen["order "+kinds[e.Type]]++
			}
		}
	}
	for _, c := range s.GiftCards(d) {
		for _, m := range c.Movements {
			if today(m.At) {
				seen[m.Type]++
			}
		}
	}
}

func TestTheBusiestStoreIsOslo(t *testing.T) {
	s := testShop(t, 1)
	count := map[string]int{}
	for d := Date(3000); d < 3100; d++ {
		for _, tx := range s.Day(d) {
			count[tx.Store.ID]++
		}
	}
	for id, n := range count {
		if n > count["sc029"] {
			t.Errorf("%s has %d transactions, sc029 %d", id, n, count["sc029"])
		}
	}
}

func TestTheShopForgetsOldDays(t *testing.T) {
	s := testShop(t, 1)
	for d := Date(0); d < keptDays+40; d++ {
		s.Day(d)
	}
	if len(s.kept) != keptDays || len(s.order) != keptDays {
		t.Errorf("%d days kept, %d in order", len(s.kept), len(s.order))
	}
	if _, kept := s.kept[0]; kept {
		t.Error("the oldest day is still kept")
	}
}

func BenchmarkDay(b *testing.B) {
	s := testShop(b, 1)
	for i := 0; b.Loop(); i++ {
		s.makeDay(Date(4000 + i%365))
	}
}
