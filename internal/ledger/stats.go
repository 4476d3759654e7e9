package ledger

import (
	"context"
	"fmt"
	"time"
)

// Stats are the numbers of one account.
type Stats struct {
	Owed                int
	Deliveries          map[DeliveryState]int
	Attempts, Uncertain int64
	// LastSuccess, by report that is no part of another: when its newest delivered period was complete.
	LastSuccess map[string]time.Time
}

const upsertDeliveryCounter = `INSERT INTO delivery_counter (account, writer, attempts, uncertain) SELECT account, ?, ?, ? FROM delivery WHERE id = ?
	ON CONFLICT (account, writer) DO UPDATE SET attempts = delivery_counter.attempts + excluded.attempts, uncertain = delivery_counter.uncertain + excluded.uncertain`

const upsertLastSuccess = `INSERT INTO last_success (account, report, due_at, at)
	SELECT p.account, p.report, p.due_at, coalesce((SELECT max(d.finished_at) FROM delivery d WHERE d.period_id = p.id), p.made_at)
	FROM period p WHERE p.id = ? AND p.state = 'made' AND p.report NOT LIKE '%.%'
	AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.period_id = p.id AND d.state NOT IN ('sent', 'closed'))
	ON CONFLICT (account, report) DO UPDATE SET due_at = excluded.due_at, at = excluded.at WHERE last_success.due_at <= excluded.due_at`

// countAttempts counts what is never purged.
func countAttempts(t tx, deliveryID int64, attempts, uncertain int) error {
	if attempts == 0 && uncertain == 0 {
		return nil
	}
	_, err := t.exec(upsertDeliveryCounter, t.d.Writer, attempts, uncertain, deliveryID)
	return err
}

// updateLastSuccess notes the report's success when all of the period's deliveries have arrived,
// unless a newer period's is known.
func updateLastSuccess(t tx, periodID int64) error {
	_, err := t.exec(upsertLastSuccess, periodID)
	return err
}

// Stats gives an account's numbers. Attempts and Uncertain only ever grow.
func (l History) Stats(ctx context.Context, account string) (Stats, error) {
	s := Stats{Deliveries: map[DeliveryState]int{}, LastSuccess: map[string]time.Time{}}
	err := l.read(ctx, func(t tx) error {
		if err := t.row([]any{&s.Owed}, `SELECT count(*) FROM period WHERE account = ? AND state = 'owed'`, account); err != nil {
			return err
		}
		_, err := collect(t, func(row scanner) (none struct{}, err error) {
			var state DeliveryState
			var n int
			err = row.Scan(&state, &n)
			s.Deliveries[state] = n
			return none, err
		}, `SELECT state, count(*) FROM delivery WHERE account = ? GROUP BY state`, account)
		if err != nil {
			return err
		}
		_, err = collect(t, func(row scanner) (none struct{}, err error) {
			var report string
			var at time.Time
			err = row.Scan(&report, instant{&at})
			s.LastSuccess[report] = at
			return none, err
		}, `SELECT report, at FROM last_success WHERE account = ?`, account)
		if err != nil {
			return err
		}
		return t.row([]any{&s.Attempts, &s.Uncertain}, `SELECT CAST(coalesce(sum(attempts), 0) AS BIGINT), CAST(coalesce(sum(uncertain), 0) AS BIGINT)
			FROM delivery_counter WHERE account = ?`, account)
	})
	if err != nil {
		return Stats{}, fmt.Errorf("numbers of %s: %w", account, err)
	}
	return s, nil
}
