package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"rapport/internal/ledger"
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

func (c class) forLedger() ledger.Class {
	switch c {
	case busy:
		return ledger.Busy
	case full:
		return ledger.Full
	}
	return ledger.Other
}

func classOf(err error) class {
	var found ledger.DamagedError
	if errors.As(err, &found) {
		return damaged
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return other
	}
	switch e.Code() {
	case sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_WRITE: // a limit or a quota says it this way
		return full
	}
	if e.Code() == sqlite3.SQLITE_CONSTRAINT_TRIGGER { // of a checksum
		return damaged
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return busy
	case sqlite3.SQLITE_FULL:
		return full
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return damaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return readOnly
	}
	return other
}

// explain adds what the operator can do about a fault of the database.
func (b *Backend) explain(err error) error {
	path := b.file.path
	switch classOf(err) {
	case busy:
		return fmt.Errorf("%s: another process is writing to it, and did not end: %w", path, err)
	case full:
		return fmt.Errorf("%s: the disk is full, or a limit is reached: %w", path, err)
	case damaged:
		return &ledger.UnusableError{Err: fmt.Errorf("%s: the ledger is damaged: %w — restore it from a backup; do not delete it: a new ledger would not know what was sent", path, err)}
	case readOnly:
		return &ledger.UnusableError{Err: fmt.Errorf("%s: cannot be written to — see who owns it and its directory: %w", path, err)}
	}
	return err
}
