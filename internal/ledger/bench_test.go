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
func outage(n int) (rows []Planned) {
	for day := range n {
		from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day)
		rows = append(rows, Planned{Key: Key{"T12345678", "daily", from, from.AddDate(0, 0, 1)}, Name: from.Format(time.DateOnly), Schedule: "daily", Due: from.AddDate(0, 0, 1), State: Owed})
	}
	return rows
}
