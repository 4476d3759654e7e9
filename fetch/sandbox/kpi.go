package sandbox

import (
	"cmp"
	"net/http"
	"slices"
)

// kpiValue is one group: a UTC day, a payment type, a currency. Amounts in minor units.
type kpiValue struct {
	ProductType string `json:"payment_product_type"`
	Currency    string `json:"currency"`
	Count       int64  `json:"count"`
	Average     int64  `json:"avg_amount"`
	Sum         int64  `json:"sum_amount"`
	Date        string `json:"date"`
}

type kpiAnswer struct {
	Interval string     `json:"interval"`
	Values   []kpiValue `json:"values"`
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
	for t := range v.made(v.dateOf(v.now), v.dateOf(from.Add(-lifetime-day)), nil) {
		visible, _ := t.visible(v.now)
		for i := range visible {
			e := &visible[i]
			amount := t.moves(visible[:i], e)
			if e.kind != event || !e.success || e.at.Before(from) || amount == 0 || !v.counted.IsZero() && !e.at.Before(v.counted) {
				continue
			}
			key := kpiValue{ProductType: t.method.kind, Currency: t.currency, Date: e.at.UTC().Format("2006-01-02")}
			g := groups[key]
			if g == nil {
				g = &key
				groups[key] = g
			}
			g.Count++
			g.Sum += amount
		}
	}
	out := kpiAnswer{Interval: "day", Values: []kpiValue{}}
	for _, g := range groups {
		g.Average = max(1, ratio(g.Sum, 1, g.Count))
		out.Values = append(out.Values, *g)
	}
	slices.SortFunc(out.Values, func(a, b kpiValue) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ProductType, b.ProductType), cmp.Compare(a.Currency, b.Currency))
	})
	return ok([]kpiAnswer{out})
}

// moves is the amount an event stands for, given those before it.
func (t *transaction) moves(before []event, e *event) int64 {
	switch e.kind {
	case "AUTHORIZE":
		return t.amount
	case "VOID":
		left := t.amount
		for i := range before {
			if before[i].kind == "CAPTURE" && before[i].success {
				left -= before[i].amount
			}
		}
		return left
	}
	return e.amount
}
