package fetch

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPeriodIsTwoListingsWithoutAnUpperBound(t *testing.T) {
	d := &dintero{resource: script(says(rows("a", "b")), says(rows("c")), says("[]"), says(rows("b")))}
	d.with(t, func(t *testing.T, c *Client) {
		q := november19
		q.Stores = []string{"sc029", "a&limit=1"}
		ids, err := idsOf(t, c.Transactions(t.Context(), q))
		if err != nil || !cmp.Equal(ids, []string{"a", "b", "c", "b"}) {
			t.Errorf("got %v, %v", ids, err)
		}
		const same = "&includes=events.success.true&limit=100"
		const stores = "&store_id=sc029&store_id=a%26limit%3D1"
		want := []string{
			"captured_at.gte=2026-11-18T23%3A00%3A00Z" + same + stores,
			"captured_at.gte=2026-11-18T23%3A00%3A00Z" + same + "&starting_after=b" + stores,
			"captured_at.gte=2026-11-18T23%3A00%3A00Z" + same + "&starting_after=c" + stores,
			"includes=events.success.true&limit=100&refunded_at.gte=2026-11-18T23%3A00%3A00Z" + stores,
			"includes=events.success.true&limit=100&refunded_at.gte=2026-11-18T23%3A00%3A00Z&starting_after=b" + stores,
		}
		if diff := cmp.Diff(want, d.queries()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		r := d.requests[0]
		if r.Method != "GET" || r.URL.Path != "/v1/transactions" || r.Host != "checkout.test" {
			t.Errorf("got %s %s at %s", r.Method, r.URL.Path, r.Host)
		}
		for name, want := range map[string]string{
			"Authorization": "Bearer token-1", "User-Agent": "rapport/1.2.3",
			"Dintero-System-Name": "rapport", "Dintero-System-Version": "1.2.3",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	})
}

func TestASnapshotIsWhatIsOpenAndWhatWasFinishedSince(t *testing.T) {
	d := &dintero{resource: says("[]")}
	d.with(t, func(t *testing.T, c *Client) {
		q := november19
		q.Open = true
		if _, err := idsOf(t, c.Transactions(t.Context(), q)); err != nil {
			t.Fatal(err)
		}
		const same = "&includes=events.success.true&limit=100"
		want := []string{
			"includes=events.success.true&limit=100&status=AUTHORIZED&status=PARTIALLY_CAPTURED&status=PARTIALLY_CAPTURED_REFUNDED&status=ON_HOLD",
			"captured_at.gte=2026-11-19T23%3A00%3A00Z" + same,
			"includes=events.success.true&limit=100&refunded_at.gte=2026-11-19T23%3A00%3A00Z",
			"created_at.gte=2026-05-23T23%3A00%3A00Z" + same + "&status=AUTHORIZATION_VOIDED",
		}
		if diff := cmp.Diff(want, d.queries()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func (d *dintero) queries() (all []string) {
	for _, r := range d.requests {
		all = append(all, r.URL.RawQuery)
	}
	return all
}

func TestAThoroughQueryListsByCreationToo(t *testing.T) {
	thorough := november19
	thorough.Thorough = true
	d := &dintero{resource: says("[]")}
	d.with(t, func(t *testing.T, c *Client) {
		if _, err := idsOf(t, c.Transactions(t.Context(), thorough)); err != nil {
			t.Fatal(err)
		}
		asked := map[string]bool{}
		for _, r := range d.requests {
			q := r.URL.Query()
			for _, key := range []string{"captured_at.gte", "refunded_at.gte", "created_at.gte"} {
				if q.Has(key) {
					asked[key] = true
				}
			}
			if q.Has("created_at.gte") && len(q["status"]) < 5 {
				t.Errorf("statuses %v", q["status"])
			}
		}
		if len(asked) != 3 {
			t.Errorf("asked by %v", asked)
		}
	})
}

// A transaction may have moved to another store since the last page: the caller must see it.
func TestAnotherStoresTransactionIsLeftToTheCaller(t *testing.T) {
	alien := strings.Replace(row("x"), "sc029", "sc031", 1)
	d := &dintero{resource: script(says("[" + alien + "," + row("a") + "]"))}
	d.with(t, func(t *testing.T, c *Client) {
		q := november19
		q.Stores = []string{"sc029"}
		if ids, err := idsOf(t, c.Transactions(t.Context(), q)); err != nil || !cmp.Equal(ids, []string{"x", "a"}) {
			t.Errorf("got %v, %v", ids, err)
		}
	})
}
