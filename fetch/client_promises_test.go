package fetch

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"rapport/internal/payment"
	"strings"
	"testing"
	"time"
)

func TestAnAccountIsOnePartOfAnAddress(t *testing.T) {
	c := New(Config{Account: "T1/../x", APIURL: "https://api.test/v1"})
	if want := "https://api.test/v1/accounts/T1%2F..%2Fx/wallets"; c.accountURL("wallets") != want {
		t.Error(c.accountURL("wallets"))
	}
}

// TestTheNewestFileSaysWhenTheyChanged, whichever of them it is.
func TestTheNewestFileSaysWhenTheyChanged(t *testing.T) {
	newest := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	for _, name := range []string{"transactions", "orders", "wallets"} {
		path := map[string]string{}
		for _, each := range []string{"transactions", "orders", "wallets"} {
			at := newest.Add(-time.Hour)
			if each == name {
				at = newest
			}
			path[each] = filepath.Join(t.TempDir(), each)
			if err := os.WriteFile(path[each], nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path[each], at, at); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Files{TransactionsFile: path["transactions"], OrdersFile: path["orders"], WalletsFile: path["wallets"]}.ChangedAt()
		if err != nil || !got.Equal(newest) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// TestWhatIsLeftOnACardExpiresWithIt as a movement of its own.
func TestWhatIsLeftOnACardExpiresWithIt(t *testing.T) {
	d := &dintero{resource: func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			fmt.Fprint(w, `[{"id":"1","type":"fund","amount":5000,"currency":"NOK","created_at":"2026-11-01T10:00:00Z"},
				{"id":"2","type":"drawdown","amount":1200,"currency":"NOK","created_at":"2026-11-02T11:00:00Z"}]`)
			return
		}
		fmt.Fprint(w, `{"cards":[{"card_id":"k","expires_at":"2026-11-19T00:00:00Z"}]}`)
	}}
	d.with(t, func(t *testing.T, c *Client) {
		var said []string
		for w, err := range c.Wallets(t.Context(), november19) {
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, fmt.Sprint(w.ID, " ", w.Amount, " ", w.Expired))
		}
		if got := strings.Join(said, ", "); got != "1 5000 false, 2 1200 false, expired NOK 3800 true" {
			t.Error(got)
		}
	})
}

// TestACardThatExpiresNobodyKnowsWhen: what is owed is not known then.
func TestACardThatExpiresNobodyKnowsWhen(t *testing.T) {
	for _, when := range []string{`"2026-12-31"`, `"2026-12-31T10:00:00+0100"`, `1798675200`, `{}`} {
		d := &dintero{resource: func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/transactions") {
				fmt.Fprint(w, `[{"id":"1","type":"fund","amount":5000,"currency":"NOK","created_at":"2026-11-01T10:00:00Z"}]`)
				return
			}
			fmt.Fprintf(w, `{"cards":[{"card_id":"k","expires_at":%s}]}`, when)
		}}
		d.with(t, func(t *testing.T, c *Client) {
			var last payment.WalletTransaction
			for w, err := range c.Wallets(t.Context(), november19) {
				if err != nil {
					t.Fatal(when, err)
				}
				last = w
			}
			if !last.Expired || last.Fault == nil || !strings.Contains(last.Fault.Error(), "expires_at") {
				t.Errorf("%s: %+v", when, last)
			}
		})
	}
}

// TestFiguresOfATryThatFailedAreNotCounted beside those of the next.
func TestFiguresOfATryThatFailedAreNotCounted(t *testing.T) {
	whole := `[{"interval":"day","values":[` + kpiValue("vipps", "NOK", "3", "300", "2026-11-19") + `]}]`
	tries := 0
	d := &dintero{resource: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("event") != "CAPTURE" {
			fmt.Fprint(w, "[]")
			return
		}
		if tries++; tries == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
			fmt.Fprint(w, whole[:len(whole)-1])
			return
		}
		fmt.Fprint(w, whole)
	}}
	d.with(t, func(t *testing.T, c *Client) {
		got, err := c.Events(t.Context(), utcNovember19)
		if err != nil || len(got) != 1 || tries != 2 {
			t.Errorf("%d figures after %d tries: %v", len(got), tries, err)
		}
	})
}

func TestAnEmptySecretIsNotSent(t *testing.T) {
	d := &dintero{secret: func() (string, error) { return "", nil }}
	d.with(t, func(t *testing.T, c *Client) {
		if err := c.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "the client secret is empty") || d.tokens != 0 {
			t.Errorf("%v, %d tokens were asked for", err, d.tokens)
		}
	})
}
