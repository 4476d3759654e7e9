package corrected

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/ledger"
)

// A Closed is a made period that can be held against its source.
type Closed struct {
	PeriodID   int64
	Account    string
	FilterHash string    // of its report's filters when it was made
	Zone       string    // in which its times are written
	CheckedAt  time.Time // when it was read last; at first when it was made
	Suspect    bool      // something was seen that its report did not have
	Form       string    // of the CSV that RowSum is of
	RowSum     string    // of the rows that it is known to have by now; "": nobody has summed them yet
	Unsummed   bool      // RowSum is not kept yet
	Whole      int64     // of a part the period of which it is a part, with which it is checked; 0: it is no part
}

// Keep writes down a period that was just made: it can be checked from now on. rows is its CSV,
// gzip; nil: the archive has it.
func Keep(t ledger.Tx, c Closed, rows []byte) error {
	for _, table := range []string{"closed_period", "kept_rows", "correction"} { // of an earlier edition
		if _, err := t.Exec(`DELETE FROM `+table+` WHERE period_id = ?`, c.PeriodID); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return KeepFirst(t, c, rows)
}

// KeepFirst is Keep of a period that was never made before.
func KeepFirst(t ledger.Tx, c Closed, rows []byte) error {
	_, err := t.Exec(`INSERT INTO closed_period (period_id, account, filter_hash, zone, checked_at, form, row_sum, whole) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		c.PeriodID, c.Account, c.FilterHash, c.Zone, c.CheckedAt, c.Form, c.RowSum, c.Whole)
	if err == nil && rows != nil {
		_, err = t.Exec(`INSERT INTO kept_rows (period_id, body) VALUES (?, ?)`, c.PeriodID, rows)
	}
	if err != nil {
		return fmt.Errorf("rows of period %d: %w", c.PeriodID, err)
	}
	return nil
}

const selectClosed = `SELECT c.period_id, c.account, c.filter_hash, c.zone, c.checked_at, c.suspect, c.form, c.row_sum, c.whole FROM closed_period c`

func scanClosed(into *[]Closed) func(columns func(dest ...any) error) error {
	return func(columns func(dest ...any) error) error {
		var c Closed
		suspect := 0
		err := columns(&c.PeriodID, &c.Account, &c.FilterHash, &c.Zone, &c.CheckedAt, &suspect, &c.Form, &c.RowSum, &c.Whole)
		c.Suspect = suspect > 0
		*into = append(*into, c)
		return err
	}
}

// A Due is a closed period that is to be checked.
type Due struct {
	Closed
	ledger.Period
}

// DuePeriods gives the made periods of an account that end after an instant and were not checked
// since another, or that are suspect, the one first that was checked longest ago. Parts are
// checked with the whole.
func (k Tables) DuePeriods(ctx context.Context, account string, endsAfter, checkedBefore time.Time) ([]Due, error) {
	return k.due(ctx, `c.account = ? AND c.whole = 0 AND (c.checked_at < ? OR c.suspect > 0) AND p.to_at > ?
		AND NOT EXISTS (SELECT 1 FROM period o WHERE o.account = p.account AND o.report = p.report AND o.from_at = p.from_at AND o.name = p.name AND o.remake = 'changed' AND o.state = 'owed')
		ORDER BY c.suspect DESC, c.checked_at, c.period_id`, account, checkedBefore, endsAfter)
}

// Parts gives the made periods of the parts of a period.
func (k Tables) Parts(ctx context.Context, account string, whole int64) ([]Due, error) {
	return k.due(ctx, `c.account = ? AND c.whole = ? ORDER BY c.period_id`, account, whole)
}

// due gives the made periods of a condition, in its order.
func (k Tables) due(ctx context.Context, condition string, args ...any) (due []Due, err error) {
	from := ` JOIN period p ON p.id = c.period_id WHERE p.state = 'made' AND p.detailed = 1 AND ` + condition
	err = k.db.Read(ctx, func(t ledger.Tx) error {
		due = nil
		var list []Closed
		if err := t.Each(scanClosed(&list), selectClosed+from, args...); err != nil || len(list) == 0 {
			return err
		}
		periods := map[int64]ledger.Period{}
		for some := range slices.Chunk(list, mostAtOnce) {
			var ids []any
			for _, c := range some {
				ids = append(ids, c.PeriodID)
			}
			all, err := t.PeriodsOf(ids)
			if err != nil {
				return err
			}
			for _, p := range all {
				periods[p.ID] = p
			}
		}
		for _, c := range list {
			due = append(due, Due{c, periods[c.PeriodID]})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("closed periods of %s: %w", args[0], err)
	}
	return due, nil
}

// mostAtOnce is how many ids a statement names.
const mostAtOnce = 500

// WholeOf is the period of a report that a period of one of its parts is a part of; 0: there is none.
func WholeOf(t ledger.Tx, part ledger.Period, whole string) (id int64, err error) {
	err = t.Row([]any{&id}, `SELECT id FROM period WHERE account = ? AND report = ? AND from_at = ? AND to_at = ?`, part.Account, whole, part.From, part.To)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// First gives the made period of the bounds of a correction, which is a period of its own.
func (k Tables) First(ctx context.Context, correction ledger.Period) (c Closed, p ledger.Period, err error) {
	err = k.db.Read(ctx, func(t ledger.Tx) error {
		id, list := int64(0), []Closed(nil)
		err := t.Row([]any{&id}, `SELECT id FROM period WHERE account = ? AND report = ? AND from_at = ? AND to_at = ?`,
			correction.Account, correction.Report, correction.From, correction.To)
		if err == nil {
			p, err = t.Period(id)
		}
		if err == nil {
			err = t.Each(scanClosed(&list), selectClosed+` WHERE c.period_id = ?`, id)
		}
		if err == nil && len(list) == 0 {
			err = sql.ErrNoRows
		}
		if err == nil {
			c = list[0]
		}
		return err
	})
	if err != nil {
		return c, p, fmt.Errorf("what %s %s corrects: %w", correction.Report, correction.Name, err)
	}
	return c, p, nil
}

// Checked notes when a period was read last.
func Checked(t ledger.Tx, periodID int64, at time.Time) error {
	_, err := t.Exec(`UPDATE closed_period SET checked_at = ?, suspect = 0 WHERE period_id = ?`, at, periodID)
	if err != nil {
		return fmt.Errorf("period %d: checked: %w", periodID, err)
	}
	return nil
}

// Checked is the same in a transaction of its own.
func (k Tables) Checked(ctx context.Context, at time.Time, periodIDs ...int64) error {
	var all []Closed
	for _, id := range periodIDs {
		all = append(all, Closed{PeriodID: id})
	}
	return k.Same(ctx, at, all)
}

// Same notes of periods that they were read and are as they were, and the sums of those that had none.
func (k Tables) Same(ctx context.Context, at time.Time, all []Closed) error {
	if len(all) == 0 {
		return nil
	}
	return k.db.Write(ctx, func(t ledger.Tx) error {
		for some := range slices.Chunk(all, mostAtOnce) {
			args := []any{at}
			for _, c := range some {
				if args = append(args, c.PeriodID); c.Unsummed {
					if err := setSum(t, c.PeriodID, c.Form, c.RowSum); err != nil {
						return err
					}
				}
			}
			_, err := t.Exec(`UPDATE closed_period SET checked_at = ?, suspect = 0 WHERE period_id IN (?`+strings.Repeat(", ?", len(some)-1)+`)`, args...)
			if err != nil {
				return fmt.Errorf("closed periods: checked: %w", err)
			}
		}
		return nil
	})
}

// Summed notes the sum of the rows that a period is known to have, in a form.
func (k Tables) Summed(ctx context.Context, periodID int64, form, sum string) error {
	return k.db.Write(ctx, func(t ledger.Tx) error { return setSum(t, periodID, form, sum) })
}

func setSum(t ledger.Tx, periodID int64, form, sum string) error {
	_, err := t.Exec(`UPDATE closed_period SET form = ?, row_sum = ? WHERE period_id = ?`, form, sum, periodID)
	if err != nil {
		return fmt.Errorf("period %d: sum of its rows: %w", periodID, err)
	}
	return nil
}

// Forget lets go of what is kept of periods that end before an instant, or of which retention
// has removed the files: they are not read again. That corrections were made stays.
func (k Tables) Forget(ctx context.Context, account string, endedBefore time.Time) error {
	return k.db.Write(ctx, func(t ledger.Tx) error {
		const gone = `SELECT c.period_id FROM closed_period c JOIN period p ON p.id = c.period_id WHERE c.account = ? AND (p.to_at < ? OR p.detailed = 0 AND p.state = 'made')`
		for _, statement := range []string{
			`DELETE FROM kept_rows WHERE period_id IN (` + gone + `)`,
			`UPDATE correction SET changes = '' WHERE length(changes) > 0 AND period_id IN (` + gone + `)`,
			`DELETE FROM closed_period WHERE period_id IN (` + gone + `)`,
		} {
			if _, err := t.Exec(statement, account, endedBefore); err != nil {
				return fmt.Errorf("closed periods: forget: %w", err)
			}
		}
		return nil
	})
}
