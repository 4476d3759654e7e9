package ledger

import (
	"context"

	"rapport/internal/ledger/counters"
)

// Stats are the numbers of one account.
type Stats = counters.Stats[DeliveryState]

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
func (l History) Stats(ctx context.Context, account string) (s Stats, err error) {
	err = l.read(ctx, func(t tx) error {
		s, err = counters.Read[DeliveryState](Tx{t}, account)
		return err
	})
	return s, wrap(err, "numbers of %s", account)
}
