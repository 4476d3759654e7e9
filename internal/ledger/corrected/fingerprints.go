package corrected

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger"
)

// FingerprintedPeriods gives the made periods of all reports of an account, but for parts, which are
// checked with the whole, that have fingerprints and hold some of the time from from to to, by report, the oldest first. None is
// due before it ends, which is what the index is by.
func (k Tables) FingerprintedPeriods(ctx context.Context, account string, from, to time.Time) (periods []ledger.Period, err error) {
	err = k.db.Read(ctx, func(t ledger.Tx) error {
		periods, err = t.Periods(` JOIN fingerprint f ON f.period_id = p.id
			WHERE p.account = ? AND p.due_at > ? AND p.from_at < ? AND p.to_at > ? AND p.state = 'made' AND p.report NOT LIKE '%.%'
			ORDER BY p.report, p.from_at, p.to_at`, account, from, to, from)
		return err
	})
	return periods, err
}

// Fingerprints gives the fingerprints of a period's rows, nil when none were recorded.
func (k Tables) Fingerprints(ctx context.Context, periodID int64) (fingerprints []byte, err error) {
	err = k.db.Read(ctx, func(t ledger.Tx) error {
		var sum int64
		err := t.Row([]any{&fingerprints, &sum}, `SELECT fingerprints, checksum FROM fingerprint WHERE period_id = ?`, periodID)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			err = ledger.RequireSum("fingerprint", sum, periodID, fingerprints)
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
func (k Tables) RecordChange(ctx context.Context, periodID int64, fingerprints []byte, a ledger.Alarm) error {
	err := k.db.Write(ctx, func(t ledger.Tx) error {
		n, err := keepFingerprints(t, periodID, fingerprints)
		if err == nil && n == 0 {
			err = ledger.ErrNoPeriod
		}
		if err == nil {
			err = t.Raise(a)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("period %d: change: %w", periodID, err)
	}
	return nil
}

// NoteSeen keeps the fingerprints of what was seen in a closed period, and has it read again
// soon if that is asked for and possible; checkable is false where it is not, and then nothing
// is kept.
func (k Tables) NoteSeen(ctx context.Context, periodID int64, fingerprints []byte, check bool) (checkable bool, err error) {
	err = k.db.Write(ctx, func(t ledger.Tx) error {
		if check {
			n, err := t.Exec(`UPDATE closed_period SET suspect = 1 WHERE period_id = ?`, periodID)
			if checkable = n > 0; err != nil || !checkable {
				return err
			}
		}
		_, err := keepFingerprints(t, periodID, fingerprints)
		return err
	})
	return checkable, err
}

func keepFingerprints(t ledger.Tx, periodID int64, fingerprints []byte) (int64, error) {
	return t.Exec(`UPDATE fingerprint SET fingerprints = ?, checksum = ? WHERE period_id = ?`, fingerprints, t.Checksum(periodID, fingerprints), periodID)
}
