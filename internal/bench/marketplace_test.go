package bench

import (
	"context"
	"fmt"
	"iter"
	stdmail "net/mail"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"rapport/internal/payment"
	"rapport/reportconfig"
)

// marketplace is a source of so many captures on the day before runDay, each of one of so many sellers.
type marketplace struct{ sales, sellers int }

func (m marketplace) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	return func(yield func(payment.Transaction, error) bool) {
		day := runDay().AddDate(0, 0, -1).Truncate(24 * time.Hour)
		i := 0
		for t, err := range payments(m.sales).Transactions(ctx, q) {
			at := day.Add(time.Duration(i) * 86_000 * time.Second / time.Duration(m.sales))
			t.CreatedAt, t.Events[0].CreatedAt, t.Events[1].CreatedAt = at, at, at
			seller := fmt.Sprintf("seller-%05d", i*7919%m.sellers)
			t.Lines = []payment.Line{{ID: "1", Amount: t.Amount, Splits: []payment.Split{{PayoutDestination: seller, Amount: t.Amount - 100}, {PayoutDestination: "torget", Amount: 100}}}}
			if i++; !yield(t, err) {
				return
			}
		}
	}
}

func (marketplace) Orders(ctx context.Context, q payment.Query) iter.Seq2[payment.Order, error] {
	return payments(0).Orders(ctx, q)
}

func (marketplace) Wallets(ctx context.Context, q payment.Query) iter.Seq2[payment.WalletTransaction, error] {
	return payments(0).Wallets(ctx, q)
}

// BenchmarkSplit makes one daily report of 200,000 sales of 10,000 sellers, with a part for each
// as PDF and CSV, and mails each theirs over ten connections.
func BenchmarkSplit(b *testing.B) {
	const sales, sellers = 200_000, 10_000
	addresses := filepath.Join(b.TempDir(), "sellers.csv")
	var list strings.Builder
	list.WriteString("value,name,emails,language\n")
	for i := range sellers {
		fmt.Fprintf(&list, "seller-%05d,Selger %d,s%d@selger.example,\n", i, i, i)
	}
	if err := os.WriteFile(addresses, []byte(list.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	report := dailyReports(1, 0)[0]
	report.Split, report.Addresses = reportconfig.SplitBySeller, addresses
	report.ContentTypes = []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV}
	report.Emails = []stdmail.Address{{Address: "drift@torget.example"}}
	s := startDiscardRelay(b)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(112 << 20)) // as the program does
	for b.Loop() {
		debug.FreeOSMemory()
		before := s.taken.Load()
		took := makeAndMail(b, marketplace{sales, sellers}, []reportconfig.Report{report}, s.port(), 10)
		if n := s.taken.Load() - before; n != sellers+1 {
			b.Fatalf("%d mails", n)
		}
		b.ReportMetric(took.Seconds(), "s")
		b.ReportMetric(float64(peakMemory(b))/1e6, "peak-MB")
	}
}
