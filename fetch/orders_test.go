package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/payment"
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

func ordersOf(t *testing.T, c *Client, q payment.Query) (all []payment.Order, err error) {
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
		want := []payment.Order{
			{ID: "now", Currency: "NOK", UpdatedAt: november19.From, Operations: []payment.Operation{{Type: payment.Capture, ID: "c"}}},
			{ID: "unknown", Currency: "NOK"},
		}
		if diff := cmp.Diff(want, all); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestAnErrorOfAnOrderOrCardNamesItAndComesLast(t *testing.T) {
	d := &dintero{resource: answers(map[string]string{
		"shopping/orders": `{"orders":[{"id":"a/../b","currency":"NOK"}]}`,
		"shopping/orders/a%2F..%2Fb/authorizations": `{"authorizations":[{"id":"x","id":"y"}]}`,
		"wallets/cards": `{"cards":[{"id":".."}]}`,
	})}
	d.with(t, func(t *testing.T, c *Client) {
		want := "order a/../b: authorizations: page 1: element 1 (byte 19): operation x: id: the name comes twice"
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
