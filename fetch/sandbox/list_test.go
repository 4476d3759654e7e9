package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// twoDays is a listing small enough to read it often.
func twoDays() url.Values {
	return url.Values{"created_at.gte": {"2026-11-17T23:00:00Z"}, "created_at.lte": {"2026-11-19T22:59:59.999Z"}}
}

func TestEveryPageSizeYieldsTheSame(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	want := c.transactions(twoDays())
	if len(want) < 120 {
		t.Fatalf("%d transactions on two days", len(want))
	}
	for _, limit := range []string{"1", "7", "99"} {
		q := twoDays()
		q.Set("limit", limit)
		if diff := cmp.Diff(want, c.transactions(q)); diff != "" {
			t.Errorf("limit %s: %s", limit, diff)
		}
	}
	if !slices.IsSortedFunc(want, func(a, b wireTransaction) int { return strings.Compare(b.CreatedAt, a.CreatedAt) }) {
		t.Error("the listing is not newest first")
	}
}

func TestDefaultLimitIsTen(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	var page []wireTransaction
	c.decode(c.get("/transactions", nil), &page)
	if len(page) != 10 {
		t.Errorf("%d rows", len(page))
	}
}

// TestFiltersMeanWhatTheySay compares each filter with a look at every transaction
// of twelve days.
func TestFiltersMeanWhatTheySay(t *testing.T) {
	s := newServer(t, 1, noon())
	c := inProcess(t, s).login()
	base := url.Values{"created_at.gte": {"2026-11-08"}}
	all := c.transactions(base)
	some := all[slices.IndexFunc(all, func(w wireTransaction) bool {
		return w.Card != nil && w.Card.TokenID != "" && w.Reference2 != ""
	})]
	for _, x := range filterCases(all, some) {
		q, err := url.ParseQuery(x.query)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range base {
			q[k] = v
		}
		var want []string
		for _, w := range all {
			if x.keep(w) {
				want = append(want, w.ID)
			}
		}
		if len(want) == 0 {
			t.Errorf("%s: nothing to find", x.query)
		}
		if diff := cmp.Diff(want, ids(c.transactions(q))); diff != "" {
			t.Errorf("%s: %s", x.query, diff)
		}
	}
}

// filterCase is a query and what it must keep.
type filterCase struct {
	query string
	keep  func(wireTransaction) bool
}

func filterCases(all []wireTransaction, some wireTransaction) []filterCase {
	event := func(kind, from, to string) func(wireTransaction) bool {
		return func(w wireTransaction) bool {
			return slices.ContainsFunc(w.Events, func(e wireEvent) bool {
				return e.Event == kind && e.Success && !at(e.CreatedAt).Before(at(from)) && !at(e.CreatedAt).After(at(to))
			})
		}
	}
	return []filterCase{
		{"id=" + all[3].ID + "&id=" + all[99].ID + "&id=nonsense", func(w wireTransaction) bool { return w.ID == all[3].ID || w.ID == all[99].ID }},
		{"status=AUTHORIZED&status=ON_HOLD", func(w wireTransaction) bool { return w.Status == "AUTHORIZED" || w.Status == "ON_HOLD" }},
		{"status=REFUNDED", func(w wireTransaction) bool { return w.Status == "REFUNDED" }},
		{"payment_product=payex", func(w wireTransaction) bool { return w.ProductID == "payex" }},
		{"payment_product_type=vipps", func(w wireTransaction) bool { return w.ProductType == "vipps" }},
		{"card_brand=Visa", func(w wireTransaction) bool { return w.Card != nil && w.Card.Brand == "Visa" }},
		{"merchant_reference=" + some.Reference, func(w wireTransaction) bool { return w.Reference == some.Reference }},
		{"merchant_reference_2=" + some.Reference2, func(w wireTransaction) bool { return w.Reference2 == some.Reference2 }},
		{"session_id=" + some.SessionID, func(w wireTransaction) bool { return w.SessionID == some.SessionID }},
		{"store_id=sc029&store_id=sc063", func(w wireTransaction) bool { return w.Store.ID == "sc029" || w.Store.ID == "sc063" }},
		{"payout_correlation_id=" + some.Metadata["payout_correlation_id"].(string) + ",x", func(w wireTransaction) bool {
			return w.Metadata["payout_correlation_id"] == some.Metadata["payout_correlation_id"]
		}},
		{"currency=ISK&currency=EUR", func(w wireTransaction) bool { return w.Currency == "ISK" || w.Currency == "EUR" }},
		{fmt.Sprintf("amount=%d", some.Amount), func(w wireTransaction) bool { return w.Amount == some.Amount }},
		{"amount.gte=200000&amount.lte=300000", func(w wireTransaction) bool { return w.Amount >= 200000 && w.Amount <= 300000 }},
		{"captured_at.gte=2026-11-18T23:00:00&captured_at.lte=2026-11-20T00:00:00%2B01:00", event("CAPTURE", "2026-11-18T23:00:00Z", "2026-11-19T23:00:00Z")},
		{"refunded_at.gte=2026-11-10&refunded_at.lte=2026-11-18", event("REFUND", "2026-11-10T00:00:00Z", "2026-11-18T00:00:00Z")},
		{"search=" + url.QueryEscape(strings.ToUpper(some.Customer.Email)), func(w wireTransaction) bool { return w.Customer.Email == some.Customer.Email }},
		{"search=" + some.SessionID, func(w wireTransaction) bool { return w.SessionID == some.SessionID }},
		{"payment_operation=recurring_purchase", func(w wireTransaction) bool { return w.Operation == "recurring_purchase" }},
		{"customer_id=" + some.Customer.ID, func(w wireTransaction) bool { return w.Customer.ID == some.Customer.ID }},
		{"token_id=" + some.Card.TokenID, func(w wireTransaction) bool { return w.Card != nil && w.Card.TokenID == some.Card.TokenID }},
		{"payout_destination_id=P00000002", func(w wireTransaction) bool {
			return w.Seller == "P00000002" || slices.ContainsFunc(w.Items, func(i wireItem) bool {
				return slices.ContainsFunc(i.Splits, func(s share) bool { return s.PayoutDestination == "P00000002" })
			})
		}},
	}
}

func TestFilterBoundsAreInclusive(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	some := c.transactions(twoDays())[40]
	for _, q := range []url.Values{
		{"created_at.gte": {some.CreatedAt}, "created_at.lte": {some.CreatedAt}},
		{"created_at.gte": {strings.TrimSuffix(some.CreatedAt, "Z")}, "created_at.lte": {some.CreatedAt}},
		{"id": {some.ID}, "amount.gte": {fmt.Sprint(some.Amount)}, "amount.lte": {fmt.Sprint(some.Amount)}},
	} {
		if got := ids(c.transactions(q)); !slices.Contains(got, some.ID) {
			t.Errorf("%v: got %v", q, got)
		}
	}
}

func TestOnlySuccessfulEventsOnRequest(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	q := url.Values{"created_at.gte": {"2026-11-14"}}
	failed := func() (n int) {
		for _, w := range c.transactions(q) {
			for _, e := range w.Events {
				if !e.Success {
					n++
				}
			}
		}
		return n
	}
	if failed() == 0 {
		t.Error("no failed events to leave out")
	}
	q.Set("includes", "events.success.true")
	if n := failed(); n != 0 {
		t.Errorf("%d failed events with events.success.true", n)
	}
}

func TestWrongParametersAreNamed(t *testing.T) {
	c := inProcess(t, newServer(t, 1, noon())).login()
	for query, want := range map[string]string{
		"limit=0": "limit", "limit=101": "limit", "limit=ten": "limit", "status=captured": "status", "amount=-1": "amount", "amount.gte=1.5": "amount.gte",
		"created_at.gte=yesterday": "created_at.gte", "captured_at.lte=2026-02-30": "captured_at.lte", "captured_at_gte=2026-01-01": "captured_at_gte",
		"includes=events": "includes", "limit=1&limit=2": "limit", "created_at.gte=2026-11-20T00:00:00+01:00": "created_at.gte",
	} {
		req := url.Values{}
		if parsed, err := url.ParseQuery(query); err == nil {
			req = parsed
		}
		res, body, err := c.try("/transactions", req)
		if err != nil || res.StatusCode != 400 || !strings.Contains(string(body), `"message":"`+want+`: `) {
			t.Errorf("%s: %v %s", query, res, body)
		}
	}
	for _, cursor := range []string{"nonsense", account + ".0000000000000000000000", account + "."} {
		if res, body, _ := c.try("/transactions", url.Values{"starting_after": {cursor}}); res.StatusCode != 404 || !strings.Contains(string(body), "starting_after") {
			t.Errorf("cursor %q: %d %s", cursor, res.StatusCode, body)
		}
	}
}

func FuzzCursorsNeverPanic(f *testing.F) {
	v := testView(f, 1, noon())
	for _, id := range []string{"47L6HDA4BDTyjVVY1bw2md", "FF104524059", "FF-9", "09a091e1-4563-4c6c-8aa3-2ea994f9af3c", "ffffffff", "", account + "."} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if tx := v.findTransaction(id, nil); tx != nil && !strings.HasSuffix(id, tx.ID) {
			t.Errorf("%q finds %s", id, tx.ID)
		}
		if tx := v.findOrder(id); tx != nil && tx.Reference != id {
			t.Errorf("%q finds order %s", id, tx.Reference)
		}
		if c := v.findCard(id); c != nil && c.ID != id {
			t.Errorf("%q finds card %s", id, c.ID)
		}
		cardOfToken(id)
	})
}
