package insight_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rapport/fetch"
	"rapport/fetch/sandbox"
	"rapport/internal/archive"
	"rapport/internal/insight"
	"rapport/internal/payment"
)

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func event(kind, when string, amount int64) payment.Event {
	return payment.Event{ID: kind + when, Type: kind, Success: true, Amount: amount, CreatedAt: at(when)}
}

func shop() []payment.Transaction {
	partly := payment.Transaction{ID: "partly", ProductType: "vipps", Currency: "NOK", Amount: 1000, Status: "CAPTURED", CreatedAt: at("2026-11-17T10:00:00Z"), UpdatedAt: at("2026-11-18T10:00:00Z"), Events: []payment.Event{
		event("AUTHORIZE", "2026-11-17T10:00:00Z", 0), event("CAPTURE", "2026-11-17T23:30:00Z", 333), event("CAPTURE", "2026-11-18T00:10:00Z", 334), event("VOID", "2026-11-18T10:00:00Z", 0),
	}}
	older := partly
	older.UpdatedAt, older.Status, older.Events = at("2026-11-17T11:00:00Z"), "AUTHORIZED", partly.Events[:1]
	failed := event("CAPTURE", "2026-11-18T12:00:00Z", 5000)
	failed.Success = false
	return []payment.Transaction{
		partly, older,
		{ID: "two", ProductType: "vipps", Currency: "NOK", Amount: 200, Status: "AUTHORIZED", CreatedAt: at("2026-11-18T12:00:00Z"), UpdatedAt: at("2026-11-18T12:00:00Z"), Events: []payment.Event{event("AUTHORIZE", "2026-11-18T12:00:00Z", 0), failed}},
		{ID: "free", ProductType: "free", Currency: "NOK", Status: "CAPTURED", CreatedAt: at("2026-11-18T12:00:00Z"), Events: []payment.Event{event("CAPTURE", "2026-11-18T12:00:00Z", 0)}},
		{ID: "euro", ProductType: "payex.creditcard", Currency: "EUR", Amount: 99, Status: "REFUNDED", CreatedAt: at("2026-10-02T12:00:00Z"), Events: []payment.Event{event("CAPTURE", "2026-10-02T12:00:00Z", 99), event("REFUND", "2026-11-18T23:59:59Z", 99)}},
	}
}

func (s *service) figures(token, target string) string {
	s.Helper()
	a := s.ask("GET", base+"/insight/kpi/"+target, token, "")
	if a.Code != 200 {
		s.Errorf("%s: %d %s", target, a.Code, a.Body)
	}
	return strings.TrimSpace(a.Body.String())
}

// TestTooManyEventsAreNotCounted: a reading keeps no more than the status KPI's does.
func TestTooManyEventsAreNotCounted(t *testing.T) {
	s := start(t)
	for i := range 200_001 {
		s.source.all = append(s.source.all, payment.Transaction{ID: fmt.Sprint(i), ProductType: "vipps", Currency: "NOK", CreatedAt: at("2026-11-17T10:00:00Z"), UpdatedAt: at("2026-11-17T10:00:00Z")})
	}
	token := s.token("reader")
	const target = base + "/insight/kpi/checkout-transaction-events?interval=day&event=CAPTURE&created_at_gte=2015-01-01"
	if a := s.ask("GET", target, token, ""); a.Code != 500 || !strings.Contains(a.Body.String(), `"too_much"`) {
		t.Errorf("%d %s", a.Code, a.Body)
	}
	s.source.all = append(s.source.all[1:], s.source.all[1]) // one that comes twice is one
	if a := s.ask("GET", target, token, ""); a.Code != 200 {
		t.Errorf("%d %s", a.Code, a.Body)
	}
}

func TestEventsAreCountedByUTCDay(t *testing.T) {
	s := start(t)
	s.source.all = shop()
	token := s.token("reader")
	value := func(product, currency, date string, count, avg, sum int) string {
		return fmt.Sprintf(`{"payment_product_type":%q,"currency":%q,"count":%d,"avg_amount":%d,"sum_amount":%d,"date":%q}`, product, currency, count, avg, sum, date)
	}
	for query, want := range map[string][]string{
		"CAPTURE&created_at_gte=2026-11-17":                  {value("vipps", "NOK", "2026-11-17", 1, 333, 333), value("vipps", "NOK", "2026-11-18", 1, 334, 334)},
		"CAPTURE&created_at_gte=2026-11-18T13:00:00":         {value("vipps", "NOK", "2026-11-18", 1, 334, 334)},
		"REFUND&created_at_gte=2026-11-18T00:00:00Z":         {value("payex.creditcard", "EUR", "2026-11-18", 1, 99, 99)},
		"AUTHORIZE&created_at_gte=2026-11-17":                {value("vipps", "NOK", "2026-11-17", 1, 1000, 1000), value("vipps", "NOK", "2026-11-18", 1, 200, 200)},
		"VOID&created_at_gte=2026-11-17":                     {value("vipps", "NOK", "2026-11-18", 1, 333, 333)},
		"VOID&created_at_gte=2026-11-19":                     {},
		"VOID&created_at_gte=2031-01-01":                     {},
		"CAPTURE&created_at_gte=2026-11-18T01:00:00%2B02:00": {value("vipps", "NOK", "2026-11-17", 1, 333, 333), value("vipps", "NOK", "2026-11-18", 1, 334, 334)},
	} {
		if got, want := s.figures(token, "checkout-transaction-events?interval=day&event="+query), `[{"interval":"day","values":[`+strings.Join(want, ",")+`]}]`; got != want {
			t.Errorf("%s: %s\nwant %s", query, got, want)
		}
	}
	asked := len(s.source.asks)
	s.figures(token, "checkout-transaction-events?interval=day&event=CAPTURE&created_at_gte=2026-11-18")
	if len(s.source.asks) != asked {
		t.Error("what is known was read again")
	}
	s.clock.Time = s.clock.Add(6 * time.Minute)
	s.figures(token, "checkout-transaction-events?interval=day&event=CAPTURE&created_at_gte=2026-11-01")
	if last := s.source.asks[len(s.source.asks)-1]; len(s.source.asks) != asked+1 || !last.Events || !last.From.Equal(at("2026-11-01T00:00:00Z")) {
		t.Errorf("asked for %+v", s.source.asks)
	}
}

func TestTheQueryOfAFigureIsChecked(t *testing.T) {
	s := start(t)
	token := s.token("reader")
	for target, want := range map[string]string{
		"checkout-transaction-events": "interval event created_at_gte",
		"checkout-transaction-events?interval=week&event=X&created_at_gte=yesterday":                 "interval event created_at_gte",
		"checkout-transaction-events?interval=day&interval=day&event=VOID&created_at_gte=2026-11-18": "interval",
		"checkout-transaction-status?interval=day&status=CAPTURED&created_at_gte=2026-11-18":         "status",
		"checkout": "interval field transaction_status aggregate_functions",
		"checkout?interval=day&field=x&transaction_status=VOID&aggregate_functions=sum":                                 "field transaction_status aggregate_functions",
		"checkout?interval=day&field=total_amount&transaction_status=CAPTURED&aggregate_functions=%5B%22currency%22%5D": "aggregate_functions",
		"checkout?interval=day&field=total_amount&transaction_status=CAPTURED&aggregate_functions=%5B%5D":               "aggregate_functions",
	} {
		if paths := s.ask("GET", base+"/insight/kpi/"+target, token, "").fails(400, "bad_request"); strings.Join(paths, " ") != want {
			t.Errorf("%s: %q", target, paths)
		}
	}
}

func TestWhatIsAuthorisedNow(t *testing.T) {
	s := start(t)
	s.source.all = shop()
	token := s.token("reader")
	want := `[{"interval":"day","values":[{"payment_product_type":"vipps","currency":"NOK","count":1,"avg_amount":200,"sum_amount":200,"date":"2026-11-18"}]}]`
	if got := s.figures(token, "checkout-transaction-status?interval=day&status=AUTHORIZED&created_at_gte=2026-11-01"); got != want {
		t.Error(got)
	}
	if got := s.figures(token, "checkout-transaction-status?interval=day&status=AUTHORIZED&created_at_gte=2026-11-19"); got != `[{"interval":"day","values":[]}]` {
		t.Error(got)
	}
}

func TestCheckoutFiguresAreOfWholeIntervals(t *testing.T) {
	s := start(t)
	s.source.all = shop()
	token := s.token("reader")
	query := func(status, interval, functions, more string) string {
		return s.figures(token, "checkout?field=total_amount&transaction_status="+status+"&interval="+interval+"&aggregate_functions="+url.QueryEscape(functions)+more)
	}
	if got, want := query("CAPTURED", "day", `["sum","count","sum"]`, ""), `[{"kpi_name":"sum","values":[{"value":1000,"date":"2026-11-18T00:00:00Z"}]},{"kpi_name":"count","values":[{"value":2,"date":"2026-11-18T00:00:00Z"}]}]`; got != want {
		t.Error(got)
	}
	if got, want := query("CAPTURED", "week", `["avg","currency"]`, ""), `[{"kpi_name":"avg","values":[]}]`; got != want { // the week runs still
		t.Error(got)
	}
	s.clock.Time = at("2026-12-01T00:00:00Z")
	token = s.token("reader")
	if got, want := query("CAPTURED", "week", `["avg","currency"]`, ""), `[{"kpi_name":"avg","values":[{"value":500,"date":"2026-11-16T00:00:00Z","currency":"NOK"}]}]`; got != want {
		t.Error(got)
	}
	if got, want := query("REFUNDED", "month", `["count"]`, "&event_created_at_gte=2026-11-18"), `[{"kpi_name":"count","values":[{"value":1,"date":"2026-11-01T00:00:00Z"}]}]`; got != want {
		t.Error(got)
	}
}

func TestASourceThatIsAwayIsSaid(t *testing.T) {
	s := start(t)
	s.source.err = errAway
	token := s.token("reader")
	for _, target := range []string{"checkout-transaction-events?interval=day&event=VOID&created_at_gte=2026-11-18", "checkout-transaction-status?interval=day&status=AUTHORIZED&created_at_gte=2026-11-01"} {
		a := s.ask("GET", base+"/insight/kpi/"+target, token, "")
		a.fails(500, "unavailable")
		if a.Header().Get("Retry-After") == "" {
			t.Error("it is not said when to ask again")
		}
	}
	s.source.err = nil
	if got := s.figures(token, "checkout-transaction-events?interval=day&event=VOID&created_at_gte=2026-11-18"); !strings.Contains(got, "[]") {
		t.Error(got)
	}
}

func TestALongReadingIsNotWaitedFor(t *testing.T) {
	s := start(t)
	token := s.token("reader")
	const target = base + "/insight/kpi/checkout-transaction-status?interval=day&status=AUTHORIZED&created_at_gte=2026-11-01"
	synctest.Test(t, func(t *testing.T) {
		s.source.wait = make(chan struct{})
		a := s.ask("GET", target, token, "")
		a.fails(500, "not_ready")
		if a.Header().Get("Retry-After") != "30" {
			t.Errorf("Retry-After: %q", a.Header().Get("Retry-After"))
		}
		close(s.source.wait)
		synctest.Wait()
	})
	if a := s.ask("GET", target, token, ""); a.Code != 200 || len(s.source.asks) != 1 {
		t.Errorf("the reading did not go on: %s", a.Body)
	}
}

// TestOurFiguresAreTheSourcesOwn: cell for cell, as the simulated Dintero counts them.
func TestOurFiguresAreTheSourcesOwn(t *testing.T) {
	s := start(t)
	simulated, err := sandbox.New(sandbox.Options{Seed: 1, Now: s.now})
	s.must(err)
	client := fetch.New(fetch.Config{
		Account: account, ClientID: "x", Secret: func() (string, error) { return "x", nil }, APIURL: "http://sandbox.invalid/v1", CheckoutURL: "http://sandbox.invalid/v1",
		Audience: "http://sandbox.invalid/v1/accounts/" + account, Transport: simulated.Transport(), Now: s.now,
	})
	s.Server, err = insight.New([]insight.Account{{
		Config: s.config, Path: s.config.Path, Archive: archive.Archive{Dir: s.config.Archive}, Ledger: s.ledger, Source: client, Secrets: s.secrets, Use: func(do func() error) error { return do() },
		Poke: func() {}, Alarm: func(context.Context, string, string) {}, Log: slog.New(slog.DiscardHandler),
	}}, s.Options)
	s.must(err)
	token := s.token("reader")
	theirs := tokenOf(t, simulated)
	for _, kind := range []string{"AUTHORIZE", "CAPTURE", "REFUND", "VOID"} {
		query := "/insight/kpi/checkout-transaction-events?interval=day&event=" + kind + "&created_at_gte=2026-11-15T00:00:00Z"
		var ours, own []struct{ Values []map[string]any }
		mine := s.ask("GET", base+query, token, "")
		for mine.Code == 500 && strings.Contains(mine.Body.String(), "not_ready") { // a slow machine reads longer than a client waits
			mine = s.ask("GET", base+query, token, "")
		}
		mine.read(&ours)
		r := httptest.NewRequest("GET", "http://sandbox.invalid"+base+query, nil)
		r.Header.Set("Authorization", "Bearer "+theirs)
		a := answer{httptest.NewRecorder(), t}
		simulated.ServeHTTP(a, r)
		a.read(&own)
		x, y := fmt.Sprint(ours), fmt.Sprint(own)
		if x != y || len(ours[0].Values) < 5 {
			t.Errorf("%s: %d of ours, %d of theirs\n%s\n%s", kind, len(ours[0].Values), len(own[0].Values), x, y)
		}
	}
}

func tokenOf(t *testing.T, simulated *sandbox.Server) string {
	t.Helper()
	r := httptest.NewRequest("POST", "http://sandbox.invalid"+base+"/auth/token", strings.NewReader(`{"grant_type":"client_credentials","audience":"http://sandbox.invalid/v1/accounts/T12345678"}`))
	r.SetBasicAuth("x", "x")
	r.Header.Set("Content-Type", "application/json")
	a := answer{httptest.NewRecorder(), t}
	simulated.ServeHTTP(a, r)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	a.read(&token)
	return token.AccessToken
}

// FuzzNothingMakesTheServerFail: no body and no query is more than a wrong one.
func FuzzNothingMakesTheServerFail(f *testing.F) {
	f.Add(weekly, "interval=day&event=VOID&created_at_gte=2026-11-18")
	f.Add(generated("2026-10-01", "2026-10-31", ""), "limit=4&starting_after=MS4yLjM")
	f.Add(`{"grant_type":"client_credentials","audience":"https://a/v1/accounts/T12345678"}`, `aggregate_functions=["sum"]&interval=month&field=total_amount&transaction_status=CAPTURED`)
	f.Fuzz(func(t *testing.T, body, query string) {
		s := start(t)
		token := s.token("all")
		r := s.Routes()
		for _, one := range r {
			if strings.Contains(one.Pattern, "insight-service") || strings.Contains(one.Pattern, "/report/") {
				continue
			}
			target := &url.URL{Path: strings.NewReplacer("{aid}", account, "{oid}", account, "{id}", insight.FileReportID(account, "oslo")).Replace(one.Pattern), RawQuery: query}
			request := httptest.NewRequest(one.Method, "https://rapport.example/", strings.NewReader(body))
			request.URL = target
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("Authorization", "Bearer "+token)
			if strings.Contains(one.Pattern, "token") {
				request.SetBasicAuth("all", "c4n4ry-all")
			}
			a := httptest.NewRecorder()
			s.ServeHTTP(a, request)
			if a.Code >= 500 || !slices.Contains([]int{200, 400, 401, 403, 404, 409}, a.Code) {
				t.Errorf("%s %s?%s %q: %d %s", one.Method, one.Pattern, query, body, a.Code, a.Body)
			}
		}
	})
}
