package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

// listOrders is GET …/shopping/orders.
func (v view) listOrders(r *http.Request, faults faultSet) answer {
	q := newQuery(r)
	limit := q.limit(most)
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
		newest: v.DateOf(v.now), oldest: v.DateOf(v.now) - listedDays, of: v.Orders, find: v.findOrder,
		show: func(t *shop.Transaction) (row, bool) {
			visible, exists := t.Visible(v.now)
			status, paid := orderStatus(shop.Status(visible))
			matches := exists && created.holds(t.Created) && (statuses == nil || slices.Contains(statuses, status)) && (payments == nil || slices.Contains(payments, paid))
			return row{t.Reference, func(w *jsonWriter) { v.writeOrder(w, t) }}, matches
		},
	}
	rows := days.page(r.Context(), after, limit, faults)
	return ok(func(w *jsonWriter) {
		writeRows(w.object(""), "orders", rows)
		w.end()
	})
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
	visible, _ := t.Visible(v.now)
	return ok(func(w *jsonWriter) {
		w.object("").list(collection)
		for i := range visible {
			if visible[i].Type == kind {
				v.writeOperation(w, t, i)
			}
		}
		w.end().end()
	}), true
}

// writeOrder writes the order of t as of now, in the JSON of the Shopping API. Amounts are in
// minor units, the currency is the order's.
func (v view) writeOrder(w *jsonWriter, t *shop.Transaction) {
	visible, _ := t.Visible(v.now)
	status, paid := orderStatus(shop.Status(visible))
	updated := timestamp(visible[len(visible)-1].At) // a visible order has at least been initialized
	w.object("").text("id", t.Reference)
	if t.Key%2 == 0 {
		w.text("order_id", t.Reference)
	}
	w.text("status", status).text("payment_status", paid).text("currency", t.Currency).number("gross_amount", t.Amount)
	if t.Key%3 == 0 {
		w.text("store_id", t.Store.ID)
	}
	w.object("store").text("id", t.Store.ID).text("name", t.Store.Name).end()
	writeCustomer(w, v.Customer(t.Key))
	w.list("items")
	for i := range t.Lines {
		writeOrderItem(w, i+1, &t.Lines[i], 1)
	}
	if t.Key%29 == 0 { // rung up by mistake and reversed; never paid
		writeOrderItem(w, len(t.Lines)+1, &t.Lines[0], 1)
		writeOrderItem(w, len(t.Lines)+2, &t.Lines[0], -1)
	}
	w.end().text("created_at", timestamp(t.Created)).text("created_by", "dintero-checkout").text("updated_at", updated)
	if status == "cancelled" {
		w.text("cancelled_at", updated).text("cancelled_by", "dintero-checkout")
	}
	w.end()
}

// writeOrderItem writes a line of an order; sign is -1 where it is reversed.
func writeOrderItem(w *jsonWriter, nr int, l *shop.Line, sign int64) {
	id, description := "frakt", "Frakt, hentested"
	if l.Article != nil {
		id, description = l.Article.ID, l.Article.Name
	}
	w.object("").number("line_id", int64(nr)).text("id", id).text("description", description).thousandths("quantity", sign*l.Quantity).number("gross_amount", sign*l.Amount).
		list("tax_lines").object("").number("amount", sign*l.VATAmount()).number("percentage", int64(l.VAT)).end().end().end()
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

// writeOperation writes the ith event of t as the order tells it.
func (v view) writeOperation(w *jsonWriter, t *shop.Transaction, i int) {
	e := &t.Events[i]
	rng := shop.NewRNG(t.Key, uint64(i), 0x0f)
	created, processed, processedBy := timestamp(e.At.Add(-rng.Duration(time.Second, 4*time.Second))), timestamp(e.At), "dintero-checkout"
	if rng.Chance(15) {
		created, processed, processedBy = processed, "", ""
	}
	w.object("").text("id", requestID(t, i, "op")[:24])
	if e.Type != "AUTHORIZE" {
		first := slices.IndexFunc(t.Events, func(e shop.Event) bool { return e.Type == "AUTHORIZE" && e.Success })
		w.text("authorization_id", requestID(t, first, "op")[:24])
	}
	w.number("amount", t.Moves(t.Events[:i], e)).bool("success", e.Success).text("created_at", created).text("created_by", "kasse-"+t.Store.ID).
		optional("processed_at", processed).optional("processed_by", processedBy)
	about := func(l shop.Line) bool { return covers(t, i, &l) }
	if !rng.Chance(10) && slices.ContainsFunc(t.Lines, about) { // some shops record the amount alone
		w.list("items")
		for k, l := range t.Lines {
			if about(l) {
				writePayout(w.object("").number("line_id", int64(k+1)).number("amount", l.Amount), t, &l)
				w.end()
			}
		}
		w.end()
	}
	w.object("payment_details").text("psp", t.Method.Product).text("payment_id", v.id(t)).text("payment_product", t.Method.Product).text("payment_product_type", t.Method.Type)
	if t.Brand != "" {
		c := cardOf(t, shop.NewRNG(t.Key, 0x7a))
		w.object("card").text("brand", t.Brand).text("masked_pan", c.masked).text("type", c.kind).end()
	}
	w.end().end()
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

// writePayout writes whose the line is, unless it is the shop's own.
func writePayout(w *jsonWriter, t *shop.Transaction, l *shop.Line) {
	shares := l.Shares
	if seller := t.Owner(); len(shares) == 0 && seller != "" {
		shares = []shop.Share{{PayoutDestination: seller, Amount: l.Amount}}
	}
	if len(shares) == 0 {
		return
	}
	w.object("payout").text("rule_id", "split-"+strings.ToLower(t.ID[:6])).text("rule_type", "line").list("destinations")
	for _, s := range shares {
		w.object("").text("destination", s.PayoutDestination).number("amount", s.Amount).end()
	}
	w.end().end()
}
