package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	periodsBeforeNumber = `SELECT id FROM period WHERE account = ? AND report = ? AND state = 'owed' AND number = 0 AND from_at <= ? ORDER BY from_at, id`
	nextReportNumber    = `INSERT INTO report_number (account, report, last) VALUES (?, ?, 1)
		ON CONFLICT (account, report) DO UPDATE SET last = report_number.last + 1 RETURNING last`
	setReportNumber = `UPDATE period SET number = ? WHERE id = ?`
)

// number gives a period its report's next number, and before it the older ones that are
// owed theirs: in whichever order they are made, they are numbered in that of the calendar.
func number(t tx, p Period) (n int, err error) {
	waiting, err := collect(t, func(row scanner) (id int64, err error) { return id, row.Scan(&id) },
		periodsBeforeNumber, p.Account, p.Report, millis(p.From))
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

func nextNumber(t tx, account, report string, id int64) (n int, err error) {
	err = t.row([]any{&n}, nextReportNumber, account, report)
	if err == nil {
		_, err = t.exec(setReportNumber, n, id)
	}
	return n, err
}

// advanceReportNumber makes the numbers of a report go on after one that is known. One of a
// report that has numbers already went out with the next.
func advanceReportNumber(t tx, r Planned, id int64) error {
	if r.Number == 0 && r.State == Archived {
		begun := 0
		err := t.row([]any{&begun}, `SELECT count(*) FROM report_number WHERE account = ? AND report = ?`, r.Account, r.Report)
		if err == nil && begun > 0 {
			_, err = nextNumber(t, r.Account, r.Report, id)
		}
		return err
	}
	if r.Number == 0 {
		return nil
	}
	_, err := t.exec(`INSERT INTO report_number (account, report, last) VALUES (?, ?, ?)
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
		err = l.read(ctx, func(t tx) error {
			err := t.row([]any{&n}, `SELECT last FROM report_number WHERE account = ? AND report = ?`, key.Account, key.Report)
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
