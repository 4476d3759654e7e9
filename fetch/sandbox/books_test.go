package sandbox

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func testView(t testing.TB, seed uint64, now time.Time) view {
	return view{books: newServer(t, seed, now).books, account: account, now: now}
}

// sample is days all over the promised years, clock changes and leap days among them.
func sample(v view) []date {
	var out []date
	for _, day := range []string{"2015-01-01", "2016-02-29", "2020-03-29", "2024-12-31", "2026-03-29", "2026-10-25"} {
		out = append(out, v.dateOf(at(day+"T12:00:00Z")))
	}
	first := out[0]
	for d := first; d < first+4300; d += 173 {
		out = append(out, d)
	}
	return out
}

func TestSameSeedAndDayGiveTheSameBytes(t *testing.T) {
	v, again, other := testView(t, 7, noon()), testView(t, 7, noon()), testView(t, 8, noon())
	show := func(v view, d date) []byte {
		var all []any
		for tx := range v.made(d, d, nil) {
			all = append(all, v.transaction(tx))
		}
		return encode(all)
	}
	for _, d := range sample(v) {
		if !bytes.Equal(show(v, d), show(again, d)) {
			t.Fatalf("day %d differs between two servers of one seed", d)
		}
		if bytes.Equal(show(v, d), show(other, d)) {
			t.Fatalf("day %d is the same for two seeds", d)
		}
	}
}

func TestNowOnlyHidesTheFuture(t *testing.T) {
	early, late := testView(t, 1, at("2026-05-17T12:00:00Z")), testView(t, 1, at("2027-05-17T12:00:00Z"))
	for d := early.dateOf(early.now) - 185; d <= early.dateOf(early.now); d += 5 {
		for _, tx := range early.day(d) {
			if tx.created.After(early.now) {
				continue
			}
			then, now := early.transaction(&tx), late.transaction(&tx)
			if len(then.Events) > len(now.Events) {
				t.Fatalf("%s lost events", tx.id)
			}
			for i := range then.Events {
				then.Events[i].Settlements, now.Events[i].Settlements = nil, nil
				if !bytes.Equal(encode(then.Events[i]), encode(now.Events[i])) {
					t.Fatalf("%s event %d differs:\n%s\n%s", tx.id, i, encode(then.Events[i]), encode(now.Events[i]))
				}
				if at(then.Events[i].CreatedAt).After(early.now) {
					t.Fatalf("%s event %d is from the future", tx.id, i)
				}
			}
			if then.UpdatedAt > stamp(early.now) || then.UpdatedAt > now.UpdatedAt {
				t.Fatalf("%s updated_at %s, later %s", tx.id, then.UpdatedAt, now.UpdatedAt)
			}
		}
	}
}

func TestEventsAreInOrderWithinTheLifetimeAndEndFinal(t *testing.T) {
	v := testView(t, 3, noon())
	for _, d := range sample(v) {
		for _, tx := range v.day(d) {
			before := tx.created
			if v.dateOf(tx.created) != d {
				t.Fatalf("%s of day %d is created on %s", tx.id, d, tx.created)
			}
			for _, e := range tx.events {
				if e.at.Before(before) || e.at.Sub(tx.created) > lifetime {
					t.Fatalf("%s: %s at %s, after %s, created %s", tx.id, e.kind, e.at, before, tx.created)
				}
				before = e.at
			}
			if s := status(tx.events); !final(s) {
				t.Errorf("%s ends as %s", tx.id, s)
			}
		}
	}
}

func TestEveryDayHasSomethingOfEverything(t *testing.T) {
	for _, seed := range []uint64{0, 99} {
		v := testView(t, seed, noon())
		for _, d := range sample(v) {
			seen := dayOf(v, d)
			var want []string
			for _, s := range v.shop.stores {
				want = append(want, "capture in "+s.id)
			}
			for _, s := range v.shop.sellers {
				want = append(want, "capture for "+s)
			}
			want = append(want, "refund", "void", "open", "split", "hostile", "order authorizations", "order captures", "order refunds", "order cancellations",
				"fund", "drawdown", "pending_capture", "voided")
			for _, w := range want {
				if seen[w] == 0 {
					t.Errorf("seed %d, %s: no %s", seed, v.midnight(d).Format("2006-01-02"), w)
				}
			}
			if n := len(v.day(d)); n < 60 || n > 110 {
				t.Errorf("%d transactions on day %d", n, d)
			}
		}
	}
}

// dayOf counts what happens on an Oslo day, from what was created within three days.
func dayOf(v view, d date) map[string]int {
	seen := map[string]int{}
	from, to := v.midnight(d), v.midnight(d+1)
	today := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	for tx := range v.made(d, d-2, nil) {
		visible, _ := tx.visible(to.Add(-time.Nanosecond))
		if status(visible) == "AUTHORIZED" {
			seen["open"]++
		}
		for i := range visible {
			e := &visible[i]
			switch {
			case !today(e.at) || !e.success:
			case e.kind == "CAPTURE":
				seen["capture in "+tx.store.id]++
				for _, s := range sumShares(tx.lines) {
					seen["capture for "+s.PayoutDestination]++
				}
				seen["capture for "+tx.owner()]++
				if tx.form != unsplit {
					seen["split"]++
				}
				if slices.Contains(v.shop.hostile, tx.ref) {
					seen["hostile"]++
				}
			default:
				seen[strings.ToLower(e.kind)]++
			}
		}
	}
	for k := d - 2; k <= d; k++ {
		countOrdersAndCards(v, k, today, seen)
	}
	return seen
}

func countOrdersAndCards(v view, d date, today func(time.Time) bool, seen map[string]int) {
	kinds := map[string]string{"AUTHORIZE": "authorizations", "CAPTURE": "captures", "REFUND": "refunds", "VOID": "cancellations"}
	for _, tx := range v.orders(d) {
		for _, e := range tx.events {
			if kinds[e.kind] != "" && today(e.at) {
				seen["order "+kinds[e.kind]]++
			}
		}
	}
	for _, c := range v.cards(d) {
		for _, m := range c.movements {
			if today(m.at) {
				seen[m.kind]++
			}
		}
	}
}

func TestTheBusiestStoreIsOslo(t *testing.T) {
	v := testView(t, 1, noon())
	count := map[string]int{}
	for d := date(3000); d < 3100; d++ {
		for _, tx := range v.day(d) {
			count[tx.store.id]++
		}
	}
	for id, n := range count {
		if n > count["sc029"] {
			t.Errorf("%s has %d transactions, sc029 %d", id, n, count["sc029"])
		}
	}
}

func TestTheBooksHoldEveryKindOfThing(t *testing.T) {
	v := testView(t, 1, noon())
	seen := map[string]int{}
	for d := date(4420); d < 4500; d++ {
		for _, tx := range v.day(d) {
			w := v.transaction(&tx)
			seen[w.ProductType]++
			seen[w.Currency]++
			seen[w.Status]++
			seen["form "+string(rune('0'+tx.form))]++
			for i, e := range w.Events {
				seen[e.Event]++
				seen["after "+e.Status]++
				if !e.Success && e.Event == "CAPTURE" {
					seen["failed capture"]++
				}
				if e.Correlation != "" {
					seen["correlated"]++
				}
				if e.Settlements != nil {
					seen["settled"]++
				}
				if local := tx.events[i].at.In(v.zone); e.Event == "CAPTURE" && local.Format("15:04:05.000") == "00:00:00.000" {
					seen["midnight"]++
				}
			}
			if !utf8.ValidString(w.Reference) || strings.ContainsRune(w.Reference, 0) {
				t.Errorf("reference %q", w.Reference)
			}
			if n := len(encode(w)); n < 2000 || n > 12000 {
				t.Errorf("%s has %d bytes", w.ID, n)
			}
		}
	}
	for _, want := range []string{"payex.creditcard", "vipps", "payex.vipps", "dintero_psp.vipps", "collector.invoice", "klarna.klarna", "swish.swish", "bambora.applepay",
		"seitatech.in_person", "dintero.wallets", "dintero.zero", "NOK", "SEK", "EUR", "ISK", "form 1", "form 2", "form 3", "INITIATE", "INITIALIZE", "INITIATE_CAPTURE", "INITIATE_REFUND",
		"VOID", "failed capture", "correlated", "settled", "midnight", "after ON_HOLD", "after PARTIALLY_CAPTURED_REFUNDED", "after PARTIALLY_CAPTURED", "REFUNDED", "PARTIALLY_REFUNDED",
		"DECLINED", "FAILED", "UNKNOWN", "AUTHORIZATION_VOIDED", "CAPTURED"} {
		if seen[want] == 0 {
			t.Errorf("no %s in 80 days", want)
		}
	}
}
