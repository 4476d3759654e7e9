package sandbox

import (
	"cmp"
	"net/http"
	"slices"

	"rapport/fetch/sandbox/internal/shop"
)

// kpiValue is one group: a UTC day, a payment type, a currency. Amounts in minor units.
type kpiValue struct {
	ProductType string
	Currency    string
	Count       int64
	Average     int64
	Sum         int64
	Date        string
}

// kpi is GET …/insight/kpi/checkout-transaction-events: successful events since
// created_at_gte. An authorisation counts the transaction's amount, a void what was
// not captured; what moves nothing is no event here, since every sum is at least 1.
func (v view) kpi(r *http.Request) answer {
	q := newQuery(r)
	event, given := q.one("event", "AUTHORIZE", "CAPTURE", "REFUND", "VOID")
	if !given {
		q.bad("event", "is required")
	}
	if _, given := q.one("interval", "day"); !given {
		q.bad("interval", "is required")
	}
	from := q.instant("created_at_gte")
	if from.IsZero() {
		q.bad("created_at_gte", "is required")
	}
	if a, wrong := q.refused(); wrong {
		return a
	}
	groups := map[kpiValue]*kpiValue{}
	for d := range shop.Days(v.DateOf(v.now), v.DateOf(from.Add(-shop.Lifetime-day))) {
		for _, t := range v.transactionsOf(d, nil) {
			visible, _ := t.Visible(v.now)
			for i := range visible {
				e := &visible[i]
				if e.Type != event || !e.Success || e.At.Before(from) || !v.counted.IsZero() && !e.At.Before(v.counted) {
					continue
				}
				amount := t.Moves(visible[:i], e)
				if amount == 0 {
					continue
				}
				key := kpiValue{ProductType: t.Method.Type, Currency: t.Currency, Date: e.At.UTC().Format("2006-01-02")}
				g := groups[key]
				if g == nil {
					g = &key
					groups[key] = g
				}
				g.Count++
				g.Sum += amount
			}
		}
	}
	var values []kpiValue
	for _, g := range groups {
		g.Average = max(1, shop.Ratio(g.Sum, 1, g.Count))
		values = append(values, *g)
	}
	slices.SortFunc(values, func(a, b kpiValue) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ProductType, b.ProductType), cmp.Compare(a.Currency, b.Currency))
	})
	return ok(func(w *jsonWriter) {
		w.list("").object("").text("interval", "day").list("values")
		for _, v := range values {
			w.object("").text("payment_product_type", v.ProductType).text("currency", v.Currency).number("count", v.Count).number("avg_amount", v.Average).
				number("sum_amount", v.Sum).text("date", v.Date).end()
		}
		w.end().end().end()
	})
}
