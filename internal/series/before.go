package series

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Before is the digest that stands before that of an edition of a period: of one that was made
// the one that it had, else that of the newest of the series; "" for the first.
func Before[T Tx](ctx context.Context, read func(context.Context, func(T) error) error, account, series string, from, to time.Time, edition int) (digest string, err error) {
	err = read(ctx, func(tx T) error {
		err := tx.Row([]any{&digest}, `SELECT previous FROM report_digest WHERE account = ? AND series = ? AND from_at = ? AND to_at = ? AND edition = ?`, account, series, from, to, edition)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		h, err := HeadOf(tx, account, series)
		digest = h.LastDigest
		return err
	})
	if err != nil {
		return "", fmt.Errorf("digest before: %w", err)
	}
	return digest, nil
}
