package sandbox

import (
	"slices"
	"strings"
	"time"
)

// filter is the documented parameters of GET /v1/transactions.
type filter struct {
	ids, statuses, products, types, brands, sessions, stores, correlations, currencies, tokens []string
	reference, reference2, search, operation, customer, seller                                 *string
	amount, amountFrom, amountTo                                                               *int64
	created, captured, refunded                                                                window
	onlyFirstCapture                                                                           bool // a fault
}

func statuses() []string {
	return []string{"AUTHORIZATION_VOIDED", "AUTHORIZED", "CAPTURED", "DECLINED", "FAILED", "INITIATED", "ON_HOLD", "PARTIALLY_CAPTURED", "PARTIALLY_REFUNDED",
		"PARTIALLY_CAPTURED_REFUNDED", "REFUNDED", "UNKNOWN"}
}

func (q *query) filter() filter {
	text := func(name string) *string {
		if v, given := q.one(name); given {
			return &v
		}
		return nil
	}
	f := filter{
		ids: q.list("id"), statuses: q.list("status", statuses()...), products: q.list("payment_product"), types: q.list("payment_product_type"), brands: q.list("card_brand"),
		sessions: q.list("session_id"), stores: q.list("store_id"), currencies: q.list("currency"), tokens: q.list("token_id"),
		reference: text("merchant_reference"), reference2: text("merchant_reference_2"), search: text("search"), operation: text("payment_operation"),
		customer: text("customer_id"), seller: text("payout_destination_id"),
		amount: q.amount("amount"), amountFrom: q.amount("amount.gte"), amountTo: q.amount("amount.lte"),
		created: q.window("created_at"), captured: q.window("captured_at"), refunded: q.window("refunded_at"),
	}
	for _, v := range q.list("payout_correlation_id") { // the only one that is comma-separated
		f.correlations = append(f.correlations, strings.Split(v, ",")...)
	}
	return f
}

// matches reports whether the transaction, as of v.now, is one asked for.
func (f *filter) matches(v view, t *transaction) bool {
	visible, created := t.visible(v.now)
	if !created || !f.created.holds(t.created) || !f.amounts(t.amount) {
		return false
	}
	if !among(f.ids, v.id(t)) || !among(f.products, t.method.product) || !among(f.types, t.method.kind) || !among(f.brands, t.brand) ||
		!among(f.stores, t.store.id) || !among(f.currencies, t.currency) || !among(f.statuses, status(visible)) {
		return false
	}
	if !is(f.reference, t.ref) || !is(f.reference2, t.ref2) || !is(f.operation, t.operation) || (f.seller != nil && !t.listedFor(*f.seller)) {
		return false
	}
	if !moved(visible, "CAPTURE", f.captured, f.onlyFirstCapture) || !moved(visible, "REFUND", f.refunded, false) {
		return false
	}
	if f.correlations != nil && !slices.Contains(f.correlations, correlation(t)) {
		return false
	}
	return f.matchesDetails(v, t)
}

func (f *filter) matchesDetails(v view, t *transaction) bool {
	if f.sessions == nil && f.tokens == nil && f.customer == nil && f.search == nil {
		return true
	}
	d := v.details(t)
	if !among(f.sessions, d.sessionID) || !among(f.tokens, d.tokenID) || !is(f.customer, d.who.id) {
		return false
	}
	if f.search == nil {
		return true
	}
	return slices.ContainsFunc([]string{v.id(t), d.sessionID, t.ref, t.ref2, d.who.phone, d.who.email, d.who.first + " " + d.who.last, d.tokenID}, func(s string) bool {
		return s != "" && strings.EqualFold(s, *f.search)
	})
}

func (f *filter) amounts(n int64) bool {
	return (f.amount == nil || n == *f.amount) && (f.amountFrom == nil || n >= *f.amountFrom) && (f.amountTo == nil || n <= *f.amountTo)
}

// listedFor is Dintero's filter: the transaction's own seller or one on its items.
// Splits on events are not looked at.
func (t *transaction) listedFor(seller string) bool {
	if t.seller == seller {
		return true
	}
	return t.form == lineSplit && slices.ContainsFunc(t.lines, func(l line) bool {
		return slices.ContainsFunc(l.shares, func(s share) bool { return s.PayoutDestination == seller })
	})
}

// moved reports whether a successful event of the kind lies in the window; firstOnly looks at the first alone.
func moved(visible []event, kind string, in window, firstOnly bool) bool {
	if !in.given() {
		return true
	}
	for i := range visible {
		if e := &visible[i]; e.kind == kind && e.success {
			if in.holds(e.at) {
				return true
			}
			if firstOnly {
				return false
			}
		}
	}
	return false
}

// span is the days on which what the filter asks for can have been created.
func (f *filter) span(v view) (newest, oldest date) {
	top, bottom := v.now, time.Time{}
	for _, w := range []window{f.created, f.captured, f.refunded} {
		if !w.to.IsZero() && w.to.Before(top) {
			top = w.to
		}
	}
	bottom = later(bottom, f.created.from)
	for _, w := range []window{f.captured, f.refunded} {
		if !w.from.IsZero() {
			bottom = later(bottom, w.from.Add(-lifetime-day))
		}
	}
	if len(f.statuses) > 0 && !slices.ContainsFunc(f.statuses, final) {
		bottom = later(bottom, v.now.Add(-lifetime-day))
	}
	return v.dateOf(top), v.dateOf(bottom)
}

// final reports whether a transaction can keep the status for good.
func final(status string) bool {
	return !slices.Contains([]string{"INITIATED", "AUTHORIZED", "ON_HOLD", "PARTIALLY_CAPTURED", "PARTIALLY_CAPTURED_REFUNDED"}, status)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func among(wanted []string, got string) bool { return wanted == nil || slices.Contains(wanted, got) }

func is(wanted *string, got string) bool { return wanted == nil || *wanted == got }
