package sandbox

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const ordersPath = "/accounts/" + account + "/shopping/orders"

func (c *client) orders(query url.Values) []wireOrder {
	c.t.Helper()
	q := url.Values{"limit": {"100"}}
	for k, v := range query {
		q[k] = v
	}
	var all []wireOrder
	for {
		var page struct{ Orders []wireOrder }
		c.decode(c.get(ordersPath, q), &page)
		if len(page.Orders) == 0 {
			return all
		}
		all = append(all, page.Orders...)
		q.Set("starting_after", page.Orders[len(page.Orders)-1].ID)
	}
}

func (c *client) operations(id, collection string) []wireOperation {
	c.t.Helper()
	var out map[string][]wireOperation
	c.decode(c.get(ordersPath+"/"+id+"/"+collection, nil), &out)
	if _, named := out[collection]; !named || len(out) != 1 {
		c.t.Fatalf("%s: %v", collection, out)
	}
	return out[collection]
}

func TestOrdersPageAndFilter(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	all := c.orders(nil)
	if len(all) < 1000 || len(all) > 2000 {
		t.Errorf("%d orders in 120 days", len(all))
	}
	if diff := cmp.Diff(all, c.orders(url.Values{"limit": {"17"}})); diff != "" {
		t.Error(diff)
	}
	for name, x := range map[string]struct {
		query url.Values
		keep  func(wireOrder) bool
	}{
		"status":         {url.Values{"status": {"open", "cancelled"}}, func(o wireOrder) bool { return o.Status != "closed" }},
		"payment_status": {url.Values{"payment_status": {"partially_refunded"}}, func(o wireOrder) bool { return o.PaymentStatus == "partially_refunded" }},
		"created_at": {url.Values{"created_at.gte": {"2026-11-01"}, "created_at.lte": {"2026-11-09"}}, func(o wireOrder) bool {
			return o.CreatedAt >= "2026-11-01T00:00:00.000Z" && o.CreatedAt <= "2026-11-09T00:00:00.000Z"
		}},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(o wireOrder) bool { return !x.keep(o) })
		if diff := cmp.Diff(want, c.orders(x.query)); diff != "" || len(want) == 0 {
			t.Errorf("%s: %d wanted: %s", name, len(want), diff)
		}
	}
}

func TestOperationsAddUp(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	seen := map[string]int{}
	for _, o := range c.orders(url.Values{"created_at.gte": {"2026-10-20"}}) {
		amounts := map[int]int64{}
		for _, i := range o.Items {
			amounts[i.LineID] = i.GrossAmount
		}
		for _, collection := range []string{"authorizations", "captures", "refunds", "cancellations"} {
			for _, op := range c.operations(o.ID, collection) {
				seen[collection]++
				checkOperation(t, o, op, amounts, seen)
			}
		}
	}
	for _, want := range []string{"authorizations", "captures", "refunds", "cancellations", "without items", "with payout", "without processed_at", "failed"} {
		if seen[want] == 0 {
			t.Errorf("no %s", want)
		}
	}
}

func checkOperation(t *testing.T, o wireOrder, op wireOperation, amounts map[int]int64, seen map[string]int) {
	t.Helper()
	if op.Amount <= 0 || len(op.ID) > 40 {
		t.Errorf("%s: %+v", o.ID, op)
	}
	moment := op.ProcessedAt
	if moment == "" {
		moment = op.CreatedAt
		seen["without processed_at"]++
	}
	if moment > o.UpdatedAt {
		t.Errorf("%s was updated %s, its operation is of %s", o.ID, o.UpdatedAt, moment)
	}
	if !op.Success {
		seen["failed"]++
	}
	if len(op.Items) == 0 {
		seen["without items"]++
		return
	}
	var sum int64
	for _, i := range op.Items {
		sum += i.Amount
		if amounts[i.LineID] != i.Amount {
			t.Errorf("%s line %d: %d of %d", o.ID, i.LineID, i.Amount, amounts[i.LineID])
		}
		if i.Payout == nil {
			continue
		}
		seen["with payout"]++
		var paid int64
		for _, d := range i.Payout.Destinations {
			paid += d.Amount
		}
		if paid != i.Amount {
			t.Errorf("%s line %d: destinations get %d of %d", o.ID, i.LineID, paid, i.Amount)
		}
	}
	if sum != op.Amount {
		t.Errorf("%s: items %d, operation %d", o.ID, sum, op.Amount)
	}
}

// TestOrdersOfAPeriodStayComplete: what moved in a period is still listed 70 days after it began.
func TestOrdersAndCardsOfAPeriodStayComplete(t *testing.T) {
	from := at("2026-09-01T00:00:00+02:00")
	count := func(now time.Time) (n int) {
		v := testView(t, 1, now)
		in := func(x time.Time) bool { return !x.Before(from) && x.Before(from.Add(7*day)) }
		for d := v.DateOf(now); d >= v.DateOf(now)-listedDays; d-- {
			for _, tx := range v.Orders(d) {
				for _, e := range tx.Events {
					if in(e.At) {
						n++
					}
				}
			}
			for _, c := range v.GiftCards(d) {
				for _, m := range c.Movements {
					if in(m.At) {
						n++
					}
				}
			}
		}
		return n
	}
	if a, b := count(from.Add(7*day)), count(from.Add(69*day)); a != b || a == 0 {
		t.Errorf("%d movements a week after the period began, %d ten weeks after", a, b)
	}
}
