package insight_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// fuzzed asks a server, whatever it is asked, for an answer of the OpenAPI document that is no 5xx.
func fuzzed(f *testing.F, client, method, target string, seeds ...string) {
	f.Helper()
	for _, seed := range seeds {
		f.Add(seed)
	}
	s := startFor(nil, f) // one for all: what it is asked must not harm what is asked next
	token, asked := "", 0
	f.Fuzz(func(t *testing.T, text string) {
		if s.T = t; asked%10_000 == 0 && client != "" { // it ends after an hour
			token = s.token(client)
		}
		asked++
		body, query := text, ""
		if method == http.MethodGet {
			body, query = "", "?"+text
		}
		r := &http.Request{Method: method, URL: &url.URL{Scheme: "https", Host: "rapport.example", Path: target, RawQuery: strings.TrimPrefix(query, "?")}, Header: http.Header{"Content-Type": {"application/json"}}}
		r = r.WithContext(t.Context())
		r.Body = http.NoBody
		if body != "" {
			r.Body = readCloser{strings.NewReader(body)}
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if client == "" {
			r.Header.Del("Authorization")
			r.SetBasicAuth("all", "c4n4ry-all")
		}
		s.clock.Time = s.clock.Add(100_000_000) // a tenth of a second: nobody waits
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 || strings.Contains(s.log.String(), "panic") {
			t.Errorf("%s %s %q: %d %s\n%s", method, target, text, w.Code, w.Body, &s.log)
		}
		if strings.Contains(w.Body.String(), "c4n4ry") {
			t.Errorf("%q shows a secret: %s", text, w.Body)
		}
		s.log.Reset()
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

const fuzzBody = `{"name":"Oslo","dataType":"checkout/transactions","schedule":"daily","language":"no","contentTypes":["text/csv"],"reportFilters":[{"filter":"store_id","value":"x"}],"emails":["a@shop.example"]}`

func FuzzCreate(f *testing.F) {
	fuzzed(f, "all", "POST", reports, fuzzBody, `{}`, `[]`, `null`, `{"dataType":null}`, `{"reportFilters":[{}]}`, "{\"name\":\"\\u0000\"}", strings.Repeat("[", 10_000), `{"accountId":"P1"}`, `{"a":1e999}`)
}

func FuzzReplace(f *testing.F) {
	fuzzed(f, "all", "PUT", reports+"/6f0d1c52-7e5b-4f0e-9c39-9d6f6a3f7b11", fuzzBody, `{}`, `{"id":"x"}`)
}

func FuzzGenerate(f *testing.F) {
	fuzzed(f, "all", "POST", base+"/insight/generate-report", `{"dataType":"wallets/transactions","schedule":"monthly","language":"no","contentType":"text/csv","from":"2026-09-01","to":"2026-09-30"}`,
		`{"from":"0000-00-00"}`, `{"from":"2026-09-01T00:00:00+99:99","to":1}`, `{"contentType":[]}`)
}

func FuzzToken(f *testing.F) {
	fuzzed(f, "", "POST", base+"/auth/token", `{"grant_type":"client_credentials","audience":"https://x/v1/accounts/T12345678"}`, `{"audience":"://"}`, `{"grant_type":[]}`)
}

func FuzzEventFigures(f *testing.F) {
	fuzzed(f, "all", "GET", base+"/insight/kpi/checkout-transaction-events", "interval=day&event=CAPTURE&created_at_gte=2026-11-18", "created_at_gte=9999-99-99", "interval=%ff&event=VOID;x", "created_at_gte=0001-01-01T00:00:00%2B23:59&interval=day&event=VOID")
}

func FuzzStatusFigures(f *testing.F) {
	fuzzed(f, "all", "GET", base+"/insight/kpi/checkout-transaction-status", "interval=day&status=AUTHORIZED&created_at_gte=2026-11-18", "status=%00")
}

func FuzzCheckoutFigures(f *testing.F) {
	fuzzed(f, "all", "GET", base+"/insight/kpi/checkout", `interval=week&field=total_amount&transaction_status=CAPTURED&aggregate_functions=["sum","currency"]`, `aggregate_functions={"a":1}`, `aggregate_functions=[[]]`)
}

func FuzzMetadata(f *testing.F) {
	fuzzed(f, "all", "GET", base+"/reports/metadata", "limit=10", "limit=-1&starting_after=MC4wLjA", "limit=99999999999999999999", "starting_after=%ff")
}

func FuzzDownload(f *testing.F) {
	fuzzed(f, "all", "GET", base+"/reports/files/6f0d1c52-7e5b-4f0e-9c39-9d6f6a3f7b11", "expires=1&signature=1-2-abc", "expires=&signature=--", "signature=9999999999999999999-0-")
}
