package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"rapport/internal/ledger/database"
)

// Remember keeps that something was learned, so that the next process need not learn it again.
func (l History) Remember(ctx context.Context, account, topic, key string, at time.Time) error {
	return l.db.Write(ctx, func(t database.Tx) error {
		_, err := t.Exec(`INSERT INTO remembered (account, topic, key, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (account, topic, key) DO UPDATE SET at = excluded.at`, account, topic, key, database.Millis(at))
		return err
	})
}

// Remembered gives when something was learned; the zero time: it was not.
func (l History) Remembered(ctx context.Context, account, topic, key string) (at time.Time, err error) {
	err = l.db.Read(ctx, func(t database.Tx) error {
		err := t.Row([]any{&at}, `SELECT at FROM remembered WHERE account = ? AND topic = ? AND key = ?`, account, topic, key)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	})
	return at, err
}

// PurgeRemembered forgets what was learned before an instant.
func (l Retention) PurgeRemembered(ctx context.Context, account string, before time.Time) error {
	return l.db.Write(ctx, func(t database.Tx) error {
		_, err := t.Exec(`DELETE FROM remembered WHERE account = ? AND at < ?`, account, database.Millis(before))
		return err
	})
}
