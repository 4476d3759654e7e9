package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/ledger/checksum"
	"rapport/internal/ledger/prepared"
)

// A tx is one transaction, with the context it runs under.
type tx struct {
	ctx context.Context
	sql *sql.Tx
	d   Dialect
	s   *prepared.Statements
}

// exec gives the number of rows that were changed.
func (t tx) exec(query string, args ...any) (int64, error) {
	var result sql.Result
	var err error
	if s := t.s.In(t.ctx, t.sql, query); s != nil {
		result, err = s.ExecContext(t.ctx, args...)
	} else {
		result, err = t.sql.ExecContext(t.ctx, t.d.Placeholders(query), args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row reads one row into dest; none is sql.ErrNoRows.
func (t tx) row(dest []any, query string, args ...any) error {
	if s := t.s.In(t.ctx, t.sql, query); s != nil {
		return s.QueryRowContext(t.ctx, args...).Scan(dest...)
	}
	return t.sql.QueryRowContext(t.ctx, t.d.Placeholders(query), args...).Scan(dest...)
}

// collect reads all rows of a query. Scan is called for each with its columns.
func collect[T any](t tx, scan func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	err = each(t, scan, func(one T) bool { all = append(all, one); return true }, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// each reads the rows of a query, one after the other, as long as take wants more.
func each[T any](t tx, scan func(scanner) (T, error), take func(T) (more bool), query string, args ...any) error {
	var rows *sql.Rows
	var err error
	if s := t.s.In(t.ctx, t.sql, query); s != nil {
		rows, err = s.QueryContext(t.ctx, args...)
	} else {
		rows, err = t.sql.QueryContext(t.ctx, t.d.Placeholders(query), args...)
	}
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return err
		}
		if !take(one) {
			return rows.Close() // a server may say only now that others were in the way
		}
	}
	return rows.Err()
}

type scanner interface{ Scan(dest ...any) error }

func countCommit(d Dialect) string {
	return `UPDATE commit_count SET commits = commits + 1 WHERE writer = ? RETURNING commits, ` + d.Transaction
}

// write runs do in one transaction, which is on disk when write returns nil and has
// changed nothing when it returns an error. When another process is in the way, do is run
// again.
func (l *store) write(ctx context.Context, do func(tx) error) error {
	if err := l.backend.Intact(); err != nil {
		return err
	}
	if !l.dialect.Prepares {
		l.statements.Prepare(ctx, l.db, func() []string { return frequentStatements(l.dialect) }, l.dialect.Placeholders)
	}
	return l.dialect.Explain(l.dialect.Patiently(ctx, func() error { return l.writeOnce(ctx, do) }))
}

func (l *store) writeOnce(ctx context.Context, do func(tx) error) error {
	started, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	t := tx{ctx: ctx, sql: started, d: l.dialect, s: &l.statements}
	var commits, transaction int64
	err = do(t)
	if err == nil {
		err = t.row([]any{&commits, &transaction}, countCommit(t.d), t.d.Writer)
	}
	if err == nil {
		err = l.backend.Committing(commits)
	}
	if err != nil {
		// After some faults the database has rolled back by itself, and says so here.
		_ = started.Rollback()
		return err
	}
	if err := started.Commit(); err != nil {
		_ = started.Rollback()
		if l.dialect.Outcome != nil {
			err = l.dialect.Outcome(context.WithoutCancel(ctx), transaction, err)
		}
		if err != nil {
			return err
		}
	}
	l.backend.Committed(commits)
	return nil
}

// writeEvenWhenFull is write for what has happened already and must not be forgotten: when the
// database is full it gives up the reserve for it.
func (l *store) writeEvenWhenFull(ctx context.Context, do func(tx) error) error {
	err := l.writeGrouped(ctx, do)
	if l.dialect.Class(err) == Full && l.backend.FreeReserve() {
		err = l.writeGrouped(ctx, do)
	}
	return err
}

// read runs do in one transaction that sees one state and changes nothing. When another
// process is in the way, do is run again.
func (l *store) read(ctx context.Context, do func(tx) error) error {
	return l.dialect.Explain(l.dialect.Patiently(ctx, func() error {
		started, err := l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: l.dialect.Snapshot})
		if err != nil {
			return err
		}
		err = do(tx{ctx: ctx, sql: started, d: l.dialect, s: &l.statements})
		if ended := started.Rollback(); err == nil && !errors.Is(ended, sql.ErrTxDone) {
			err = ended
		}
		return err
	}))
}

// ChangeCounter is a number that changes when somebody else has written to the ledger, another
// process or another Open: what this Ledger knows of it may be old then.
func (l History) ChangeCounter(ctx context.Context) (n int64, err error) {
	err = l.read(ctx, func(t tx) error { return t.row([]any{&n}, t.d.ChangeCounter) })
	if err != nil {
		return 0, fmt.Errorf("change counter: %w", err)
	}
	return n, nil
}

// Size is how many bytes the ledger takes.
func (l History) Size(ctx context.Context) (n int64, err error) {
	err = l.read(ctx, func(t tx) error { return t.row([]any{&n}, t.d.Size) })
	if err != nil {
		return 0, fmt.Errorf("size: %w", err)
	}
	return n, nil
}

// number01 is how a truth is kept.
func number01(b bool) int {
	if b {
		return 1
	}
	return 0
}

// millis is how an instant is kept: milliseconds since 1970, 0 for none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// An instant reads what millis wrote into a time.
type instant struct{ t *time.Time }

func (i instant) Scan(value any) error {
	n, ok := value.(int64)
	if !ok {
		return fmt.Errorf("an instant is %T", value)
	}
	*i.t = time.Time{}
	if n != 0 {
		*i.t = time.UnixMilli(n).UTC()
	}
	return nil
}

const longestText = 4000 // bytes; a relay may say a lot

// sanitizeText makes text that every database takes: valid, without NUL, and of bounded length.
func sanitizeText(s string) string {
	if len(s) > longestText {
		s = s[:longestText] + "…"
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// wrap says what was being done when an error came; nil stays nil.
func wrap(err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(doing, args...), err)
}

// checksum is what a row's values are to be read with; 0 where the database keeps that itself.
func (t tx) checksum(values ...any) int64 {
	if !t.d.RowChecksums {
		return 0
	}
	return checksum.Of(values...)
}

// requireSum refuses a row whose values are not those that its checksum is of, if it has one.
func requireSum(table string, sum int64, values ...any) error {
	if sum != 0 && sum != checksum.Of(values...) {
		return DamagedError(fmt.Sprintf("a row of %s is not what was written", table))
	}
	return nil
}
