package sqlite

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
)

// What one delivery costs the disk: made, claimed, intended, finished.
func BenchmarkDelivery(b *testing.B) {
	l := mustOpen(b, filepath.Join(b.TempDir(), "rapport.db"))
	ctx := context.Background()
	var recipients []ledger.NewDelivery
	for range b.N {
		recipients = append(recipients, ledger.NewDelivery{Recipient: time.Duration(len(recipients)).String()})
	}
	p := ledgertest.PlanDay(b, l, 0)
	p, err := l.ClaimPeriod(ctx, p.ID)
	must(b, err)
	must(b, l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: ledgertest.Now(), Deliveries: recipients}))
	all, err := l.Unsent(ctx, ledgertest.Account)
	must(b, err)
	for i := 0; b.Loop(); i++ {
		ledgertest.SendDay(b, l, all[i%len(all)].ID)
		if i%len(all) == len(all)-1 {
			b.StopTimer()
			for _, d := range all {
				_, err := l.Resend(ctx, d.ID, ledgertest.Now())
				must(b, err)
			}
			b.StartTimer()
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	path := written(b, 10)
	for b.Loop() {
		l, err := openLedger(context.Background(), path, ledgertest.Options())
		must(b, err)
		must(b, l.Close())
	}
}

// What a long outage costs: many periods planned at once, in a ledger that was just opened.
func BenchmarkPlan(b *testing.B) {
	dir := b.TempDir()
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		l := mustOpen(b, filepath.Join(dir, time.Duration(n).String()+".db"))
		rows := outage(3000)
		b.StartTimer()
		_, err := l.Plan(context.Background(), rows)
		must(b, err)
		b.StopTimer()
		must(b, l.Close())
		b.StartTimer()
	}
}

// outage is n owed periods of a report, one a day.
func outage(n int) (rows []ledger.Planned) {
	for day := range n {
		from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day)
		rows = append(rows, ledger.Planned{Key: ledger.Key{Account: ledgertest.Account, Report: "daily", From: from, To: from.AddDate(0, 0, 1)}, Name: from.Format(time.DateOnly), Schedule: "daily", Due: from.AddDate(0, 0, 1), State: ledger.Owed})
	}
	return rows
}
