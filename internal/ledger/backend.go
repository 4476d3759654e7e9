package ledger

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"time"
)

// A dialect is what differs from one database to another. All other SQL is plain: each
// runs it, once its placeholders are written as it likes them.
type dialect struct {
	placeholders  func(query string) string
	changeCounter string // the query of a number that others' writes change
	migrations    fs.FS  // its root holds 0001_name.sql …
	// look gives a connection that cannot write, so that a database that is refused stays
	// as it is; open one that can.
	look func(ctx context.Context) (*sql.DB, error)
	open func(ctx context.Context) (*sql.DB, error)
	// holds says what is in the database.
	holds func(ctx context.Context, db *sql.DB) (content, error)
	// check fails when the database is damaged. It does not take long, and may find less
	// in a big one.
	check func(ctx context.Context, db *sql.DB) error
	// sign marks an empty database as ours, inside the transaction of the first migration.
	sign func(ctx context.Context, tx *sql.Tx) error
	// backup writes a copy aside before a migration changes what is there.
	backup func(ctx context.Context, db *sql.DB, version int) error
	// class says what kind of trouble an error is.
	class func(error) class
	// patience is how long to wait for another process that is writing.
	patience time.Duration
}

// content is what a database holds.
type content int

const (
	nothing content = iota
	ours
	foreign
)

// class is a kind of trouble.
type class int

const (
	other    class = iota
	busy           // another process is writing
	full           // no space
	damaged        // what is there cannot be understood
	readOnly       // it cannot be written to
)

const betweenTries = 2 * time.Millisecond

// patiently does what may find another process writing, again until that is done, in
// short steps: whoever looks rarely finds a busy ledger busy each time.
func (d *dialect) patiently(ctx context.Context, do func() error) error {
	patience, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	for {
		err := do()
		if d.class(err) != busy {
			return err
		}
		select {
		case <-patience.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(betweenTries):
		}
	}
}
