package webpage

import (
	"fmt"
	"testing"
	"time"

	"rapport/internal/ledger"
)

// BenchmarkPages: each with 10,000 periods and 100,000 messages in the ledger.
func BenchmarkPages(b *testing.B) {
	s := start(b)
	s.signIn()
	s.outcome = ledger.Sent
	rows := s.made("2026-11-19")
	first := s.account.Ledger
	s.must(first.Write(b.Context(), func(tx ledger.Tx) error {
		for i := range 10_000 {
			from := time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -i)
			p, _, err := tx.Plan(ledger.Planned{Key: ledger.Key{Account: "T12345678", Report: "oslo", From: from, To: from.AddDate(0, 0, 1)}, Name: from.Format(time.DateOnly), Schedule: "daily", Config: s.account.Path, Due: from.AddDate(0, 0, 1), State: ledger.Owed})
			if err != nil {
				return err
			}
			if _, err = tx.Exec(`UPDATE period SET state = 'made', made_at = due_at, detailed = 1 WHERE id = ?`, p.ID); err != nil {
				return err
			}
			for r := range 10 {
				if _, err = tx.Exec(`INSERT INTO delivery (account, period_id, recipient, state, queued_at, finished_at, last_try_at, message_id, file, sha256, size) VALUES (?, ?, ?, 'sent', ?, ?, ?, ?, '', 'x', 1)`, "T12345678", p.ID, fmt.Sprintf("r%d@shop.example", r), from, from, from, fmt.Sprint(i, r)); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	for _, target := range []string{"/", "/reports", "/reports/oslo", "/deliveries", "/deliveries?recipient=r3@shop.example", "/deliveries?page=100", fmt.Sprint("/periods/", rows[0].PeriodID), "/calendar", "/activity", "/system"} {
		b.Run(target, func(b *testing.B) {
			for b.Loop() {
				if w := s.ask("GET", target); w.Code != 200 {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
