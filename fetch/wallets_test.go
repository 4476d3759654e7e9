package fetch

import (
	"fmt"
	"testing"
)

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
