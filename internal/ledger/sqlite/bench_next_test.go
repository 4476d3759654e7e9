package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
)

// What the next message costs, with few that wait and with many: the same.
func BenchmarkClaimNextDelivery(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := mustOpen(b, filepath.Join(b.TempDir(), "rapport.db"))
			ctx := context.Background()
			var recipients []ledger.NewDelivery
			for i := range n {
				recipients = append(recipients, ledger.NewDelivery{Recipient: fmt.Sprintf("r%05d@x.no", i)})
			}
			p, err := l.ClaimPeriod(ctx, ledgertest.PlanDay(b, l, 0).ID)
			must(b, err)
			must(b, l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: ledgertest.Now(), Deliveries: recipients}))
			ready := ledger.Ready{Account: p.Account, Config: p.Config, Now: ledgertest.Now()}
			for b.Loop() {
				d, found, err := l.ClaimNextDelivery(ctx, ready, false)
				must(b, err)
				if !found {
					b.Fatal("none")
				}
				b.StopTimer()
				must(b, l.ReturnDelivery(ctx, d.Claim))
				b.StartTimer()
			}
		})
	}
}

// What the next periods cost, with few that are owed and with many: the same.
func BenchmarkClaimNextPeriods(b *testing.B) {
	for name, key := range map[string]func(ledger.Period) any{
		"alike": func(p ledger.Period) any { return p.From },
		"apart": func(p ledger.Period) any { return p.Report },
	} {
		for _, n := range []int{100, 1_000, 10_000} {
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				l := mustOpen(b, filepath.Join(b.TempDir(), "rapport.db"))
				ctx := context.Background()
				at := ledgertest.Now().Truncate(24 * time.Hour)
				var rows []ledger.Planned
				for i := range n {
					rows = append(rows, ledger.Planned{Key: ledger.Key{Account: ledgertest.Account, Report: fmt.Sprintf("r%05d", i), From: at.AddDate(0, 0, -1), To: at},
						Name: "2026-11-19", Schedule: "daily", Due: at, State: ledger.Owed})
				}
				_, err := l.Plan(ctx, rows)
				must(b, err)
				ready := ledger.Ready{Account: ledgertest.Account, Now: ledgertest.Now()}
				for b.Loop() {
					batch, err := l.ClaimNextPeriods(ctx, ready, 16, key)
					must(b, err)
					b.StopTimer()
					for _, p := range batch {
						must(b, l.ReturnPeriod(ctx, p.Claim))
					}
					b.StartTimer()
				}
			})
		}
	}
}
