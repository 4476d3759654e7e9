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

var utcNovember19 = time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)

func kpiValue(product, currency, count, sum, date string) string {
	return fmt.Sprintf(`{"payment_product_type":%q,"currency":%q,"count":%s,"avg_amount":1,"sum_amount":%s,"date":%q}`, product, currency, count, sum, date)
}

func TestEventsAreDinterosOwnCount(t *testing.T) {
	vipps := kpiValue("vipps", "NOK", "3", "9007199254740993", "2026-11-19")
	for name, body := range map[string]string{
		"as documented":  `[{"interval":"day","values":[` + vipps + `]}]`,
		"as a bare list": `[` + vipps + `]`,
	} {
		d := &dintero{resource: func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			if r.URL.Path != "/v1/accounts/T12345678/insight/kpi/checkout-transaction-events" || q.Get("interval") != "day" || q.Get("created_at_gte") != "2026-11-19T00:00:00Z" {
				t.Errorf("asked for %s", r.URL)
			}
			if q.Get("event") == "CAPTURE" {
				fmt.Fprint(w, body)
				return
			}
			fmt.Fprint(w, `[{"interval":"day","values":[]}]`)
		}}
		d.with(t, func(t *testing.T, c *Client) {
			got, err := c.Events(t.Context(), utcNovember19)
			want := []payment.DayEvents{{Day: utcNovember19, Type: "CAPTURE", ProductType: "vipps", Currency: "NOK", Count: 3, Sum: 9007199254740993}}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", name, err, diff)
			}
		})
	}
}

func TestFiguresThatCannotBeTrustedAreAnError(t *testing.T) {
	good := kpiValue("vipps", "NOK", "1", "100", "2026-11-19")
	for body, why := range map[string]string{
		`{}`:                                "not an array",
		`null`:                              "not an array",
		`[{}]`:                              "payment_product_type: is missing",
		`[{"interval":"day"}]`:              "payment_product_type: is missing",
		`[{"interval":"week","values":[]}]`: "is not day",
		`[[]]`:                              "an array, not an object",
		`[{"interval":"day","values":{}}]`:  "values",
		`[` + good + `,` + good + `]`:       "comes twice",
		`[{"interval":"day","values":[` + good + `]},{"interval":"day","values":[` + good + `]}]`:                    "comes twice",
		`[{"interval":"day","values":[` + kpiValue("vipps", "NOK", "-1", "100", "2026-11-19") + `]}]`:                "values[0].count: -1 is negative",
		`[{"interval":"day","values":[` + kpiValue("vipps", "NOK", "1", "-100", "2026-11-19") + `]}]`:                "sum_amount: -100 is negative",
		`[{"interval":"day","values":[` + kpiValue("vipps", "NOK", "1", "9223372036854775808", "2026-11-19") + `]}]`: "64 bits",
		`[{"interval":"day","values":[` + kpiValue("vipps", "NOK", "1.5", "100", "2026-11-19") + `]}]`:               "count",
		`[{"interval":"day","values":[` + kpiValue("", "NOK", "1", "100", "2026-11-19") + `]}]`:                      "payment_product_type: is empty",
		`[{"interval":"day","values":[` + kpiValue("vipps", "NOK", "1", "100", "2026-11-19T00:00:00Z") + `]}]`:       "is not a date",
		`[{"interval":"day","values":[` + kpiValue("vipps", "NOK", "1", "100", "0001-01-01") + `]}]`:                 "is not a date",
		`<html>`:           "HTML",
		`[` + good + `] x`: "something follows",
	} {
		d := &dintero{resource: says(body)}
		d.with(t, func(t *testing.T, c *Client) {
			got, err := c.Events(t.Context(), utcNovember19)
			if err == nil || !strings.Contains(err.Error(), why) || NoFigures(err) {
				t.Errorf("%s: %v, %v; want %q", body, got, err, why)
			}
		})
	}
}

func TestFiguresThatWeMayNotHaveAreToldApart(t *testing.T) {
	for code, want := range map[int]bool{401: true, 403: true, 404: true, 400: false, 500: false, 429: false} {
		d := &dintero{resource: status(code, `{"error":{"message":"no"}}`)}
		d.with(t, func(t *testing.T, c *Client) {
			_, err := c.Events(t.Context(), utcNovember19)
			if err == nil || NoFigures(err) != want {
				t.Errorf("%d: %v", code, err)
			}
			if code == 403 && !strings.Contains(err.Error(), "read:insight") {
				t.Errorf("no word of the scope: %v", err)
			}
		})
	}
}
