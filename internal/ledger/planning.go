package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ownership"
)

// PlannedThrough gives the newest period that is known of each report and schedule, by report.
func (l Planner) PlannedThrough(ctx context.Context, account string) (all []PlannedThrough, err error) {
	err = l.db.Read(ctx, func(t database.Tx) error {
		all, err = database.Collect(t, func(row database.Scanner) (p PlannedThrough, err error) {
			var sum int64
			err = row.Scan(&p.Report, &p.Schedule, &p.Config, &p.To, &sum)
			if err == nil {
				err = database.RequireSum("planned_through", sum, account, p.Report, p.Schedule, p.Config, database.Millis(p.To))
			}
			return p, err
		}, `SELECT report, schedule, config, to_at, checksum FROM planned_through WHERE account = ? ORDER BY report, schedule`, account)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("planned through, of %s: %w", account, err)
	}
	return all, nil
}

const (
	// planChunk is how many periods are planned in one transaction: the others wait for its end.
	planChunk = 500
	// planPause lets another process that waits for its turn have it between two transactions.
	planPause = 10 * time.Millisecond
)

// Plan writes down the periods that are not known yet, and gives them; one that is known stays
// as it is. Those of a report are to come oldest first: many are written in several
// transactions, and what is not written when an error comes is planned by the next call. A
// report that another configuration has is an *OwnedElsewhereError, one that goes on under
// another id a *RenamedError.
func (l Planner) Plan(ctx context.Context, rows []Planned) (added []Period, err error) {
	for _, r := range rows {
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("plan %s %s: %w", r.Report, r.Name, err)
		}
	}
	wait := false
	for chunk := range slices.Chunk(rows, planChunk) {
		if wait {
			select {
			case <-ctx.Done():
				return added, ctx.Err()
			case <-time.After(planPause):
			}
		}
		wait = true
		some, err := l.planChunk(ctx, chunk)
		if added = append(added, some...); err != nil {
			return added, err
		}
	}
	return added, nil
}

// planChunk plans all of the rows or none.
func (l Planner) planChunk(ctx context.Context, rows []Planned) (added []Period, err error) {
	err = l.db.Write(ctx, func(t database.Tx) error {
		added = nil
		owned := map[[2]string]bool{}
		for _, r := range rows {
			p, isNew, err := plan(t, r, owned)
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

const insertPeriod = `INSERT INTO period (account, report, from_at, to_at, name, schedule, config, due_at, state, error, number, in_doubt, checksum)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, report, from_at, to_at) DO NOTHING RETURNING id`

const upsertPlannedThrough = `INSERT INTO planned_through (account, report, schedule, config, to_at, checksum) VALUES (?, ?, ?, ?, ?, ?)
	ON CONFLICT (account, report, schedule) DO UPDATE SET to_at = excluded.to_at, checksum = excluded.checksum WHERE planned_through.to_at < excluded.to_at`

// plan writes one row. Owned are the reports of which it is known that the row's configuration
// has them.
func plan(t database.Tx, r Planned, owned map[[2]string]bool) (p Period, isNew bool, err error) {
	report := [2]string{r.Account, r.Report}
	if !owned[report] {
		if err := ownership.RequireOwned(t, r.Account, r.Report, r.Config); err != nil {
			return p, false, err
		}
		if err := ownership.RequireCurrentID(t, r.Account, r.Report); err != nil {
			return p, false, err
		}
		owned[report] = true
	}
	var id int64
	r.Note = database.SanitizeText(r.Note)
	sum := t.Checksum(Period{Key: r.Key, Name: r.Name, Schedule: r.Schedule, Config: r.Config, Due: r.Due, State: r.State, Error: r.Note, Number: r.Number, InDoubt: r.InDoubt}.summed()...)
	err = t.Row([]any{&id}, insertPeriod, r.Account, r.Report, database.Millis(r.From), database.Millis(r.To), r.Name, r.Schedule, r.Config, database.Millis(r.Due), r.State, r.Note, r.Number, database.Number01(r.InDoubt), sum)
	if err == nil {
		if err := errors.Join(advancePlannedThrough(t, r), advanceReportNumber(t, r, id)); err != nil {
			return p, false, err
		}
		p, err = periodByID(t, id)
		return p, true, err
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return p, false, err
}

func advancePlannedThrough(t database.Tx, r Planned) error {
	_, err := t.Exec(upsertPlannedThrough, r.Account, r.Report, r.Schedule, r.Config, database.Millis(r.To), t.Checksum(r.Account, r.Report, r.Schedule, r.Config, database.Millis(r.To)))
	return err
}

// Reopen makes a period that failed, was skipped or was cancelled owed again, as if it had
// never been tried. Any other is a *StateError.
func (l Planner) Reopen(ctx context.Context, id int64) error {
	return l.db.Write(ctx, func(t database.Tx) error { return reopen(t, id) })
}

func reopen(t database.Tx, id int64) error {
	n, err := t.Exec(`UPDATE period SET state = 'owed', attempts = 0, crashes = 0, first_try_at = 0, next_try_at = 0, error = ''
		WHERE id = ? AND state IN ('failed', 'skipped', 'cancelled')`, id)
	err = database.RequireRow(n, err, func() error {
		state, process, _, err := periodTable().claimOf(t, id)
		if err != nil {
			return err
		}
		return &StateError{Asked: "reopen", Found: state, Claimed: process != ""}
	})
	return database.Wrap(err, "period %d", id)
}

// RetrySuspect lets a period be tried now over which processes died: somebody asked for it.
func (l Planner) RetrySuspect(ctx context.Context, id int64) error {
	return l.db.Write(ctx, func(t database.Tx) error {
		_, err := t.Exec(`UPDATE period SET suspect_until = 0 WHERE id = ? AND state = 'owed' AND claimed_by IS NULL`, id)
		return err
	})
}

// Remake makes a made period owed again. What waits of one that was made early is not sent:
// it is made anew. One that is not made, or of which a message may be on its way, is a
// *StateError.
func (l Planner) Remake(ctx context.Context, id int64, why RemakeReason, at time.Time) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		n, err := t.Exec(`UPDATE period SET state = 'owed', remake = ?, edition = edition + 1, detailed = 0, attempts = 0, crashes = 0, first_try_at = 0, next_try_at = 0, error = ''
			WHERE id = ? AND state = 'made' AND detailed = 1 AND remake <> 'changed'
			AND (? = 'lost' OR NOT EXISTS (SELECT 1 FROM delivery d WHERE d.period_id = period.id AND d.finished_at = 0 AND (d.begun = 1 OR d.claimed_by IS NOT NULL)))`,
			why, id, why)
		err = database.RequireRow(n, err, func() error {
			state, process, _, err := periodTable().claimOf(t, id)
			if err != nil {
				return err
			}
			return &StateError{Asked: "remake", Found: state, Claimed: process != ""}
		})
		if err != nil || why != RemakeEarly {
			return err
		}
		_, err = t.Exec(`UPDATE delivery SET state = 'cancelled', finished_at = ?, next_try_at = 0, answer = 'the period was made before it was over'
			WHERE period_id = ? AND finished_at = 0`, database.Millis(at), id)
		return err
	})
	return database.Wrap(err, "period %d", id)
}

// MadeEarly gives the made periods of a configuration that are not over at an instant, the
// oldest first.
func (l Planner) MadeEarly(ctx context.Context, account, config string, now time.Time) ([]Period, error) {
	return database.List(ctx, l.db, scanPeriod, selectPeriods+` WHERE p.account = ? AND p.config = ? AND p.due_at > ? AND p.state = 'made' AND p.detailed = 1 AND p.to_at > ? ORDER BY p.to_at, p.id`,
		account, config, database.Millis(now), database.Millis(now))
}

// CancelPeriods cancels those of the periods that are owed and that nobody is making.
func (l Planner) CancelPeriods(ctx context.Context, ids []int64, note string) error {
	return l.db.Write(ctx, func(t database.Tx) error {
		for _, id := range ids {
			_, err := t.Exec(`UPDATE period SET state = 'cancelled', next_try_at = 0, error = ?
				WHERE id = ? AND state = 'owed' AND claimed_by IS NULL`, database.SanitizeText(note), id)
			if err != nil {
				return fmt.Errorf("period %d: cancel: %w", id, err)
			}
		}
		return nil
	})
}

const (
	periodsBeforeNumber = `SELECT id FROM period WHERE account = ? AND report = ? AND state = 'owed' AND number = 0 AND from_at <= ? ORDER BY from_at, id`
	nextReportNumber    = `INSERT INTO report_number (account, report, last) VALUES (?, ?, 1)
		ON CONFLICT (account, report) DO UPDATE SET last = report_number.last + 1 RETURNING last`
	setReportNumber = `UPDATE period SET number = ? WHERE id = ?`
)

// number gives a period its report's next number, and before it the older ones that are
// owed theirs: in whichever order they are made, they are numbered in that of the calendar.
func number(t database.Tx, p Period) (n int, err error) {
	waiting, err := database.Collect(t, func(row database.Scanner) (id int64, err error) { return id, row.Scan(&id) },
		periodsBeforeNumber, p.Account, p.Report, database.Millis(p.From))
	if err != nil {
		return 0, err
	}
	for _, id := range waiting {
		if n, err = nextNumber(t, p.Account, p.Report, id); err != nil || id == p.ID {
			return n, err
		}
	}
	return n, fmt.Errorf("period %d is not among those that are owed", p.ID)
}

func nextNumber(t database.Tx, account, report string, id int64) (n int, err error) {
	err = t.Row([]any{&n}, nextReportNumber, account, report)
	if err == nil {
		_, err = t.Exec(setReportNumber, n, id)
	}
	return n, err
}

// advanceReportNumber makes the numbers of a report go on after one that is known. One of a
// report that has numbers already went out with the next.
func advanceReportNumber(t database.Tx, r Planned, id int64) error {
	if r.Number == 0 && r.State == Archived {
		begun := 0
		err := t.Row([]any{&begun}, `SELECT count(*) FROM report_number WHERE account = ? AND report = ?`, r.Account, r.Report)
		if err == nil && begun > 0 {
			_, err = nextNumber(t, r.Account, r.Report, id)
		}
		return err
	}
	if r.Number == 0 {
		return nil
	}
	_, err := t.Exec(`INSERT INTO report_number (account, report, last) VALUES (?, ?, ?)
		ON CONFLICT (account, report) DO UPDATE SET last = excluded.last WHERE report_number.last < excluded.last`, r.Account, r.Report, r.Number)
	return err
}

// NextNumber gives the number that a period has, or would get if it were claimed now.
func (l History) NextNumber(ctx context.Context, key Key) (n int, err error) {
	p, found, err := l.Period(ctx, key)
	if err == nil && found && p.Number > 0 {
		return p.Number, nil
	}
	if err == nil {
		err = l.db.Read(ctx, func(t database.Tx) error {
			err := t.Row([]any{&n}, `SELECT last FROM report_number WHERE account = ? AND report = ?`, key.Account, key.Report)
			if errors.Is(err, sql.ErrNoRows) {
				err = nil
			}
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("number of %s: %w", key.Report, err)
	}
	return n + 1, nil
}
