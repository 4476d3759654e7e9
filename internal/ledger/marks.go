package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// longestPeriod is how long before an instant a period that holds it may have begun.
const longestPeriod = 32 * 24 * time.Hour

// Marked gives the made periods of a report that have marks and hold some of the time from
// from to to, the oldest first.
func (l *Ledger) Marked(ctx context.Context, account, report string, from, to time.Time) ([]Period, error) {
	return list(ctx, l, scanPeriod, selectPeriods+` JOIN fingerprint f ON f.period_id = p.id
		WHERE p.account = ? AND p.report = ? AND p.from_at > ? AND p.from_at < ? AND p.to_at > ? AND p.state = 'made'
		ORDER BY p.from_at, p.to_at`, account, report, millis(from.Add(-longestPeriod)), millis(to), millis(from))
}

// Marks gives the marks of a period's rows, nil when there are none.
func (l *Ledger) Marks(ctx context.Context, periodID int64) (marks []byte, err error) {
	err = l.read(ctx, func(t tx) error {
		err := t.row([]any{&marks}, `SELECT marks FROM fingerprint WHERE period_id = ?`, periodID)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("period %d: marks: %w", periodID, err)
	}
	return marks, nil
}

// RecordChange raises an alarm about a made period and takes in the new marks, both or
// neither: what was told once is known from then on.
func (l *Ledger) RecordChange(ctx context.Context, periodID int64, marks []byte, a Alarm) error {
	if a.Raised.IsZero() {
		return fmt.Errorf("alarm %s %s: %w", a.Kind, a.Subject, errNoInstant)
	}
	err := l.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE fingerprint SET marks = ? WHERE period_id = ?`, marks, periodID)
		if err := one(n, err, func() error { return ErrNoPeriod }); err != nil {
			return err
		}
		return raise(t, a)
	})
	if err != nil {
		return fmt.Errorf("period %d: change: %w", periodID, err)
	}
	return nil
}

// ForgetTold forgets the alarms of a kind that never get well, once they were told before
// an instant.
func (l *Ledger) ForgetTold(ctx context.Context, account, kind string, before time.Time) error {
	return l.write(ctx, func(t tx) error {
		_, err := t.exec(`DELETE FROM alarm WHERE account = ? AND kind = ? AND told > 0 AND told < ?`, account, kind, millis(before))
		return err
	})
}
