package ledger

import (
	"context"
	"fmt"

	"rapport/internal/ledger/counters"
	"rapport/internal/ledger/database"
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
func countAttempts(t database.Tx, deliveryID int64, attempts, uncertain int) error {
	if attempts == 0 && uncertain == 0 {
		return nil
	}
	_, err := t.Exec(upsertDeliveryCounter, t.Dialect.Writer, attempts, uncertain, deliveryID)
	return err
}

// updateLastSuccess notes the report's success when all of the period's deliveries have arrived,
// unless a newer period's is known.
func updateLastSuccess(t database.Tx, periodID int64) error {
	_, err := t.Exec(upsertLastSuccess, periodID)
	return err
}

// Stats gives an account's numbers. Attempts and Uncertain only ever grow.
func (l History) Stats(ctx context.Context, account string) (s Stats, err error) {
	err = l.db.Read(ctx, func(t database.Tx) error {
		s, err = counters.Read[DeliveryState](Tx{t}, account)
		return err
	})
	return s, database.Wrap(err, "numbers of %s", account)
}

// ChangeCounter is a number that changes when somebody else has written to the ledger, another
// process or another Open: what this Ledger knows of it may be old then.
func (l History) ChangeCounter(ctx context.Context) (n int64, err error) {
	err = l.db.Read(ctx, func(t database.Tx) error { return t.Row([]any{&n}, t.Dialect.ChangeCounter) })
	if err != nil {
		return 0, fmt.Errorf("change counter: %w", err)
	}
	return n, nil
}

// Size is how many bytes the ledger takes.
func (l History) Size(ctx context.Context) (n int64, err error) {
	err = l.db.Read(ctx, func(t database.Tx) error { return t.Row([]any{&n}, t.Dialect.Size) })
	if err != nil {
		return 0, fmt.Errorf("size: %w", err)
	}
	return n, nil
}
