package fetch

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rapport/fetch/internal/listing"
	"rapport/internal/payment"
)

// Reading 100,000 transactions of one day over HTTP, 30 ms a page: page after page, and in
// partitions with eight and with 32 requests in flight. "× sequential" is against what 30 ms
// for each of the 1,001 pages come to.
func BenchmarkFetch(b *testing.B) {
	const n, takes = 100_000, 30 * time.Millisecond
	fridayMorning := time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC)
	day := newTape(n, fridayMorning.Add(-30*time.Hour), fridayMorning.Add(-6*time.Hour))
	for _, inFlight := range []int{8, 32} {
		for _, version := range []string{"HTTP/1.1", "HTTP/2"} {
			b.Run(fmt.Sprintf("%d in flight/%s", inFlight, version), func(b *testing.B) {
				var asked, dialled atomic.Int64
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodPost {
						fmt.Fprint(w, `{"access_token":"token","token_type":"Bearer","expires_in":86400}`)
						return
					}
					asked.Add(1)
					<-time.After(takes)
					day.page(w, r)
				}))
				server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
					if s == http.StateNew {
						dialled.Add(1)
					}
				}
				if server.EnableHTTP2 = version == "HTTP/2"; server.EnableHTTP2 {
					server.StartTLS()
				} else {
					server.Start()
				}
				defer server.Close()
				var d dintero
				config := d.config(nil)
				config.APIURL, config.CheckoutURL, config.Concurrency = server.URL+"/v1", server.URL+"/v1", inFlight
				config.Now = func() time.Time { return fridayMorning }
				network := http.DefaultTransport.(*http.Transport).Clone()
				network.MaxIdleConnsPerHost = inFlight
				network.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
				defer network.CloseIdleConnections()
				config.Transport = NewLimiter(0, inFlight).Transport(config.Account, network)
				q := payment.Query{From: fridayMorning.Add(-30 * time.Hour), To: fridayMorning.Add(-6 * time.Hour)}
				for b.Loop() {
					got := map[string]bool{}
					for tr, err := range New(config).Transactions(b.Context(), q) {
						if err != nil {
							b.Fatal(err)
						}
						got[tr.ID] = true
					}
					if len(got) != n {
						b.Fatalf("got %d", len(got))
					}
				}
				each := b.Elapsed() / time.Duration(b.N)
				b.ReportMetric(float64((n/listing.PageSize+1)*takes)/float64(each), "×sequential")
				b.ReportMetric(float64(asked.Load())/float64(b.N), "pages/op")
				b.ReportMetric(float64(dialled.Load())/float64(b.N), "connections/op")
			})
		}
	}
}

// tape is a day's transactions as JSON, the newest last, one every so often.
type tape struct {
	rows  [][]byte
	first time.Time
	every time.Duration
}

func newTape(n int, from, to time.Time) *tape {
	t := &tape{first: from, every: to.Sub(from) / time.Duration(n)}
	filler := strings.Repeat("æøå tekst ", 150)
	for i := range n {
		at := from.Add(time.Duration(i) * t.every).Format("2006-01-02T15:04:05.000Z")
		t.rows = append(t.rows, fmt.Appendf(nil, `{"id":"T12345678.%d","amount":100,"currency":"NOK","created_at":%q,"updated_at":%q,"session":{"text":%q},`+
			`"events":[{"id":"e1","event":"AUTHORIZE","success":true,"created_at":%[2]q},{"id":"e2","event":"CAPTURE","success":true,"amount":100,"created_at":%[2]q}]}`, i, at, at, filler))
	}
	return t
}

func (t *tape) page(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	from, to := 0, len(t.rows)
	for name := range q {
		switch name {
		case "refunded_at.gte":
			to = 0
		case "captured_at.gte":
			from = t.after(instant(q.Get(name)).Add(-time.Nanosecond))
		case "captured_at.lte":
			to = min(to, t.after(instant(q.Get(name))))
		}
	}
	if _, number, ok := strings.Cut(q.Get("starting_after"), "."); ok {
		n, err := strconv.Atoi(number)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		to = min(to, n)
	}
	from = max(from, to-listing.PageSize)
	page := []byte{'['}
	for i := to - 1; i >= from; i-- {
		if len(page) > 1 {
			page = append(page, ',')
		}
		page = append(page, t.rows[i]...)
	}
	_, _ = w.Write(append(page, ']'))
}

// after is the number of the first row that is later.
func (t *tape) after(at time.Time) int {
	if at.Before(t.first) {
		return 0
	}
	return min(int(at.Sub(t.first)/t.every)+1, len(t.rows))
}

func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}
