package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOrdersComeWithTheirOperationsInTheListingsOrder(t *testing.T) {
	d := &dintero{resource: shop(230)}
	d.with(t, func(t *testing.T, c *Client) {
		begin, n := time.Now(), 0
		for o, err := range c.Orders(t.Context(), november19) {
			if err != nil {
				t.Fatal(err)
			}
			var operations []string
			for _, op := range o.Operations {
				operations = append(operations, string(op.Type)+" "+op.ID)
			}
			id := fmt.Sprint("n", n)
			want := []string{"authorization " + id + "-authorizations", "capture " + id + "-captures", "refund " + id + "-refunds", "cancellation " + id + "-cancellations"}
			if diff := cmp.Diff(want, operations); o.ID != id || diff != "" {
				t.Fatalf("order %d is %s: %s", n, o.ID, diff)
			}
			n++
		}
		if n != 230 || d.calls() != 4+230*4 {
			t.Errorf("%d orders with %d requests", n, d.calls())
		}
		if took := time.Since(begin); took > 130*time.Second {
			t.Errorf("took %s, one by one would be %d s", took, d.calls())
		}
	})
}

func TestMovementsComeWithTheCardOfTheirPath(t *testing.T) {
	d := &dintero{resource: shop(130)}
	d.with(t, func(t *testing.T, c *Client) {
		n := 0
		for w, err := range c.Wallets(t.Context(), november19) {
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprint("n", n/2); w.CardID != want || w.ID != fmt.Sprintf("%s-%d", want, n%2+1) {
				t.Fatalf("movement %d: got %s of card %s", n, w.ID, w.CardID)
			}
			n++
		}
		if n != 260 || d.calls() != 2+130 || d.requests[0].URL.RawQuery != "include_deleted=true&limit=100" {
			t.Errorf("%d movements with %d requests, the first for %s", n, d.calls(), d.requests[0].URL.RawQuery)
		}
	})
}

// answers maps a path (after the account) and query to a body; the rest is 404.
func answers(bodies map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key := strings.TrimPrefix(r.URL.EscapedPath(), "/v1/accounts/T12345678/")
		if after := r.URL.Query().Get("starting_after"); after != "" {
			key += " after " + after
		}
		body, known := bodies[key]
		if !known {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, body)
	}
}

func ordersOf(t *testing.T, c *Client, q Query) (all []Order, err error) {
	t.Helper()
	for o, failure := range c.Orders(t.Context(), q) {
		if failure != nil {
			return all, failure
		}
		all = append(all, o)
	}
	return all, nil
}

func TestAnOrderThatDidNotMoveInThePeriodIsNotAskedForItsOperations(t *testing.T) {
	d := &dintero{resource: answers(map[string]string{
		"shopping/orders": `{"orders":[{"id":"old","currency":"NOK","updated_at":"2026-11-18T22:59:59.999Z"},
			{"id":"now","currency":"NOK","updated_at":"2026-11-18T23:00:00Z"},
			{"id":"unknown","currency":"NOK"}]}`,
		"shopping/orders after unknown":          `{"orders":[]}`,
		"shopping/orders/now/authorizations":     `{"authorizations":[]}`,
		"shopping/orders/now/captures":           `{"captures":[{"id":"c","success":false}]}`,
		"shopping/orders/now/refunds":            `{"refunds":[]}`,
		"shopping/orders/now/cancellations":      `{"cancellations":[]}`,
		"shopping/orders/unknown/authorizations": `{"authorizations":[]}`,
		"shopping/orders/unknown/captures":       `{"captures":[]}`,
		"shopping/orders/unknown/refunds":        `{"refunds":[]}`,
		"shopping/orders/unknown/cancellations":  `{"cancellations":[]}`,
	})}
	d.with(t, func(t *testing.T, c *Client) {
		all, err := ordersOf(t, c, november19)
		if err != nil {
			t.Fatal(err)
		}
		want := []Order{
			{ID: "now", Currency: "NOK", UpdatedAt: november19.From, Operations: []Operation{{Type: Capture, ID: "c"}}},
			{ID: "unknown", Currency: "NOK"},
		}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestAListingFollowsTheTokenWhereTheBodyHasOne(t *testing.T) {
	d := &dintero{resource: answers(map[string]string{
		"shopping/orders":          `{"orders":[{"id":"a","currency":"NOK","updated_at":"2020-01-01T00:00:00Z"}],"starting_after":"t1"}`,
		"shopping/orders after t1": `{"orders":[],"starting_after":"t2"}`,
		"shopping/orders after t2": `{"orders":[{"id":"b","currency":"NOK","updated_at":"2020-01-01T00:00:00Z"}]}`,
		"wallets/cards":            `{"cards":[],"starting_after":"t1"}`,
		"wallets/cards after t1":   `{"cards":[],"starting_after":"t1"}`,
	})}
	d.with(t, func(t *testing.T, c *Client) {
		if all, err := ordersOf(t, c, november19); err != nil || len(all) != 0 || d.calls() != 3 {
			t.Errorf("got %v, %v with %d requests", all, err, d.calls())
		}
		for _, err := range c.Wallets(t.Context(), november19) {
			if want := "cards: page 2: leads back to t1 — the listing goes in a circle"; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	})
}

func TestAnErrorOfAnOrderOrCardNamesItAndComesLast(t *testing.T) {
	d := &dintero{resource: answers(map[string]string{
		"shopping/orders": `{"orders":[{"id":"a/../b","currency":"NOK"}]}`,
		"shopping/orders/a%2F..%2Fb/authorizations": `{"authorizations":[{"id":"x","created_at":"2026-11-19T10:00:00Z"}]}`,
		"wallets/cards": `{"cards":[{"id":".."}]}`,
	})}
	d.with(t, func(t *testing.T, c *Client) {
		want := "order a/../b: authorizations: page 1: element 1 (byte 19): operation x: amount: is missing"
		if _, err := ordersOf(t, c, november19); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		for _, err := range c.Wallets(t.Context(), november19) {
			if want := `card ..: the id ".." cannot be part of an address`; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	})
}

func TestAMissingScopeIsNamed(t *testing.T) {
	d := &dintero{resource: status(403, "")}
	d.with(t, func(t *testing.T, c *Client) {
		_, err := ordersOf(t, c, november19)
		if want := "orders: page 1: 403 Forbidden — does the client have the scope read:shopping?"; err == nil || err.Error() != want || !Denied(err) {
			t.Errorf("got %v", err)
		}
		for _, err := range c.Wallets(t.Context(), november19) {
			if want := "cards: page 1: 403 Forbidden — does the client have the scope read:wallets?"; err == nil || err.Error() != want {
				t.Errorf("got %v", err)
			}
		}
	})
}
