package sandbox

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

func kpiQuery() url.Values {
	return url.Values{"interval": {"day"}, "event": {"CAPTURE"}, "created_at_gte": {"2026-11-18"}}
}

// The KPI fails by itself: the listing beside it is well.
func TestAKPIThatIsRefused(t *testing.T) {
	for fault, want := range map[string]int{"forbidden-kpi": 403, "missing-kpi": 404, "error-kpi": 500} {
		ways(t, []string{fault}, func(t *testing.T, c *client) {
			c.login()
			if res, _, _ := c.try(kpiPath, kpiQuery()); res.StatusCode != want {
				t.Errorf("%s: KPI: %d", fault, res.StatusCode)
			}
			if res, _, _ := c.try("/transactions", nil); res.StatusCode != 200 {
				t.Errorf("%s: listing: %d", fault, res.StatusCode)
			}
		})
	}
}

func TestAKPIThatLagsLacksYesterday(t *testing.T) {
	newest := func(c *client, event string) (day string) {
		for _, v := range c.kpi(event, "2026-11-16") {
			day = max(day, v.Date)
		}
		return day
	}
	ways(t, []string{"late-kpi"}, func(t *testing.T, c *client) {
		c.login()
		for _, event := range []string{"CAPTURE", "REFUND"} {
			if first, second := newest(c, event), newest(c, event); first >= "2026-11-19" || second < "2026-11-19" {
				t.Errorf("%s: up to %s, then up to %s", event, first, second)
			}
		}
	})
	ways(t, []string{"stale-kpi"}, func(t *testing.T, c *client) {
		c.login()
		if first, second := newest(c, "CAPTURE"), newest(c, "CAPTURE"); first != "2026-11-18" || second != first {
			t.Errorf("up to %s, then up to %s", first, second)
		}
	})
}

func TestASlowKPITakesTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inProcess(t, newServer(t, 1, noon(), "slow-kpi")).login()
		start := time.Now()
		c.get("/transactions", nil)
		if time.Since(start) != 0 {
			t.Error("the listing is slow too")
		}
		c.kpi("CAPTURE", "2026-11-19")
		if time.Since(start) != kpiSlowness {
			t.Errorf("the KPI took %s", time.Since(start))
		}
	})
}
