package corrected

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger"
)

// Plan makes the n-th correction of a made period owed: a period of its own, with the
// number, name and bounds of the first. One that was given up, as nothing was different after
// all, is owed again; one that is owed stays as it is; one that was made is a *ledger.StateError.
func Plan(t ledger.Tx, of ledger.Period, n int, at time.Time) (id int64, err error) {
	p := ledger.Period{Key: of.Key, Name: of.Name, Schedule: of.Schedule, Config: of.Config, Due: at, State: ledger.Owed, Number: of.Number, Edition: n, Remake: ledger.Corrected, ArchivedUnder: of.ArchivedUnder}
	p.To = of.To.Add(time.Duration(n) * time.Millisecond)
	err = t.Row([]any{&id}, `INSERT INTO period (account, report, from_at, to_at, name, schedule, config, due_at, state, number, edition, remake, archived_under, checksum)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'owed', ?, ?, 'changed', ?, ?) ON CONFLICT (account, report, from_at, to_at) DO NOTHING RETURNING id`,
		p.Account, p.Report, p.From, p.To, p.Name, p.Schedule, p.Config, at, p.Number, n, p.ArchivedUnder, t.PeriodChecksum(p))
	if !errors.Is(err, sql.ErrNoRows) {
		return id, wrap(err, n, of)
	}
	var state ledger.PeriodState
	err = t.Row([]any{&id, &state}, `SELECT id, state FROM period WHERE account = ? AND report = ? AND from_at = ? AND to_at = ? AND remake = 'changed'`,
		p.Account, p.Report, p.From, p.To)
	if err == nil && state == ledger.Made {
		err = &ledger.StateError{Asked: "correct", Found: string(state)}
	} else if err == nil && state != ledger.Owed {
		_, err = t.Exec(`UPDATE period SET state = 'owed', due_at = ?, attempts = 0, crashes = 0, first_try_at = 0, next_try_at = 0, error = '' WHERE id = ?`, at, id)
	}
	return id, wrap(err, n, of)
}

func wrap(err error, n int, of ledger.Period) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("correction %d of %s %s: %w", n, of.Report, of.Name, err)
}
