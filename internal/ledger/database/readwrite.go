package database

import (
	"context"
	"database/sql"
	"errors"

	"rapport/internal/ledger/prepared"
)

// A DB is the database of a ledger that is open. All methods may be called at any time, from any
// goroutine.
type DB struct {
	Backend Backend
	Dialect Dialect
	SQL     *sql.DB

	frequent     func(Dialect) []string
	groupCommit  groupCommit
	ownRowCommit groupCommit
	statements   prepared.Statements
}

// Open opens what a backend keeps, and makes it when absent, unless it must exist. The frequent
// statements are prepared before the first transaction that writes.
func Open(ctx context.Context, b Backend, mustExist bool, frequent func(Dialect) []string) (*DB, error) {
	db := &DB{Backend: b, Dialect: b.Dialect(), frequent: frequent}
	var err error
	if db.SQL, err = b.Open(ctx, db.Dialect, mustExist); err != nil {
		return nil, err
	}
	db.Dialect = b.Dialect() // that of the database which is open now
	db.ownRowCommit.isolation = db.Dialect.OwnRow
	return db, nil
}

// CountCommit is the statement that ends each transaction which writes.
func CountCommit(d Dialect) string {
	return `UPDATE commit_count SET commits = commits + 1 WHERE writer = ? RETURNING commits, ` + d.Transaction
}

// Write runs do in one transaction, which is on disk when Write returns nil and has
// changed nothing when it returns an error. When another process is in the way, do is run
// again.
func (db *DB) Write(ctx context.Context, do func(Tx) error) error {
	return db.write(ctx, sql.LevelDefault, do)
}

func (db *DB) write(ctx context.Context, isolation sql.IsolationLevel, do func(Tx) error) error {
	if err := db.Backend.Intact(); err != nil {
		return err
	}
	if !db.Dialect.Prepares {
		db.statements.Prepare(ctx, db.SQL, func() []string { return db.frequent(db.Dialect) }, db.Dialect.Placeholders)
	}
	return db.Dialect.Explain(db.Dialect.Patiently(ctx, func() error { return db.writeOnce(ctx, isolation, do) }))
}

func (db *DB) writeOnce(ctx context.Context, isolation sql.IsolationLevel, do func(Tx) error) error {
	started, err := db.SQL.BeginTx(ctx, &sql.TxOptions{Isolation: isolation})
	if err != nil {
		return err
	}
	t := Tx{ctx: ctx, sql: started, Dialect: db.Dialect, s: &db.statements}
	var commits, transaction int64
	err = do(t)
	if err == nil {
		err = t.Row([]any{&commits, &transaction}, CountCommit(t.Dialect), t.Dialect.Writer)
	}
	if err == nil {
		err = db.Backend.Committing(commits)
	}
	if err != nil {
		// After some faults the database has rolled back by itself, and says so here.
		_ = started.Rollback()
		return err
	}
	if err := started.Commit(); err != nil {
		_ = started.Rollback()
		if db.Dialect.Outcome != nil {
			err = db.Dialect.Outcome(context.WithoutCancel(ctx), transaction, err)
		}
		if err != nil {
			return err
		}
	}
	db.Backend.Committed(commits)
	return nil
}

// WriteEvenWhenFull is WriteGrouped for what has happened already and must not be forgotten: when the
// database is full it gives up the reserve for it.
func (db *DB) WriteEvenWhenFull(ctx context.Context, do func(Tx) error) error {
	err := db.WriteGrouped(ctx, do)
	if db.Dialect.Class(err) == Full && db.Backend.FreeReserve() {
		err = db.WriteGrouped(ctx, do)
	}
	return err
}

// Read runs do in one transaction that sees one state and changes nothing. When another
// process is in the way, do is run again.
func (db *DB) Read(ctx context.Context, do func(Tx) error) error {
	return db.Dialect.Explain(db.Dialect.Patiently(ctx, func() error {
		started, err := db.SQL.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: db.Dialect.Snapshot})
		if err != nil {
			return err
		}
		err = do(Tx{ctx: ctx, sql: started, Dialect: db.Dialect, s: &db.statements})
		if ended := started.Rollback(); err == nil && !errors.Is(ended, sql.ErrTxDone) {
			err = ended
		}
		return err
	}))
}
