package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/mailcopy"
	"rapport/internal/series"
)

// Prunable gives the made periods from before an instant that still hold details, and
// of which nothing is left to be done, the oldest first.
func (l Retention) Prunable(ctx context.Context, account string, madeBefore time.Time) ([]Period, error) {
	return database.List(ctx, l.db, scanPeriod, selectPeriods+` WHERE p.account = ? AND p.detailed = 1 AND p.made_at < ?
		AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.period_id = p.id AND d.finished_at = 0)
		ORDER BY p.made_at, p.id`, account, database.Millis(madeBefore))
}

// PeriodsToSweep gives the made periods of a configuration of which messages may lie on the
// disk: those with deliveries that are not finished, and those that were made or frozen anew
// since they were swept.
func (l Retention) PeriodsToSweep(ctx context.Context, account, config string) ([]Period, error) {
	return database.List(ctx, l.db, scanPeriod, selectPeriods+` WHERE p.account = ? AND p.config = ? AND p.to_sweep = 1 ORDER BY p.id`, account, config)
}

// MarkSwept says of periods that nothing of theirs lies on the disk that is not the archive's.
// One with a delivery that is not finished stays to be swept.
func (l Retention) MarkSwept(ctx context.Context, periodIDs []int64) error {
	if len(periodIDs) == 0 {
		return nil
	}
	return l.db.Write(ctx, func(t database.Tx) error {
		for _, id := range periodIDs {
			_, err := t.Exec(`UPDATE period SET to_sweep = 0 WHERE id = ?
				AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.period_id = period.id AND d.finished_at = 0)`, id)
			if err != nil {
				return fmt.Errorf("period %d: swept: %w", id, err)
			}
		}
		return nil
	})
}

// BeginRemoval notes that the files of a period are about to be removed, so that nobody misses
// those that are gone if that is cut off.
func (l Retention) BeginRemoval(ctx context.Context, periodID int64) error {
	err := l.db.Write(ctx, func(t database.Tx) error { return series.SetState(Tx{t}, periodID, series.Removing) })
	return database.Wrap(err, "period %d: remove", periodID)
}

// PurgeDetails deletes all details of a period: files, totals, fingerprints, message content,
// deliveries and their history. Its key stays, so that it is never made again. One of which
// something is left to be done is a *StateError.
func (l Retention) PurgeDetails(ctx context.Context, periodID int64) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		p, err := periodByID(t, periodID)
		if err != nil {
			return err
		}
		open := 0
		if err := t.Row([]any{&open}, `SELECT count(*) FROM delivery WHERE period_id = ? AND finished_at = 0`, periodID); err != nil {
			return err
		}
		if p.State == Owed || open > 0 {
			return &StateError{Asked: "purge", Found: fmt.Sprintf("%s, with %d deliveries that are not finished", p.State, open), Claimed: p.Claimed}
		}
		if err := errors.Join(mailcopy.Forget(Tx{t}, periodID), series.SetState(Tx{t}, periodID, series.Removed)); err != nil {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM report_origin WHERE period_id = ?`,
			`DELETE FROM attempt WHERE delivery_id IN (SELECT id FROM delivery WHERE period_id = ?)`,
			`DELETE FROM delivery WHERE period_id = ?`,
			`DELETE FROM fingerprint WHERE period_id = ?`,
			`DELETE FROM message_content WHERE period_id = ?`,
			`DELETE FROM made_report WHERE period_id = ?`,
			`DELETE FROM total WHERE period_id = ?`,
			`DELETE FROM artifact WHERE period_id = ?`,
			`UPDATE period SET detailed = 0, to_sweep = 0 WHERE id = ?`,
		} {
			if _, err := t.Exec(statement, periodID); err != nil {
				return err
			}
		}
		return nil
	})
	return database.Wrap(err, "period %d: purge", periodID)
}

// PurgeKeys deletes the keys of periods due before an instant that hold no details, and
// says how many. The newest of each report and schedule stays: what comes next is
// reckoned from it.
func (l Retention) PurgeKeys(ctx context.Context, account string, dueBefore time.Time) (int, error) {
	var n int64
	const which = ` WHERE account = ? AND due_at < ? AND detailed = 0 AND state <> 'owed'
		AND to_at < (SELECT f.to_at FROM planned_through f
			WHERE f.account = period.account AND f.report = period.report AND f.schedule = period.schedule)`
	err := l.db.Write(ctx, func(t database.Tx) (err error) {
		if err = series.Forget(Tx{t}, account, which, account, dueBefore); err == nil {
			n, err = t.Exec(`DELETE FROM period`+which, account, database.Millis(dueBefore))
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("keys of %s: purge: %w", account, err)
	}
	return int(n), nil
}

// PurgeNotified deletes the alarms of a kind that is never resolved, once the operator was
// notified of them before an instant.
func (l Retention) PurgeNotified(ctx context.Context, account, kind string, before time.Time) error {
	return l.db.Write(ctx, func(t database.Tx) error {
		_, err := t.Exec(`DELETE FROM alarm WHERE account = ? AND kind = ? AND notified_at > 0 AND notified_at < ? AND claimed_by IS NULL`,
			account, kind, database.Millis(before))
		return err
	})
}
