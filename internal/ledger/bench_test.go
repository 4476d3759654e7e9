package ledger

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// What one delivery costs the disk: made, claimed, intended, finished.
func BenchmarkDelivery(b *testing.B) {
	l := mustOpen(b, filepath.Join(b.TempDir(), "rapport.db"))
	ctx := context.Background()
	var recipients []NewDelivery
	for range b.N {
		recipients = append(recipients, NewDelivery{Recipient: time.Duration(len(recipients)).String()})
	}
	p := planDay(b, l, 0)
	_, err := l.ClaimPeriod(ctx, p.ID)
	must(b, err)
	must(b, l.RecordMade(ctx, p.ID, MadePeriod{At: testNow(), Deliveries: recipients}))
	all, err := l.Unsent(ctx, "T12345678")
	must(b, err)
	for i := 0; b.Loop(); i++ {
		sendDay(b, l, all[i%len(all)].ID)
		if i%len(all) == len(all)-1 {
			b.StopTimer()
			for _, d := range all {
				_, err := l.Resend(ctx, d.ID, testNow())
				must(b, err)
			}
			b.StartTimer()
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	path := written(b, 10)
	for b.Loop() {
		l, err := Open(context.Background(), path, testOptions())
		must(b, err)
		must(b, l.Close())
	}
}
