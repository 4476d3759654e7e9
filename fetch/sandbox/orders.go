package sandbox

import (
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

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
	days := dayRows[*shop.Transaction]{
		newest: v.DateOf(v.now), oldest: v.DateOf(v.now) - listedDays, of: v.Orders,
		show: func(t *shop.Transaction) (row, bool) {
			visible, exists := t.Visible(v.now)
			status, paid := orderStatus(shop.Status(visible))
			matches := exists && created.holds(t.Created) && (statuses == nil || slices.Contains(statuses, status)) && (payments == nil || slices.Contains(payments, paid))
			return row{t.Reference, func() object { return v.order(t) }}, matches
		},
	}
	rows := page(func(from string) iter.Seq[row] {
		var cursor *shop.Serial
		if t := v.findOrder(from); t != nil {
			cursor = &t.Serial
		}
		return days.from(r.Context(), cursor)
	}, after, limit, faults)
	return ok(object{{"orders", shown(rows)}})
}

// findOrder is the order if it is listed, else nil.
func (v view) findOrder(number string) *shop.Transaction {
	serial, ok := shop.ParseOrderNumber(number)
	if !ok || serial.Day < v.DateOf(v.now)-listedDays {
		return nil
	}
	for _, t := range v.Orders(serial.Day) {
		if t.Serial == serial && t.Reference == number && !t.Created.After(v.now) {
			return t
		}
	}
	return nil
}

// orderOperations is GET …/shopping/orders/{id}/{authorizations|captures|refunds|cancellations}.
func (v view) orderOperations(id, collection string) (a answer, found bool) {
	kind, known := map[string]string{"authorizations": "AUTHORIZE", "captures": "CAPTURE", "refunds": "REFUND", "cancellations": "VOID"}[collection]
	t := v.findOrder(id)
	if !known || t == nil {
		return answer{}, false
	}
	out := []object{}
	visible, _ := t.Visible(v.now)
	for i := range visible {
		if visible[i].Type == kind {
			out = append(out, v.operation(t, i))
		}
	}
	return ok(object{{collection, out}}), true
}

// order is the order of t as of now, in the JSON of the Shopping API. Amounts are in minor
// units, the currency is the order's.
func (v view) order(t *shop.Transaction) object {
	visible, _ := t.Visible(v.now)
	status, paid := orderStatus(shop.Status(visible))
	updated := timestamp(visible[len(visible)-1].At) // a visible order has at least been initialized
	var items []object
	for i := range t.Lines {
		items = append(items, orderItem(i+1, &t.Lines[i], 1))
	}
	if t.Key%29 == 0 { // rung up by mistake and reversed; never paid
		items = append(items, orderItem(len(items)+1, &t.Lines[0], 1), orderItem(len(items)+2, &t.Lines[0], -1))
	}
	var orderID, storeID, cancelledAt, cancelledBy string
	if t.Key%2 == 0 {
		orderID = t.Reference
	}
	if t.Key%3 == 0 {
		storeID = t.Store.ID
	}
	if status == "cancelled" {
		cancelledAt, cancelledBy = updated, "dintero-checkout"
	}
	return object{
		{"id", t.Reference}, {"order_id", optional(orderID)}, {"status", status}, {"payment_status", paid}, {"currency", t.Currency}, {"gross_amount", t.Amount},
		{"store_id", optional(storeID)}, {"store", object{{"id", t.Store.ID}, {"name", t.Store.Name}}}, {"customer", customer(v.Customer(t.Key))}, {"items", items},
		{"created_at", timestamp(t.Created)}, {"created_by", "dintero-checkout"}, {"updated_at", updated},
		{"cancelled_at", optional(cancelledAt)}, {"cancelled_by", optional(cancelledBy)},
	}
}

// orderItem is a line of an order; sign is -1 where it is reversed.
func orderItem(nr int, l *shop.Line, sign int64) object {
	id, description := "frakt", "Frakt, hentested"
	if l.Article != nil {
		id, description = l.Article.ID, l.Article.Name
	}
	return object{
		{"line_id", nr}, {"id", id}, {"description", description}, {"quantity", float64(sign*l.Quantity) / 1000}, {"gross_amount", sign * l.Amount},
		{"tax_lines", []object{{{"amount", sign * l.VATAmount()}, {"percentage", l.VAT}}}},
	}
}

// orderStatus is status and payment_status of an order whose payment has the status.
func orderStatus(payment string) (status, paid string) {
	switch payment {
	case "PARTIALLY_CAPTURED":
		return "open", "partially_paid"
	case "PARTIALLY_CAPTURED_REFUNDED":
		return "open", "partially_refunded"
	case "CAPTURED":
		return "closed", "paid"
	case "PARTIALLY_REFUNDED":
		return "closed", "partially_refunded"
	case "REFUNDED":
		return "closed", "refunded"
	case "AUTHORIZATION_VOIDED":
		return "cancelled", "pending"
	}
	return "open", "pending"
}

// operation is the ith event of t as the order tells it.
func (v view) operation(t *shop.Transaction, i int) object {
	e := &t.Events[i]
	rng := shop.NewRNG(t.Key, uint64(i), 0x0f)
	created, processed, processedBy := timestamp(e.At.Add(-rng.Duration(time.Second, 4*time.Second))), timestamp(e.At), "dintero-checkout"
	if rng.Chance(15) {
		created, processed, processedBy = processed, "", ""
	}
	authorization := ""
	if e.Type != "AUTHORIZE" {
		first := slices.IndexFunc(t.Events, func(e shop.Event) bool { return e.Type == "AUTHORIZE" && e.Success })
		authorization = requestID(t, first, "op")[:24]
	}
	var items []object
	if !rng.Chance(10) { // some shops record the amount alone
		for k := range t.Lines {
			if covers(t, i, &t.Lines[k]) {
				items = append(items, object{{"line_id", k + 1}, {"amount", t.Lines[k].Amount}, {"payout", payout(t, &t.Lines[k])}})
			}
		}
	}
	return object{
		{"id", requestID(t, i, "op")[:24]}, {"authorization_id", optional(authorization)}, {"amount", t.Moves(t.Events[:i], e)}, {"success", e.Success},
		{"created_at", created}, {"created_by", "kasse-" + t.Store.ID}, {"processed_at", optional(processed)}, {"processed_by", optional(processedBy)},
		{"items", items},
		{"payment_details", object{
			{"psp", t.Method.Product}, {"payment_id", v.id(t)}, {"payment_product", t.Method.Product}, {"payment_product_type", t.Method.Type},
			{"card", cardSummary(t)},
		}},
	}
}

// covers reports whether the ith event is about the line: an authorisation about
// all, a cancellation about those not captured before.
func covers(t *shop.Transaction, i int, l *shop.Line) bool {
	e := &t.Events[i]
	named := func(e *shop.Event) bool {
		return slices.ContainsFunc(e.Lines, func(x shop.Line) bool { return x.ID == l.ID })
	}
	switch e.Type {
	case "AUTHORIZE":
		return true
	case "VOID":
		return !slices.ContainsFunc(t.Events[:i], func(before shop.Event) bool {
			return before.Type == "CAPTURE" && before.Success && named(&before)
		})
	}
	return named(e)
}

// payout says whose the line is; nil where it is the shop's own.
func payout(t *shop.Transaction, l *shop.Line) object {
	var destinations []object
	for _, s := range l.Shares {
		destinations = append(destinations, object{{"destination", s.PayoutDestination}, {"amount", s.Amount}})
	}
	if seller := t.Owner(); len(l.Shares) == 0 && seller != "" {
		destinations = []object{{{"destination", seller}, {"amount", l.Amount}}}
	}
	if destinations == nil {
		return nil
	}
	return object{{"rule_id", "split-" + strings.ToLower(t.ID[:6])}, {"rule_type", "line"}, {"destinations", destinations}}
}
