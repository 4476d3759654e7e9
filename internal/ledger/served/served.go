// Package served keeps in the ledger's database what only the API and the pages have: reports
// that were made over HTTP, who did what, who is signed in, keys, key figures by day, what hooks
// are told, and what one process at a time does. It knows no HTTP, no password and no report,
// and refuses to change a row of the ledger's own tables.
package served

import (
	"context"
	"database/sql"
	"errors"

	"rapport/internal/ledger"
)

// Tables are those of one ledger. All methods may be called at any time, from any goroutine.
type Tables struct {
	reports
	audit
	sessions
	keys
	figures
	hooks
	files
	duties
}

// Each group has what is about one thing.
type (
	reports  struct{ db *ledger.Ledger }
	audit    struct{ db *ledger.Ledger }
	sessions struct{ db *ledger.Ledger }
	keys     struct{ db *ledger.Ledger }
	figures  struct{ db *ledger.Ledger }
	hooks    struct{ db *ledger.Ledger }
	files    struct{ db *ledger.Ledger }
	duties   struct{ db *ledger.Ledger }
)

// Of are a ledger's.
func Of(l *ledger.Ledger) Tables {
	return Tables{reports{l}, audit{l}, sessions{l}, keys{l}, figures{l}, hooks{l}, files{l}, duties{l}}
}

// list reads the rows of a query.
func list[T any](ctx context.Context, db *ledger.Ledger, scan func(columns func(dest ...any) error) (T, error), query string, args ...any) (all []T, err error) {
	err = db.Read(ctx, func(tx ledger.Tx) error {
		all = nil // it may be run again
		return collect(tx, &all, scan, query, args...)
	})
	return all, err
}

// collect appends the rows of a query.
func collect[T any](tx ledger.Tx, all *[]T, scan func(columns func(dest ...any) error) (T, error), query string, args ...any) error {
	return tx.Each(func(columns func(dest ...any) error) error {
		one, err := scan(columns)
		*all = append(*all, one)
		return err
	}, query, args...)
}

// none tells whether a row was not found, which is no error then.
func none(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return false, err
}
