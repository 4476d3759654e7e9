package sandbox

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/fetch/sandbox/internal/shop"
)

// kpiByHand adds the listed transactions' events up as the KPI promises to.
func kpiByHand(all []wireTransaction, event, from string) map[kpiValue]int64 {
	out := map[kpiValue]int64{}
	for _, w := range all {
		left := w.Amount
		for _, e := range w.Events {
			amount := e.Amount0()
			switch e.Event {
			case "AUTHORIZE":
				amount = w.Amount
			case "VOID":
				amount = left
			case "CAPTURE":
				if e.Success {
					left -= amount
				}
			}
			if e.Event == event && e.Success && amount > 0 && e.CreatedAt >= from {
				key := kpiValue{ProductType: w.ProductType, Currency: w.Currency, Date: e.CreatedAt[:10]}
				out[key] += amount
				key.Count = 1
				out[key]++
			}
		}
	}
	return out
}

func TestKPIAgreesWithTheListing(t *testing.T) {
	s := newServer(t, 6, noon())
	c := inProcess(t, s).login()
	v := view{Shop: s.shop, account: account, now: noon()}
	var all []wireTransaction // as listed since May
	for d := range shop.Days(v.DateOf(v.now), v.DateOf(at("2026-05-01T00:00:00Z"))) {
		for _, tx := range v.transactionsOf(d, nil) {
			if !tx.Created.After(v.now) {
				all = append(all, v.listed(t, tx))
			}
		}
	}
	for _, event := range []string{"AUTHORIZE", "CAPTURE", "REFUND", "VOID"} {
		values := c.kpi(event, "2026-11-10")
		got := map[kpiValue]int64{}
		for _, v := range values {
			key := kpiValue{ProductType: v.ProductType, Currency: v.Currency, Date: v.Date}
			got[key] = v.Sum
			key.Count = 1
			got[key] = v.Count
			if v.Count < 1 || v.Average < 1 || v.Sum < 1 || v.Average != (v.Sum+v.Count/2)/v.Count {
				t.Errorf("%s: %+v", event, v)
			}
		}
		if diff := cmp.Diff(kpiByHand(all, event, "2026-11-10T00:00:00.000Z"), got); diff != "" || len(got) == 0 {
			t.Errorf("%s: %s", event, diff)
		}
	}
}

func TestKPIOfMidDayLeavesTheMorningOut(t *testing.T) {
	c := inProcess(t, newServer(t, 6, noon())).login()
	count := func(from string) (n int64) {
		for _, v := range c.kpi("CAPTURE", from) {
			n += v.Count
		}
		return n
	}
	if whole, part := count("2026-11-19"), count("2026-11-19T12:00:00+01:00"); part == 0 || part >= whole {
		t.Errorf("whole day %d, from noon %d", whole, part)
	}
}

func TestKPIWantsItsParameters(t *testing.T) {
	c := inProcess(t, newServer(t, 6, noon())).login()
	for _, q := range []string{"", "interval=day&event=CAPTURE", "interval=week&event=CAPTURE&created_at_gte=2026-11-01", "interval=day&event=SETTLEMENT&created_at_gte=2026-11-01"} {
		values, err := url.ParseQuery(q)
		if err != nil {
			t.Fatal(err)
		}
		if res, body, _ := c.try(kpiPath, values); res.StatusCode != 400 {
			t.Errorf("%s: %d %s", q, res.StatusCode, body)
		}
	}
}

const kpiPath = "/accounts/" + account + "/insight/kpi/checkout-transaction-events"

func (c *client) kpi(event, from string) []kpiValue {
	c.t.Helper()
	var out []struct {
		Interval string
		Values   []struct {
			ProductType string `json:"payment_product_type"`
			Currency    string `json:"currency"`
			Count       int64  `json:"count"`
			Average     int64  `json:"avg_amount"`
			Sum         int64  `json:"sum_amount"`
			Date        string `json:"date"`
		}
	}
	c.decode(c.get(kpiPath, url.Values{"interval": {"day"}, "event": {event}, "created_at_gte": {from}}), &out)
	if len(out) != 1 || out[0].Interval != "day" {
		c.t.Fatalf("%+v", out)
	}
	var values []kpiValue
	for _, v := range out[0].Values {
		values = append(values, kpiValue(v))
	}
	return values
}
