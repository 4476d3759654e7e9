package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// number gives a period the next number of its report.
func number(t tx, p Period) (n int, err error) {
	err = t.row([]any{&n}, `INSERT INTO series (account, report, last) VALUES (?, ?, 1)
		ON CONFLICT (account, report) DO UPDATE SET last = series.last + 1 RETURNING last`, p.Account, p.Report)
	if err == nil {
		_, err = t.exec(`UPDATE period SET number = ? WHERE id = ?`, n, p.ID)
	}
	return n, err
}

// advanceSeries makes the numbers of a report go on after one that is known.
func advanceSeries(t tx, r Planned) error {
	if r.Number == 0 {
		return nil
	}
	_, err := t.exec(`INSERT INTO series (account, report, last) VALUES (?, ?, ?)
		ON CONFLICT (account, report) DO UPDATE SET last = excluded.last WHERE series.last < excluded.last`, r.Account, r.Report, r.Number)
	return err
}

// NextNumber gives the number that a period has, or would get if it were claimed now.
func (l *Ledger) NextNumber(ctx context.Context, key Key) (n int, err error) {
	p, found, err := l.Period(ctx, key)
	if err == nil && found && p.Number > 0 {
		return p.Number, nil
	}
	if err == nil {
		err = l.read(ctx, func(t tx) error {
			err := t.row([]any{&n}, `SELECT last FROM series WHERE account = ? AND report = ?`, key.Account, key.Report)
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
