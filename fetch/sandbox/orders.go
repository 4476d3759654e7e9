package sandbox

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What orders and cards share: how long they are listed, how long they move.
const (
	listedDays = 120
	movingTime = 50 * day
)

// orders are the day's transactions that the shop keeps an order for, newest
// first: those with an ordinary number that are over within 50 days.
func (b *books) orders(d date) []*transaction {
	var out []*transaction
	made := b.day(d)
	for i := range made {
		t := &made[i]
		scripted := t.n == victim || t.n == 6 || t.n == 8 || (t.n >= 11 && t.n <= 13)
		if (scripted || (t.n >= 18 && t.key%6 == 0)) && t.orderable() {
			out = append(out, t)
		}
	}
	return out
}

func (t *transaction) orderable() bool {
	authorized := false
	for i := range t.events {
		authorized = authorized || (t.events[i].kind == "AUTHORIZE" && t.events[i].success)
	}
	last := t.events[len(t.events)-1].at
	return authorized && t.amount > 0 && t.ref == orderNumber(t.place) && last.Sub(t.created) <= movingTime
}

// findOrder is the order if it is listed, else nil. Its number encodes its place.
func (v view) findOrder(id string) *transaction {
	nr, err := strconv.Atoi(strings.TrimPrefix(id, "FF"))
	if err != nil || nr < 100_000_000 {
		return nil
	}
	nr -= 100_000_000
	p := place{date(nr / 1000), nr % 1000}
	if p.day < v.dateOf(v.now)-listedDays {
		return nil
	}
	for _, t := range v.orders(p.day) {
		if t.place == p && t.ref == id && !t.created.After(v.now) {
			return t
		}
	}
	return nil
}

// listOrders is GET …/shopping/orders.
func (v view) listOrders(r *http.Request, faults faultSet) answer {
	q := newQuery(r)
	limit := q.limit()
	after, _ := q.one("starting_after")
	statuses := q.list("status", "open", "closed", "cancelled")
	payments := q.list("payment_status", "pending", "partially_paid", "paid", "partially_refunded", "refunded")
	created := q.window("created_at")
	if a, wrong := q.refused(); wrong {
		return a
	}
	if after != "" && v.findOrder(after) == nil {
		return refuse(http.StatusNotFound, "not_found", "Not found", "starting_after: no order "+after)
	}
	rows := page(func(from string) iter.Seq[row] {
		return v.orderRows(from, func(o *wireOrder, at time.Time) bool {
			return created.holds(at) && among(statuses, o.Status) && among(payments, o.PaymentStatus)
		})
	}, after, limit, faults)
	return ok(map[string]any{"orders": shown(rows)})
}

func (v view) orderRows(from string, matches func(*wireOrder, time.Time) bool) iter.Seq[row] {
	return func(yield func(row) bool) {
		newest := v.dateOf(v.now)
		oldest := max(0, newest-listedDays)
		cursor := v.findOrder(from)
		if cursor != nil {
			newest = min(newest, cursor.day)
		}
		for d := newest; d >= oldest; d-- {
			for _, t := range v.orders(d) {
				if t.created.After(v.now) || (cursor != nil && newestFirst(*t, *cursor) < 0) {
					continue
				}
				o := v.order(t)
				if matches(&o, t.created) && !yield(row{o.ID, func() any { return o }}) {
					return
				}
			}
		}
	}
}

// orderOperations is GET …/shopping/orders/{id}/{authorizations|captures|refunds|cancellations}.
func (v view) orderOperations(id, collection string) (a answer, found bool) {
	kind, known := map[string]string{"authorizations": "AUTHORIZE", "captures": "CAPTURE", "refunds": "REFUND", "cancellations": "VOID"}[collection]
	t := v.findOrder(id)
	if !known || t == nil {
		return answer{}, false
	}
	out := []wireOperation{}
	visible, _ := t.visible(v.now)
	for i := range visible {
		if visible[i].kind == kind {
			out = append(out, v.operation(t, i))
		}
	}
	return ok(map[string]any{collection: out}), true
}
