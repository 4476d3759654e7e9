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

// FingerprintedPeriods gives the made periods of a report that have fingerprints and hold some
// of the time from from to to, the oldest first.
func (l History) FingerprintedPeriods(ctx context.Context, account, report string, from, to time.Time) ([]Period, error) {
	return list(ctx, l.store, scanPeriod, selectPeriods+` JOIN fingerprint f ON f.period_id = p.id
		WHERE p.account = ? AND p.report = ? AND p.from_at > ? AND p.from_at < ? AND p.to_at > ? AND p.state = 'made'
		ORDER BY p.from_at, p.to_at`, account, report, millis(from.Add(-longestPeriod)), millis(to), millis(from))
}

// Fingerprints gives the fingerprints of a period's rows, nil when none were recorded.
func (l History) Fingerprints(ctx context.Context, periodID int64) (fingerprints []byte, err error) {
	err = l.read(ctx, func(t tx) error {
		var sum int64
		err := t.row([]any{&fingerprints, &sum}, `SELECT fingerprints, checksum FROM fingerprint WHERE period_id = ?`, periodID)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			err = requireSum("fingerprint", sum, periodID, fingerprints)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("period %d: fingerprints: %w", periodID, err)
	}
	return fingerprints, nil
}

// RecordChange raises an alarm about a made period and keeps the new fingerprints, both or
// neither: what was told once is known from then on.
func (l History) RecordChange(ctx context.Context, periodID int64, fingerprints []byte, a Alarm) error {
	if a.Raised.IsZero() {
		return fmt.Errorf("alarm %s %s: %w", a.Kind, a.Subject, errNoInstant)
	}
	err := l.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE fingerprint SET fingerprints = ?, checksum = ? WHERE period_id = ?`, fingerprints, t.checksum(periodID, fingerprints), periodID)
		if err := requireRow(n, err, func() error { return ErrNoPeriod }); err != nil {
			return err
		}
		return raise(t, a)
	})
	if err != nil {
		return fmt.Errorf("period %d: change: %w", periodID, err)
	}
	return nil
}
