package bench

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/fetch/sandbox"
	"rapport/internal/payment"
)

// roundTrip is the network's share of a request.
const roundTrip = 20 * time.Millisecond

// BenchmarkHTTP reads a week of orders, each with its collections, from the simulated
// Dintero over real HTTP with a round trip of 20 ms. Naive asks for one thing at a time.
func BenchmarkHTTP(b *testing.B) {
	simulated, err := sandbox.New(sandbox.Options{Seed: 1, Now: runDay})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-time.After(roundTrip)
		simulated.ServeHTTP(w, r)
	}))
	b.Cleanup(server.Close)
	var ours, naive time.Duration
	for b.Loop() {
		fast, n := readOrders(b, server.URL, 8)
		b.StopTimer()
		slow, m := readOrders(b, server.URL, 1)
		b.StartTimer()
		if n != m || n == 0 {
			b.Fatalf("%d orders, and %d", n, m)
		}
		ours, naive = ours+fast, naive+slow
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/job")
	b.ReportMetric(ours.Seconds()/naive.Seconds(), "of-naive")
}

func readOrders(b *testing.B, url string, atOnce int) (took time.Duration, orders int) {
	b.Helper()
	client := fetch.New(fetch.Config{
		Account: "T12345678", ClientID: "bench", Secret: func() (string, error) { return "bench", nil },
		APIURL: url + "/v1", CheckoutURL: url + "/v1", Audience: url + "/v1/accounts/T12345678", Version: "bench", Now: time.Now, Concurrency: atOnce,
	})
	start := time.Now()
	for _, err := range client.Orders(context.Background(), payment.Query{From: runDay().AddDate(0, 0, -7), To: runDay()}) {
		if err != nil {
			b.Fatal(err)
		}
		orders++
	}
	return time.Since(start), orders
}
