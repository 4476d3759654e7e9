package bench

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rapport/fetch"
)

// BenchmarkCSV makes the day's CSV of 20,000 transactions of 4 KB in a file, sorted,
// totalled and archived. Naive decodes each line into what encoding/json makes of it, and
// writes what encoding/csv makes of that.
func BenchmarkCSV(b *testing.B) {
	const n = 20_000
	path := filepath.Join(b.TempDir(), "transactions.ndjson")
	f, err := os.Create(path)
	if err == nil {
		err = WriteTransactions(f, n)
	}
	if err != nil {
		b.Fatal(err)
	}
	f.Close()
	reports := dailyReports(1, 0)
	var ours, naive time.Duration
	for b.Loop() {
		ours += makeAndMail(b, fetch.Files{TransactionsFile: path}, reports, 0, 1)
		b.StopTimer()
		naive += csvNaively(b, path)
		b.StartTimer()
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/job")
	b.ReportMetric(ours.Seconds()/naive.Seconds(), "of-naive")
}

func csvNaively(b *testing.B, path string) time.Duration {
	b.Helper()
	start := time.Now()
	in, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	file, err := os.Create(filepath.Join(b.TempDir(), "naive.csv"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	buffered := bufio.NewWriter(file)
	out := csv.NewWriter(buffered)
	for lines := json.NewDecoder(in); lines.More(); {
		var t map[string]any
		if err := lines.Decode(&t); err != nil {
			b.Fatal(err)
		}
		for _, e := range t["events"].([]any) {
			if e := e.(map[string]any); e["event"] == "CAPTURE" {
				out.Write([]string{fmt.Sprint(e["created_at"]), fmt.Sprint(t["id"]), fmt.Sprint(t["merchant_reference"]),
					fmt.Sprint(t["payment_product_type"]), fmt.Sprint(t["status"]), fmt.Sprint(t["currency"]), fmt.Sprint(e["amount"])})
			}
		}
	}
	out.Flush()
	if err := buffered.Flush(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}
