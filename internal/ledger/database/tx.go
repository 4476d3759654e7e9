package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/ledger/checksum"
	"rapport/internal/ledger/prepared"
)

// A Tx is one transaction, with the context it runs under. An instant among the arguments, and a
// *time.Time among what is read, is kept as milliseconds.
type Tx struct {
	Dialect Dialect

	ctx context.Context
	sql *sql.Tx
	s   *prepared.Statements
}

// Exec gives the number of rows that were changed.
func (t Tx) Exec(query string, args ...any) (int64, error) {
	args = kept(args)
	var result sql.Result
	var err error
	if s := t.s.In(t.ctx, t.sql, query); s != nil {
		result, err = s.ExecContext(t.ctx, args...)
	} else {
		result, err = t.sql.ExecContext(t.ctx, t.Dialect.Placeholders(query), args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Row reads one row into dest; none is sql.ErrNoRows.
func (t Tx) Row(dest []any, query string, args ...any) error {
	dest, args = read(dest), kept(args)
	if s := t.s.In(t.ctx, t.sql, query); s != nil {
		return s.QueryRowContext(t.ctx, args...).Scan(dest...)
	}
	return t.sql.QueryRowContext(t.ctx, t.Dialect.Placeholders(query), args...).Scan(dest...)
}

// Collect reads all rows of a query. Scan is called for each with its columns.
func Collect[T any](t Tx, scan func(Scanner) (T, error), query string, args ...any) (all []T, err error) {
	err = Each(t, scan, func(one T) bool { all = append(all, one); return true }, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Each reads the rows of a query, one after the other, as long as take wants more.
func Each[T any](t Tx, scan func(Scanner) (T, error), take func(T) (more bool), query string, args ...any) error {
	args = kept(args)
	var rows *sql.Rows
	var err error
	if s := t.s.In(t.ctx, t.sql, query); s != nil {
		rows, err = s.QueryContext(t.ctx, args...)
	} else {
		rows, err = t.sql.QueryContext(t.ctx, t.Dialect.Placeholders(query), args...)
	}
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scan(row{rows})
		if err != nil {
			return err
		}
		if !take(one) {
			return rows.Close() // a server may say only now that others were in the way
		}
	}
	return rows.Err()
}

// A Scanner reads the columns of a row.
type Scanner interface{ Scan(dest ...any) error }

type row struct{ *sql.Rows }

func (r row) Scan(dest ...any) error { return r.Rows.Scan(read(dest)...) }

// Each reads rows; scan is called for each, with what reads its columns.
func (t Tx) Each(scan func(columns func(dest ...any) error) error, query string, args ...any) error {
	return Each(t, func(row Scanner) (none struct{}, err error) { return none, scan(row.Scan) }, func(struct{}) bool { return true }, query, args...)
}

// Now is the database's clock, and this process's where it has none.
func (t Tx) Now(own time.Time) (now time.Time, err error) {
	err = t.Row([]any{&now}, `SELECT `+t.Dialect.Clock, Millis(own))
	return now, err
}

// kept are arguments as the ledger keeps them.
func kept(args []any) []any {
	out := args
	for i, arg := range args {
		var as any
		switch arg := arg.(type) {
		case time.Time:
			as = Millis(arg)
		case string:
			if utf8.ValidString(arg) && !strings.Contains(arg, "\x00") {
				continue
			}
			as = strings.ReplaceAll(strings.ToValidUTF8(arg, "\uFFFD"), "\x00", "\uFFFD")
		default:
			continue
		}
		if &out[0] == &args[0] {
			out = slices.Clone(args)
		}
		out[i] = as
	}
	return out
}

// read are destinations that read what kept has written; it takes their place.
func read(dest []any) []any {
	for i, d := range dest {
		if at, ok := d.(*time.Time); ok {
			dest[i] = instant{at}
		}
	}
	return dest
}

// List reads one query's rows.
func List[T any](ctx context.Context, db *DB, scan func(Scanner) (T, error), query string, args ...any) (all []T, err error) {
	err = db.Read(ctx, func(t Tx) error {
		all, err = Collect(t, scan, query, args...)
		return err
	})
	return all, err
}

// Number01 is how a truth is kept.
func Number01(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Millis is how an instant is kept: milliseconds since 1970, 0 for none.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// An instant reads what Millis wrote into a time.
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

// SanitizeText makes text that every database takes: valid, without NUL, and of bounded length.
func SanitizeText(s string) string {
	if len(s) > longestText {
		s = s[:longestText] + "…"
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// Wrap says what was being done when an error came; nil stays nil.
func Wrap(err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(doing, args...), err)
}

// Checksum is what a row's values are to be read with; 0 where the database keeps that itself.
func (t Tx) Checksum(values ...any) int64 {
	if !t.Dialect.RowChecksums {
		return 0
	}
	return checksum.Of(values...)
}

// RequireSum refuses a row whose values are not those that its checksum is of, if it has one.
func RequireSum(table string, sum int64, values ...any) error {
	if sum != 0 && sum != checksum.Of(values...) {
		return DamagedError(fmt.Sprintf("a row of %s is not what was written", table))
	}
	return nil
}

// ErrNoInstant is wrapped when what happened has no instant.
var ErrNoInstant = errors.New("it does not say when")

// RequireRow turns the count of changed rows into an error when it is none.
func RequireRow(n int64, err error, why func() error) error {
	if err == nil && n == 0 {
		return why()
	}
	return err
}
