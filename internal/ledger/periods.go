package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const selectPeriods = `SELECT p.id, p.account, p.report, p.from_at, p.to_at, p.name, p.schedule, p.config, p.due_at,
	p.state, p.attempts, p.crashes, p.next_try_at, p.error, p.made_at, p.number, p.filter_hash, p.detailed, p.claimed_by IS NOT NULL FROM period p`

func scanPeriod(row scanner) (p Period, err error) {
	return p, row.Scan(&p.ID, &p.Account, &p.Report, instant{&p.From}, instant{&p.To}, &p.Name, &p.Schedule, &p.Config, instant{&p.Due},
		&p.State, &p.Attempts, &p.Crashes, instant{&p.NextTry}, &p.Error, instant{&p.MadeAt}, &p.Number, &p.FilterHash, &p.Detailed, &p.Claimed)
}

const selectPeriodByID = selectPeriods + ` WHERE p.id = ?`

func periodByID(t tx, id int64) (Period, error) {
	all, err := collect(t, scanPeriod, selectPeriodByID, id)
	if err == nil && len(all) == 0 {
		err = ErrNoPeriod
	}
	if err != nil {
		return Period{}, err
	}
	return all[0], nil
}

// Period gives the period of a key.
func (l *Ledger) Period(ctx context.Context, key Key) (p Period, found bool, err error) {
	all, err := list(ctx, l, scanPeriod, selectPeriods+` WHERE p.account = ? AND p.report = ? AND p.from_at = ? AND p.to_at = ?`,
		key.Account, key.Report, millis(key.From), millis(key.To))
	if err != nil || len(all) == 0 {
		return p, false, err
	}
	return all[0], true, nil
}

// Periods gives periods, the newest due first. Recipient chooses nothing here.
func (l *Ledger) Periods(ctx context.Context, f Filter) ([]Period, error) {
	where, args := f.where("p.state")
	limit, args := f.limit(args)
	return list(ctx, l, scanPeriod, selectPeriods+where+` ORDER BY p.due_at DESC, p.report, p.from_at DESC, p.id`+limit, args...)
}

// OwedPeriods gives all that is owed, claimed or not: what crashed a process last, then by
// due, from and report.
func (l *Ledger) OwedPeriods(ctx context.Context, account string) ([]Period, error) {
	return list(ctx, l, scanPeriod, selectPeriods+` WHERE p.account = ? AND p.state = 'owed'
		ORDER BY CASE WHEN p.crashes > 0 THEN 1 ELSE 0 END, p.due_at, p.from_at, p.report, p.id`, account)
}

// Letter gives what a period's messages can be made from anew, nil when there is none.
func (l *Ledger) MessageContent(ctx context.Context, periodID int64) ([]byte, error) {
	var body []byte
	err := l.read(ctx, func(t tx) error {
		err := t.row([]any{&body}, `SELECT body FROM message_content WHERE period_id = ?`, periodID)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("period %d: letter: %w", periodID, err)
	}
	return body, nil
}

// Artifacts gives a period's files in the order they were recorded.
func (l *Ledger) Artifacts(ctx context.Context, periodID int64) ([]Artifact, error) {
	return list(ctx, l, func(row scanner) (a Artifact, err error) {
		return a, row.Scan(&a.Path, &a.ContentType, &a.SHA256, &a.Size, &a.Rows)
	}, `SELECT path, content_type, sha256, size, row_count FROM artifact WHERE period_id = ? ORDER BY position`, periodID)
}

// Totals gives a period's figures in the order they were recorded.
func (l *Ledger) Totals(ctx context.Context, periodID int64) ([]Total, error) {
	return list(ctx, l, func(row scanner) (n Total, err error) {
		return n, row.Scan(&n.Dimension, &n.Name, &n.Label, &n.Currency, &n.Measure, &n.Count, &n.Sum)
	}, `SELECT dimension, name, label, currency, measure, number, amount FROM total WHERE period_id = ? ORDER BY position`, periodID)
}

// list reads one query's rows.
func list[T any](ctx context.Context, l *Ledger, scan func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	err = l.read(ctx, func(t tx) error {
		all, err = collect(t, scan, query, args...)
		return err
	})
	return all, err
}

// where writes the condition for what both periods and deliveries have.
func (f Filter) where(state string) (clause string, args []any) {
	clause = ` WHERE 1 = 1`
	and := func(column string, value string) {
		if value != "" {
			clause += ` AND ` + column + ` = ?`
			args = append(args, value)
		}
	}
	and("p.account", f.Account)
	and("p.report", f.Report)
	and("p.name", f.Period)
	and(state, f.State)
	if !f.Since.IsZero() {
		clause += ` AND p.due_at >= ?`
		args = append(args, millis(f.Since))
	}
	return clause, args
}

func (f Filter) limit(args []any) (string, []any) {
	if f.Limit <= 0 {
		return "", args
	}
	return ` LIMIT ?`, append(args, f.Limit)
}
