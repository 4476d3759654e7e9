package postgres

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/postgrestest"
)

// BenchmarkReplicas takes messages out of the queue and through a try, on one machine and on three, of four senders each.
func BenchmarkReplicas(b *testing.B) {
	server := postgrestest.Start(b)
	for _, replicas := range []int{1, 3} {
		b.Run(fmt.Sprint(replicas), func(b *testing.B) {
			ctx := context.Background()
			url := server.URL(b, fmt.Sprintf("shop%d-%d", replicas, b.N), "")
			var ledgers []*ledger.Ledger
			for range replicas {
				l, _ := openAs(b, url, b.TempDir())
				ledgers = append(ledgers, l)
			}
			var recipients []ledger.NewDelivery
			for i := range b.N {
				recipients = append(recipients, ledger.NewDelivery{Recipient: fmt.Sprint(i)})
			}
			p, err := ledgers[0].ClaimPeriod(ctx, ledgertest.PlanDay(b, ledgers[0], 0).ID)
			must(b, err)
			must(b, ledgers[0].RecordMade(ctx, p.Claim, ledger.MadePeriod{At: ledgertest.Now(), Deliveries: recipients}))
			server.SQL(b, fmt.Sprintf("shop%d-%d", replicas, b.N), `ANALYZE`)
			ready := ledger.Ready{Account: ledgertest.Account, Config: "rapport.yaml", Now: ledgertest.Now()}
			b.ResetTimer()
			var senders sync.WaitGroup
			for i := range 4 * replicas {
				l := ledgers[i%replicas]
				senders.Go(func() {
					for {
						d, found, err := l.ClaimNextDelivery(ctx, ready, false)
						if err == nil && !found {
							return
						}
						if err == nil {
							err = l.MarkSending(ctx, d.Claim, ledgertest.Now())
						}
						if err == nil {
							err = l.Finish(ctx, d.Claim, ledger.Result{At: ledgertest.Now(), State: ledger.Sent})
						}
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			senders.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
		})
	}
}
