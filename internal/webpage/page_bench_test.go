package webpage

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"rapport/internal/ledger"
)

// BenchmarkPages is the time to the first byte of each page, with 10,000 periods and 100,000 messages in the
// ledger; of a hundred the 95th.
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
	server := httptest.NewServer(s.Server)
	b.Cleanup(server.Close)
	one := fmt.Sprint("/deliveries/", rows[0].ID)
	for _, target := range []string{
		"/", "/reports", "/reports?by=person", "/reports/oslo", "/reports/oslo?page=200", "/reports/oslo/make", "/reports/oslo/preview", "/reports/oslo/copy", "/reports/new",
		"/deliveries", "/deliveries?recipient=r3@shop.example", "/deliveries?page=100", "/deliveries?state=refused", one, one + "/message", one + "/resend",
		fmt.Sprint("/periods/", rows[0].PeriodID), "/calendar", "/activity", "/system", "/account",
	} {
		b.Run(target, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, server.URL+target, nil)
				s.must(err)
				r.AddCookie(s.cookie)
				began := time.Now()
				answer, err := server.Client().Do(r)
				s.must(err)
				_, err = io.ReadFull(answer.Body, make([]byte, 1))
				took = append(took, time.Since(began))
				s.must(err)
				_, err = io.Copy(io.Discard, answer.Body)
				s.must(errors.Join(err, answer.Body.Close()))
				if answer.StatusCode != http.StatusOK {
					b.Fatal(answer.Status)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
