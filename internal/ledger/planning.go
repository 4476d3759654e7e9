package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// PlannedThrough gives the newest period that is known of each report and schedule, by report.
func (l *Ledger) PlannedThrough(ctx context.Context, account string) (all []PlannedThrough, err error) {
	err = l.read(ctx, func(t tx) error {
		all, err = collect(t, func(row scanner) (f PlannedThrough, err error) {
			return f, row.Scan(&f.Report, &f.Schedule, instant{&f.To})
		}, `SELECT report, schedule, to_at FROM planned_through WHERE account = ? ORDER BY report, schedule`, account)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("planned through, of %s: %w", account, err)
	}
	return all, nil
}

// Plan writes down the periods that are not known yet, all or none, and gives them. One
// that is there stays as it is, but for its Config.
func (l *Ledger) Plan(ctx context.Context, rows []Planned) (added []Period, err error) {
	for _, r := range rows {
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("plan %s %s: %w", r.Report, r.Name, err)
		}
	}
	err = l.write(ctx, func(t tx) error {
		added = nil
		for _, r := range rows {
			p, isNew, err := plan(t, r)
			if err != nil {
				return fmt.Errorf("plan %s %s: %w", r.Report, r.Name, err)
			}
			if isNew {
				added = append(added, p)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func (r Planned) check() error {
	switch {
	case r.Account == "" || r.Report == "":
		return errors.New("it has no account or no report")
	case !r.From.Before(r.To):
		return fmt.Errorf("it is empty: from %s to %s", r.From, r.To)
	case !slices.Contains([]PeriodState{Owed, Skipped, Archived}, r.State):
		return fmt.Errorf("nothing is planned as %q", r.State)
	}
	return nil
}

const insertPeriod = `INSERT INTO period (account, report, from_at, to_at, name, schedule, config, due_at, state, error, number)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, report, from_at, to_at) DO NOTHING RETURNING id`

const upsertPlannedThrough = `INSERT INTO planned_through (account, report, schedule, to_at) VALUES (?, ?, ?, ?)
	ON CONFLICT (account, report, schedule) DO UPDATE SET to_at = excluded.to_at WHERE planned_through.to_at < excluded.to_at`

func plan(t tx, r Planned) (p Period, isNew bool, err error) {
	var id int64
	err = t.row([]any{&id}, insertPeriod, r.Account, r.Report, millis(r.From), millis(r.To), r.Name, r.Schedule, r.Config, millis(r.Due), r.State, sanitizeText(r.Note), r.Number)
	if err == nil {
		if err := errors.Join(advancePlannedThrough(t, r), advanceReportNumber(t, r)); err != nil {
			return p, false, err
		}
		p, err = periodByID(t, id)
		return p, true, err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return p, false, err
	}
	_, err = t.exec(`UPDATE period SET config = ? WHERE account = ? AND report = ? AND from_at = ? AND to_at = ? AND config <> ?`,
		r.Config, r.Account, r.Report, millis(r.From), millis(r.To), r.Config)
	return p, false, err
}

func advancePlannedThrough(t tx, r Planned) error {
	_, err := t.exec(upsertPlannedThrough, r.Account, r.Report, r.Schedule, millis(r.To))
	return err
}

// Reopen makes a period that failed, was skipped or was cancelled owed again, as if it had
// never been tried. Any other is a *StateError.
func (l *Ledger) Reopen(ctx context.Context, id int64) error {
	err := l.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE period SET state = 'owed', attempts = 0, crashes = 0, next_try_at = 0, error = ''
			WHERE id = ? AND state IN ('failed', 'skipped', 'cancelled')`, id)
		return requireRow(n, err, func() error {
			state, process, err := periodTable().claimOf(t, id)
			if err != nil {
				return err
			}
			return &StateError{Asked: "reopen", Found: state, Claimed: process != ""}
		})
	})
	if err != nil {
		return fmt.Errorf("period %d: %w", id, err)
	}
	return nil
}

// CancelPeriods cancels those of the periods that are owed and that nobody is making.
func (l *Ledger) CancelPeriods(ctx context.Context, ids []int64, note string) error {
	return l.write(ctx, func(t tx) error {
		for _, id := range ids {
			_, err := t.exec(`UPDATE period SET state = 'cancelled', next_try_at = 0, error = ?
				WHERE id = ? AND state = 'owed' AND claimed_by IS NULL`, sanitizeText(note), id)
			if err != nil {
				return fmt.Errorf("period %d: cancel: %w", id, err)
			}
		}
		return nil
	})
}
