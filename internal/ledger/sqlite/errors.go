package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"rapport/internal/ledger/database"
)

func classOf(err error) database.Class {
	var found database.DamagedError
	if errors.As(err, &found) {
		return database.Damaged
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return database.Other
	}
	switch e.Code() {
	case sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_WRITE: // a limit or a quota says it this way
		return database.Full
	}
	if e.Code() == sqlite3.SQLITE_CONSTRAINT_TRIGGER { // of a checksum
		return database.Damaged
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return database.Busy
	case sqlite3.SQLITE_FULL:
		return database.Full
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return database.Damaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return database.ReadOnly
	}
	return database.Other
}

// explain adds what the operator can do about a fault of the database.
func (b *Backend) explain(err error) error {
	path := b.file.path
	switch classOf(err) {
	case database.Busy:
		return fmt.Errorf("%s: another process is writing to it, and did not end: %w", path, err)
	case database.Full:
		return fmt.Errorf("%s: the disk is full, or a limit is reached: %w", path, err)
	case database.Damaged:
		return &database.UnusableError{Err: fmt.Errorf("%s: the ledger is damaged: %w — restore it from a backup; do not delete it: a new ledger would not know what was sent", path, err)}
	case database.ReadOnly:
		return &database.UnusableError{Err: fmt.Errorf("%s: cannot be written to — see who owns it and its directory: %w", path, err)}
	}
	return err
}
