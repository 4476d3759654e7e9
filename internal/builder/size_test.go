//go:build unix

package builder

import (
	"context"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// crowd is a source of n transactions, of a hundred sellers in turn, that calls look now and then.
type crowd struct {
	paymenttest.Source
	n    int
	one  payment.Transaction
	look func()
}

func (s crowd) Transactions(context.Context, payment.Query) iter.Seq2[payment.Transaction, error] {
	return func(yield func(payment.Transaction, error) bool) {
		for i := range s.n {
			tx := s.one
			tx.ID = fmt.Sprintf("T12345678.%026d", i*7919%s.n)
			tx.MerchantReference = "order " + tx.ID
			tx.PayoutDestination = fmt.Sprint("seller-", i%100)
			if !yield(tx, nil) {
				return
			}
			if i%500 == 0 {
				s.look()
			}
		}
	}
}

// crowdOf is a batch of 64: each seller's own report, or with whole the same one of all.
func crowdOf(dir string, p calendar.Period, whole bool) (batch []*build) {
	for i := range 64 {
		data := reportconfig.Transactions{Sellers: []string{fmt.Sprint("seller-", i)}}
		if whole {
			data = reportconfig.Transactions{}
		}
		a := &build{job: report.Job{Report: paymenttest.Report(data, "no"), Period: p}, dir: filepath.Join(dir, fmt.Sprint(i)), now: p.To}
		a.job.Report.ID = fmt.Sprint("r", i)
		batch = append(batch, a)
	}
	return batch
}

func TestABatchHoldsFewBytesAndFewFiles(t *testing.T) {
	const n = 2500
	files := func() int {
		open, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			return 0 // this system does not tell
		}
		return len(open)
	}
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	runtime.GC()
	heapBefore, filesBefore, mostHeap, mostFiles := heap(), files(), uint64(0), 0
	look := func() { mostHeap, mostFiles = max(mostHeap, heap()), max(mostFiles, files()) }
	r := newBuilder(t, crowd{n: n, one: paymenttest.Captured(t, "x", 12345), look: look})
	r.Meter = &stages{at: func(string, int) { look() }}
	archive := t.TempDir()
	batch := crowdOf(archive, paymenttest.Period(t, "2026-11-19"), true)
	for _, a := range batch {
		if err := os.Mkdir(a.dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.buildAll(t.Context(), batch)
	for _, a := range batch {
		if a.err != nil || a.figures.Totals.Rows != n {
			t.Fatalf("%s: %v", a.job.Report.ID, a.err)
		}
	}
	if grown := int64(mostHeap) - int64(heapBefore); grown > 70<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
	if grown := mostFiles - filesBefore; grown > len(batch)+2 {
		t.Errorf("%d files were open for %d reports", grown, len(batch))
	}
	if left := files() - filesBefore; left > 0 {
		t.Errorf("%d files were left open", left)
	}
}

// BenchmarkTogether makes 64 reports of 100,000 transactions in a process of its own, and
// reports that one's peak memory.
func BenchmarkTogether(b *testing.B) {
	for _, name := range []string{"sellers", "whole"} {
		b.Run(name, func(b *testing.B) {
			if os.Getenv("RAPPORT_TOGETHER") != "" {
				makeCrowd(b, name == "whole")
				return
			}
			var peak int64
			for b.Loop() {
				cmd := exec.Command(os.Args[0], "-test.run=^$", "-test.benchtime=1x", "-test.bench=^BenchmarkTogether$/^"+name+"$")
				cmd.Env = append(os.Environ(), "RAPPORT_TOGETHER=1")
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				peak = max(peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
			}
			b.ReportMetric(float64(peak)/1024, "peak-MB")
		})
	}
}

func makeCrowd(b *testing.B, whole bool) {
	b.Helper()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		b.Fatal(err)
	}
	period, err := calendar.ParsePeriod("2026-11-19", oslo)
	if err != nil {
		b.Fatal(err)
	}
	noon := period.From.Add(12 * time.Hour)
	one := payment.Transaction{
		Amount: 12345, Currency: "NOK", Status: "CAPTURED", ProductType: "vipps", Product: "vipps",
		Store: payment.Store{ID: "sc029", Name: "Oslo"}, UpdatedAt: noon, Events: []payment.Event{{Type: payment.EventCapture, Success: true, CreatedAt: noon, Amount: 12345}},
	}
	r := &Builder{Account: statement.Account{ID: "T12345678", Zone: "Europe/Oslo", Location: oslo}, Source: crowd{n: 100_000, one: one, look: func() {}}}
	batch := crowdOf(b.TempDir(), period, whole)
	for _, a := range batch {
		if err := os.Mkdir(a.dir, 0o700); err != nil {
			b.Fatal(err)
		}
	}
	r.buildAll(b.Context(), batch)
	for _, a := range batch {
		if a.err != nil || a.figures.Totals.Rows == 0 {
			b.Fatal(a.err)
		}
	}
}
