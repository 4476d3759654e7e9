package sandbox

import (
	"slices"
	"strings"
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

// filter is the documented parameters of GET /v1/transactions.
type filter struct {
	texts                        []textFilter
	ids, statuses, correlations  []string
	search, seller               []string // at most one
	amount, amountFrom, amountTo *int64
	created, captured, refunded  window
	onlyFirstCapture             bool // a fault
}

// textFilter asks for transactions of which a text is one of those wanted.
type textFilter struct {
	wanted []string
	of     func(view, *shop.Transaction) string
}

func statuses() []string {
	return []string{"AUTHORIZATION_VOIDED", "AUTHORIZED", "CAPTURED", "DECLINED", "FAILED", "INITIATED", "ON_HOLD", "PARTIALLY_CAPTURED", "PARTIALLY_REFUNDED",
		"PARTIALLY_CAPTURED_REFUNDED", "REFUNDED", "UNKNOWN"}
}

func (q *query) filter() filter {
	f := filter{
		ids: q.list("id"), statuses: q.list("status", statuses()...), search: q.atMostOne("search"), seller: q.atMostOne("payout_destination_id"),
		amount: q.amount("amount"), amountFrom: q.amount("amount.gte"), amountTo: q.amount("amount.lte"),
		created: q.window("created_at"), captured: q.window("captured_at"), refunded: q.window("refunded_at"),
	}
	for _, v := range q.list("payout_correlation_id") { // the only one that is comma-separated
		f.correlations = append(f.correlations, strings.Split(v, ",")...)
	}
	for _, t := range []textFilter{
		{f.ids, view.id},
		{f.correlations, func(_ view, t *shop.Transaction) string { return correlation(t) }},
		{q.list("payment_product"), func(_ view, t *shop.Transaction) string { return t.Method.Product }},
		{q.list("payment_product_type"), func(_ view, t *shop.Transaction) string { return t.Method.Type }},
		{q.list("card_brand"), func(_ view, t *shop.Transaction) string { return t.Brand }},
		{q.list("store_id"), func(_ view, t *shop.Transaction) string { return t.Store.ID }},
		{q.list("currency"), func(_ view, t *shop.Transaction) string { return t.Currency }},
		{q.atMostOne("merchant_reference"), func(_ view, t *shop.Transaction) string { return t.Reference }},
		{q.atMostOne("merchant_reference_2"), func(_ view, t *shop.Transaction) string { return t.Reference2 }},
		{q.atMostOne("payment_operation"), func(_ view, t *shop.Transaction) string { return t.Operation }},
		{q.list("session_id"), func(v view, t *shop.Transaction) string { return v.details(t).sessionID }},
		{q.list("token_id"), func(v view, t *shop.Transaction) string { return v.details(t).tokenID }},
		{q.atMostOne("customer_id"), func(v view, t *shop.Transaction) string { return v.details(t).who.ID }},
	} {
		if t.wanted != nil {
			f.texts = append(f.texts, t)
		}
	}
	return f
}

// matches reports whether the transaction, as of v.now, is one asked for.
func (f *filter) matches(v view, t *shop.Transaction) bool {
	visible, created := t.Visible(v.now)
	if !created || !f.created.holds(t.Created) || !f.amounts(t.Amount) || f.statuses != nil && !slices.Contains(f.statuses, shop.Status(visible)) {
		return false
	}
	if !moved(visible, "CAPTURE", f.captured, f.onlyFirstCapture) || !moved(visible, "REFUND", f.refunded, false) || f.seller != nil && !listedFor(t, f.seller[0]) {
		return false
	}
	for _, text := range f.texts {
		if !slices.Contains(text.wanted, text.of(v, t)) {
			return false
		}
	}
	return f.search == nil || v.found(t, f.search[0])
}

// found reports whether a search finds the transaction: one of its texts is what was searched.
func (v view) found(t *shop.Transaction, search string) bool {
	d := v.details(t)
	return search != "" && slices.ContainsFunc([]string{v.id(t), d.sessionID, t.Reference, t.Reference2, d.who.Phone, d.who.Email, d.who.First + " " + d.who.Last, d.tokenID},
		func(text string) bool { return strings.EqualFold(text, search) })
}

func (f *filter) amounts(n int64) bool {
	return (f.amount == nil || n == *f.amount) && (f.amountFrom == nil || n >= *f.amountFrom) && (f.amountTo == nil || n <= *f.amountTo)
}

// listedFor is Dintero's filter: the transaction's own seller or one on its items.
// Splits on events are not looked at.
func listedFor(t *shop.Transaction, seller string) bool {
	return t.Seller == seller || t.Split == shop.LineSplit && slices.ContainsFunc(t.Lines, func(l shop.Line) bool {
		return slices.ContainsFunc(l.Shares, func(s shop.Share) bool { return s.PayoutDestination == seller })
	})
}

// moved reports whether a successful event of the type lies in the window; firstOnly looks at the first alone.
func moved(visible []shop.Event, kind string, in window, firstOnly bool) bool {
	if !in.given() {
		return true
	}
	for i := range visible {
		if e := &visible[i]; e.Type == kind && e.Success {
			if in.holds(e.At) {
				return true
			}
			if firstOnly {
				return false
			}
		}
	}
	return false
}

// days are those of the ids asked for; nil where none are.
func (f *filter) days(v view) map[shop.Date]bool {
	if f.ids == nil {
		return nil
	}
	days := map[shop.Date]bool{}
	for _, id := range f.ids {
		if serial, ok := v.serialOf(id); ok {
			days[serial.Day] = true
		}
	}
	return days
}

// span is the days on which what the filter asks for can have been created.
func (f *filter) span(v view) (newest, oldest shop.Date) {
	top, bottom := v.now, f.created.from
	for _, w := range []window{f.created, f.captured, f.refunded} {
		if !w.to.IsZero() && w.to.Before(top) {
			top = w.to
		}
	}
	for _, w := range []window{f.captured, f.refunded} {
		if !w.from.IsZero() {
			bottom = later(bottom, w.from.Add(-shop.Lifetime-day))
		}
	}
	if len(f.statuses) > 0 && !slices.ContainsFunc(f.statuses, shop.IsFinal) {
		bottom = later(bottom, v.now.Add(-shop.Lifetime-day))
	}
	return v.DateOf(top), v.DateOf(bottom)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
