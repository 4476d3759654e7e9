package sandbox

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rapport/fetch/sandbox/internal/shop"
)

func testView(t testing.TB, seed uint64, now time.Time) view {
	return view{Shop: newServer(t, seed, now).shop, account: account, now: now}
}

// sample is days all over the promised years, clock changes and leap days among them.
func sample(v view) []shop.Date {
	var out []shop.Date
	for _, day := range []string{"2015-01-01", "2016-02-29", "2020-03-29", "2024-12-31", "2026-03-29", "2026-10-25"} {
		out = append(out, v.DateOf(at(day+"T12:00:00Z")))
	}
	first := out[0]
	for d := first; d < first+4300; d += 173 {
		out = append(out, d)
	}
	return out
}

func TestSameSeedAndDayGiveTheSameBytes(t *testing.T) {
	v, again, other := testView(t, 7, noon()), testView(t, 7, noon()), testView(t, 8, noon())
	show := func(v view, d shop.Date) []byte {
		var all []byte
		for _, tx := range v.transactionsOf(d, nil) {
			all = append(all, v.bytes(tx)...)
		}
		return all
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
	for d := early.DateOf(early.now) - 185; d <= early.DateOf(early.now); d += 5 {
		for _, tx := range early.Day(d) {
			if tx.Created.After(early.now) {
				continue
			}
			then, now := early.listed(t, &tx), late.listed(t, &tx)
			if len(then.Events) > len(now.Events) {
				t.Fatalf("%s lost events", tx.ID)
			}
			for i := range then.Events {
				then.Events[i].Settlements, now.Events[i].Settlements = nil, nil
				if !bytes.Equal(encode(then.Events[i]), encode(now.Events[i])) {
					t.Fatalf("%s event %d differs:\n%s\n%s", tx.ID, i, encode(then.Events[i]), encode(now.Events[i]))
				}
				if at(then.Events[i].CreatedAt).After(early.now) {
					t.Fatalf("%s event %d is from the future", tx.ID, i)
				}
			}
			if then.UpdatedAt > timestamp(early.now) || then.UpdatedAt > now.UpdatedAt {
				t.Fatalf("%s updated_at %s, later %s", tx.ID, then.UpdatedAt, now.UpdatedAt)
			}
		}
	}
}

func TestTheListingHoldsEveryKindOfThing(t *testing.T) {
	v := testView(t, 1, noon())
	seen := map[string]int{}
	for d := shop.Date(4420); d < 4500; d++ {
		for _, tx := range v.Day(d) {
			w := v.listed(t, &tx)
			seen[w.ProductType]++
			seen[w.Currency]++
			seen[w.Status]++
			seen["form "+string(rune('0'+tx.Split))]++
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
				if local := tx.Events[i].At.In(v.Zone); e.Event == "CAPTURE" && local.Format("15:04:05.000") == "00:00:00.000" {
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
