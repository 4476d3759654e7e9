package ledger

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"syscall"
	"time"
)

// A Backend is the database that a ledger is kept in, and what a process keeps beside it. The
// states and the SQL are the ledger's; a backend says how its database wants them.
type Backend interface {
	Dialect() Dialect
	// Open gives the database, made unless it must exist, verified and migrated by the schema.
	// One that is refused stays as it is.
	Open(ctx context.Context, s *Schema, mustExist bool) (*sql.DB, error)
	// ServeAlone makes this process the ledger's one daemon until what it gives is closed. A
	// *LockedError names another that is.
	ServeAlone(host string) (io.Closer, error)
	Presence
	RollbackGuard
	Reserve
}

// Presence is how the processes that share a ledger see which of them live.
type Presence interface {
	// Enter shows that a process lives, until what it gives is closed or the process ends.
	Enter(process string) (io.Closer, error)
	// Alive tells whether a process lives. Known is false if that cannot be seen from here.
	Alive(process string) (alive, known bool, err error)
	// Leave removes what shows a process that has ended.
	Leave(process string) error
}

// A RollbackGuard remembers outside of the database how far it came, so that an old copy of it
// is not taken for the newest.
type RollbackGuard interface {
	// Intact fails when what is written now would be lost.
	Intact() error
	// Committed notes how many transactions were committed.
	Committed(commits int64)
	// Restored is how many transactions the database that was opened has, if it is one that was
	// put back from a backup; 0: it is not.
	Restored() (commits int64)
}

// A Reserve is space that is given up when there is no other, to write down what has happened.
type Reserve interface {
	KeepReserve()
	FreeReserve() bool // whether there was any
}

// A Dialect is what differs in the SQL of one database and another. All other SQL is plain:
// each runs it.
type Dialect struct {
	Migrations    fs.FS                     // its root holds 0001_name.sql …
	Placeholders  func(query string) string // writes ? as the database does
	ChangeCounter string                    // the query of a number that others' writes change
	Class         func(error) Class
	Explain       func(error) error // adds what the operator can do about a fault
	Patience      time.Duration     // how long to wait for another process that is writing
}

// A Class is a kind of trouble, as far as the ledger does something about it.
type Class int

// The classes of errors.
const (
	Other Class = iota
	Busy        // another process is writing
	Full        // no space
)

const betweenTries = 2 * time.Millisecond

// Patiently does what may find another process writing, again until that is done, in
// short steps: whoever looks rarely finds a busy ledger busy each time.
func (d Dialect) Patiently(ctx context.Context, do func() error) error {
	patience, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	for {
		err := do()
		if d.Class(err) != Busy {
			return err
		}
		select {
		case <-patience.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(betweenTries):
		}
	}
}

// An UnusableError is one of the database itself that only a person can mend.
type UnusableError struct{ Err error }

func (e *UnusableError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *UnusableError) Unwrap() error { return e.Err }

// Unusable says that err is about the ledger's database itself, damaged, foreign, newer, or
// out of reach: to try again will not help. Busy, full and I/O errors are not.
func Unusable(err error) bool {
	var u *UnusableError
	if errors.As(err, &u) {
		return true
	}
	for _, cause := range []error{fs.ErrPermission, syscall.ENOTDIR, syscall.EISDIR, syscall.EROFS, syscall.ENAMETOOLONG, syscall.EINVAL, syscall.ELOOP} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// A DamagedError says what in a database cannot be as it is.
type DamagedError string

func (e DamagedError) Error() string { return string(e) }
