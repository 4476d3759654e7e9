package sandbox

import (
	"testing"

	"rapport/fetch/sandbox/internal/shop"
)

// TestStatusFollowsTheEvents recomputes each status from the listing alone, by the
// meanings Dintero gives them.
func TestStatusFollowsTheEvents(t *testing.T) {
	closed := 0
	for _, now := range []string{"2026-11-20T12:00:00Z", "2027-11-20T12:00:00Z"} {
		v := testView(t, 2, at(now))
		for d := shop.Date(4330); d < 4524; d += 3 {
			for _, tx := range v.Day(d) {
				if tx.Created.After(v.now) {
					continue
				}
				w := v.listed(t, &tx)
				want := derive(w, false)
				if w.Status != want && shippingLeft(w) {
					want = derive(w, true)
					closed++
				}
				if w.Status != want {
					t.Errorf("%s is %s, its events say %s: %s", w.ID, w.Status, want, encode(w.Events))
				}
			}
		}
	}
	if closed == 0 {
		t.Error("no transaction like the published example, whose shipping is never captured")
	}
}

// derive is the status that the events say; closed takes the rest as not to come.
func derive(w wireTransaction, closed bool) string {
	var captured, refunded int64
	var voided, authorized bool
	for _, e := range w.Events {
		switch {
		case e.Event == "AUTHORIZE" && e.Success:
			authorized = true
		case e.Event == "CAPTURE" && e.Success:
			captured += *e.Amount
		case e.Event == "REFUND" && e.Success:
			refunded += *e.Amount
		case e.Event == "VOID" && e.Success:
			voided = true
		}
	}
	whole := captured >= w.Amount || voided || closed
	switch {
	case w.Status == "ON_HOLD" || w.Status == "DECLINED" || w.Status == "FAILED" || w.Status == "UNKNOWN":
		if captured > 0 || voided {
			return "something finished"
		}
		return w.Status
	case !authorized:
		return "INITIATED"
	case captured == 0 && voided:
		return "AUTHORIZATION_VOIDED"
	case captured == 0:
		return "AUTHORIZED"
	case !whole && refunded == 0:
		return "PARTIALLY_CAPTURED"
	case !whole:
		return "PARTIALLY_CAPTURED_REFUNDED"
	case refunded == 0:
		return "CAPTURED"
	case refunded < captured:
		return "PARTIALLY_REFUNDED"
	}
	return "REFUNDED"
}

// shippingLeft is the published example: all captured but the shipping line.
func shippingLeft(w wireTransaction) bool {
	left := w.Amount
	for _, e := range w.Events {
		if e.Event == "CAPTURE" && e.Success {
			left -= *e.Amount
		}
	}
	return w.ShippingOption != nil && left == w.ShippingOption.Amount
}

func TestLinesSumToTheTransaction(t *testing.T) {
	v := testView(t, 4, noon())
	for _, d := range sample(v) {
		for _, tx := range v.Day(d) {
			w := v.listed(t, &tx)
			sum := int64(0)
			if w.ShippingOption != nil {
				sum = w.ShippingOption.Amount
			}
			for _, i := range w.Items {
				sum += i.Amount
				if i.Amount < 1 {
					t.Errorf("%s has a line of %d", w.ID, i.Amount)
				}
			}
			if sum != w.Amount {
				t.Errorf("%s is %d, its lines %d", w.ID, w.Amount, sum)
			}
			if w.Currency == "ISK" && w.Amount > 2_000_000 {
				t.Errorf("%s: %d krónur of fish", w.ID, w.Amount)
			}
		}
	}
}

// TestSplitsSumToTheirEventOrLine holds every money event of a marketplace
// transaction to the rules by which a seller's report shares it.
func TestSplitsSumToTheirEventOrLine(t *testing.T) {
	v := testView(t, 5, at("2028-01-01T00:00:00Z"))
	marketplace := 0
	all := 0
	for _, d := range sample(v) {
		for _, tx := range v.Day(d) {
			w := v.listed(t, &tx)
			all++
			if tx.Split == shop.Unsplit {
				continue
			}
			marketplace++
			if w.Seller != "" || w.Store.Seller != "" {
				t.Errorf("%s is split and owned", w.ID)
			}
			for i, e := range w.Events {
				if e.Success && (e.Event == "CAPTURE" || e.Event == "REFUND") {
					if why := undecided(w, i); why != "" {
						t.Errorf("%s event %d %s: %s\n%s", w.ID, i, e.Event, why, encode(e))
					}
				}
			}
		}
	}
	if share := marketplace * 100 / all; share < 10 || share > 22 {
		t.Errorf("%d %% of the transactions are split", share)
	}
}

// undecided says why a seller's share of the event cannot be told, or nothing.
func undecided(w wireTransaction, i int) string {
	e := w.Events[i]
	byLine := int64(0)
	onItems := false
	for _, it := range e.Items {
		if len(it.Splits) > 0 {
			onItems = true
			if sum(it.Splits) != it.Amount {
				return "item splits do not sum to the item"
			}
		}
		byLine += it.Amount
	}
	if len(e.Items) > 0 && byLine != e.Amount0() {
		return "items do not sum to the event"
	}
	switch {
	case len(e.Splits) > 0 && onItems:
		return "splits on the event and on its items"
	case len(e.Splits) > 0:
		if sum(e.Splits) != e.Amount0() {
			return "splits do not sum to the event"
		}
	case onItems:
		for _, it := range e.Items {
			if len(it.Splits) == 0 {
				return "an item without splits among others"
			}
		}
	case e.Event == "REFUND":
		for _, later := range w.Events[i:] {
			if later.Event == "CAPTURE" && later.Success {
				return "a refund without splits before a later capture"
			}
		}
		for _, earlier := range w.Events[:i] {
			if earlier.Event == "REFUND" && earlier.Success {
				return "a second refund without splits"
			}
		}
	default:
		return linesUndecided(w, e)
	}
	return ""
}

func linesUndecided(w wireTransaction, e wireEvent) string {
	lines := map[string]wireItem{}
	for _, it := range w.Items {
		lines[it.LineID] = it
	}
	if len(e.Items) == 0 {
		return "a capture that names no lines"
	}
	for _, it := range e.Items {
		of := lines[it.LineID]
		if of.Amount != it.Amount || sum(of.Splits) != it.Amount {
			return "line " + it.LineID + " does not say whose it is"
		}
	}
	return ""
}

// Amount0 is the amount, 0 where the event has none.
func (e wireEvent) Amount0() int64 {
	if e.Amount == nil {
		return 0
	}
	return *e.Amount
}

func sum(shares []share) int64 {
	var n int64
	for _, s := range shares {
		n += s.Amount
	}
	return n
}
