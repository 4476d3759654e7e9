// Package database runs the transactions of a ledger in the database that it is kept in, again where
// somebody else is in the way, and several that come together as one. It knows no table but the counter
// of commits, and refuses to write where what it writes would be lost.
package database

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"syscall"
	"time"
)

// A Backend is the database that a ledger is kept in, and what a process keeps beside it. The
// states and the SQL are the ledger's; a backend says how its database wants them.
type Backend interface {
	Dialect() Dialect
	// Open gives the database, made unless it must exist, verified and migrated as the dialect
	// says. One that is refused stays as it is.
	Open(ctx context.Context, d Dialect, mustExist bool) (*sql.DB, error)
	// Close ends what Open began beside the database, once that is closed.
	Close() error
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
	// Look tells what can be seen of a process.
	Look(process string) (Life, error)
	// EndSession takes from a process that hangs what shows that it lives.
	EndSession(process string) error
	// Leave removes what shows a process that has ended.
	Leave(process string) error
}

// Life is what can be seen of a process.
type Life int

// What is seen, from the least to the most.
const (
	Unseen  Life = iota // nothing; on its own machine it is dead, elsewhere its heartbeats tell
	Dead                // it has ended
	Suspect             // its session has ended; it cannot begin anything under its claims once they are taken
	Alive
)

// A RollbackGuard remembers outside of the database how far it came, so that an old copy of it
// is not taken for the newest.
type RollbackGuard interface {
	// Intact fails when what is written now would be lost.
	Intact() error
	// Committing fails when a transaction that is about to be committed, the one of this
	// number, shows that some were lost that had been committed.
	Committing(commits int64) error
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
	Tables        func(text string) string  // writes a migration as the database does; nil: as it is
	Placeholders  func(query string) string // writes ? as the database does
	ChangeCounter string                    // the query of a number that others' writes change
	Size          string                    // the query of how many bytes the ledger takes
	Clock         string                    // milliseconds since 1970 by the database's clock, in SQL; its one argument is this process's
	Writer        string                    // who counts its own commits, so that no row is everybody's; "": all do together
	Machine       string                    // the id of this one, of a ledger that several share; "": it is alone
	Snapshot      sql.IsolationLevel        // of what reads
	OwnRow        sql.IsolationLevel        // of what writes a row and reads no other; 0: as of all that writes
	SkipLocked    string                    // ends the query of the row x that is claimed next, so that nobody waits for another's
	Prepares      bool                      // its driver prepares statements by itself

	Transaction string // the number of the transaction under way, in SQL
	// Outcome says how a transaction ended whose commit gave an error: nil when it was
	// committed all the same. Nil: no answer is ever lost.
	Outcome func(ctx context.Context, transaction int64, err error) error

	RowChecksums bool // triggers sum each row that changes; else the database sees itself what its disk did
	Class        func(error) Class
	Explain      func(error) error // adds what the operator can do about a fault
	Patience     time.Duration     // how long to wait for another process that is writing
	LongestPause time.Duration     // between two tries, which grow to it; 0: they do not grow
}

// A Class is a kind of trouble. The ledger does something about what is busy or full; of the
// others a database says in words what the operator can do.
type Class int

// The classes of errors.
const (
	Other    Class = iota
	Busy           // another process is writing, or has written what this one read: the same again may go well
	Full           // no space
	Damaged        // what is there cannot be understood
	ReadOnly       // it cannot be written to
	Away           // the server cannot be reached, or is being stopped or started
	NoAccess       // the server lets nobody in who comes like that
)

const betweenTries = 2 * time.Millisecond

// Patiently does what may find another process writing, again until that is done, in
// short steps: whoever looks rarely finds a busy ledger busy each time.
func (d Dialect) Patiently(ctx context.Context, do func() error) error {
	patience, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	for pause := betweenTries; ; pause = min(2*pause, max(betweenTries, d.LongestPause)) {
		err := do()
		if d.Class(err) != Busy {
			return err
		}
		select {
		case <-patience.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause/2 + rand.N(pause)): // two who met do not meet again
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
