package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"rapport/internal/ledger/database"
)

const (
	// commitPatience is how long the server is asked what became of a commit. Nothing else is
	// written meanwhile.
	commitPatience = time.Minute
	betweenAsking  = 200 * time.Millisecond
)

// errUndone has the class of what is to be run again.
func errUndone(err error) error {
	return fmt.Errorf("%w: %w", &pgconn.PgError{Code: "40001", Message: "the transaction was not committed"}, err)
}

// outcome says what became of a transaction whose commit gave an error. What the server said is
// true; an answer that was lost is asked for until there is one.
func (b *Backend) outcome(ctx context.Context, transaction int64, err error) error {
	var said *pgconn.PgError
	if errors.As(err, &said) && classOf(err) != database.Away {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, commitPatience)
	defer cancel()
	for {
		var status *string
		asked := b.db.QueryRowContext(ctx, `SELECT pg_xact_status(CAST($1 AS TEXT)::xid8)`, fmt.Sprint(transaction)).Scan(&status)
		switch {
		case asked != nil && classOf(asked) != database.Away:
			return fmt.Errorf("nobody knows whether transaction %d was committed: %w: %w", transaction, err, asked)
		case asked != nil:
			err = fmt.Errorf("nobody knows whether transaction %d was committed: %w: %w", transaction, err, asked)
		case status == nil: // so old that the server has forgotten it
			return fmt.Errorf("nobody knows whether transaction %d was committed: %w", transaction, err)
		case *status == "committed":
			return nil
		case *status == "aborted":
			return errUndone(err)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(betweenAsking):
		}
	}
}
