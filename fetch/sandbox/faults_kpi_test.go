package sandbox

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBentBooks: the listing and the KPI disagree by one capture a day, no more.
func TestBentBooks(t *testing.T) {
	captured := func(c *client) (sum, count int64) {
		for _, w := range c.transactions(url.Values{"captured_at.gte": {"2026-11-18T00:00:00Z"}}) {
			for _, e := range w.Events {
				if e.Event == "CAPTURE" && e.Success && e.CreatedAt >= "2026-11-18T00:00:00.000Z" && w.Currency == "NOK" {
					sum, count = sum+*e.Amount, count+1
				}
			}
		}
		return sum, count
	}
	for name, want := range map[string]struct{ perDay, rows int64 }{"": {0, 0}, "drop": {-1, -1}, "double": {1, 1}, "altered": {100, 0}} {
		var faults []string
		if name != "" {
			faults = []string{name}
		}
		c := inProcess(t, newServer(t, 1, at("2026-11-19T22:59:59Z"), faults...)).login() // two whole days
		sum, count := captured(c)
		var kpiSum, kpiCount int64
		for _, v := range c.kpi("CAPTURE", "2026-11-18") {
			if v.Currency == "NOK" {
				kpiSum, kpiCount = kpiSum+v.Sum, kpiCount+v.Count
			}
		}
		if count-kpiCount != 2*want.rows {
			t.Errorf("%q: %d captures listed, %d in the KPI", name, count, kpiCount)
		}
		switch diff := sum - kpiSum; {
		case want.rows == 0 && diff != 2*want.perDay, want.rows != 0 && diff*want.perDay <= 0:
			t.Errorf("%q: sums differ by %d", name, diff)
		}
	}
}

func TestDoubledTransactionsPageToo(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon(), "double")).login()
	want := ids(c.transactions(twoDays()))
	q := twoDays()
	q.Set("limit", "1")
	if diff := cmp.Diff(want, ids(c.transactions(q))); diff != "" {
		t.Error(diff)
	}
}

func TestFirstCaptureMissesLaterOnes(t *testing.T) {
	all := inProcess(t, newServer(t, 1, noon())).login().transactions(week())
	some := inProcess(t, newServer(t, 1, noon(), "first-capture")).login().transactions(week())
	if len(some) == 0 || len(some) >= len(all) {
		t.Errorf("%d of %d", len(some), len(all))
	}
}
