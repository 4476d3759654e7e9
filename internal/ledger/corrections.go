package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// trueEnd is when a period ends. A correction is kept under an end of its own, by so many
// milliseconds later as it is the n-th: a period is known by its bounds.
func trueEnd(kept time.Time, edition int, remake RemakeReason) time.Time {
	if remake != Corrected {
		return kept
	}
	return kept.Add(-time.Duration(edition) * time.Millisecond)
}

// PlanCorrection makes the n-th correction of a made period owed: a period of its own, with the
// number, name and bounds of the first. One that was given up, as nothing was different after
// all, is owed again; one that is owed stays as it is; one that was made is a *StateError.
func (t Tx) PlanCorrection(of Period, n int, at time.Time) (id int64, err error) {
	p := Period{Key: of.Key, Name: of.Name, Schedule: of.Schedule, Config: of.Config, Due: at, State: Owed, Number: of.Number,
		Edition: n, Remake: Corrected, ArchivedUnder: of.ArchivedUnder}
	p.To = of.To.Add(time.Duration(n) * time.Millisecond)
	err = t.own.row([]any{&id}, `INSERT INTO period (account, report, from_at, to_at, name, schedule, config, due_at, state, number, edition, remake, archived_under, checksum)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'owed', ?, ?, 'changed', ?, ?) ON CONFLICT (account, report, from_at, to_at) DO NOTHING RETURNING id`,
		p.Account, p.Report, millis(p.From), millis(p.To), p.Name, p.Schedule, p.Config, millis(at), p.Number, n, p.ArchivedUnder, t.own.checksum(p.summed()...))
	if !errors.Is(err, sql.ErrNoRows) {
		return id, wrap(err, "correction %d of %s %s", n, of.Report, of.Name)
	}
	var state PeriodState
	err = t.own.row([]any{&id, &state}, `SELECT id, state FROM period WHERE account = ? AND report = ? AND from_at = ? AND to_at = ? AND remake = 'changed'`,
		p.Account, p.Report, millis(p.From), millis(p.To))
	switch {
	case err != nil:
	case state == Made:
		err = &StateError{Asked: "correct", Found: string(state)}
	case state != Owed:
		_, err = t.own.exec(`UPDATE period SET state = 'owed', due_at = ?, attempts = 0, crashes = 0, first_try_at = 0, next_try_at = 0, error = '' WHERE id = ?`, millis(at), id)
	}
	return id, wrap(err, "correction %d of %s %s", n, of.Report, of.Name)
}

// Raise is the Alarms', in the caller's transaction.
func (t Tx) Raise(a Alarm) error {
	if a.Raised.IsZero() {
		return fmt.Errorf("alarm %s %s: %w", a.Kind, a.Subject, errNoInstant)
	}
	return raise(t.own, a)
}

// Period gives a period by its id.
func (t Tx) Period(id int64) (Period, error) { return periodByID(t.own, id) }

// SetFingerprints replaces those of a made period that has some; of another nothing is kept.
func (t Tx) SetFingerprints(periodID int64, fingerprints []byte) error {
	_, err := t.own.exec(`UPDATE fingerprint SET fingerprints = ?, checksum = ? WHERE period_id = ?`, fingerprints, t.own.checksum(periodID, fingerprints), periodID)
	return err
}
