package postgres

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"rapport/internal/ledger/database"
)

func classOf(err error) database.Class {
	var found database.DamagedError
	if errors.As(err, &found) {
		return database.Damaged
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return classOfState(e.Code)
	}
	var gone *awayError
	var connecting *pgconn.ConnectError
	var certificate *tls.CertificateVerificationError
	var network net.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, sql.ErrNoRows):
		return database.Other
	case errors.As(err, &certificate):
		return database.NoAccess
	case errors.As(err, new(*database.UnusableError)): // the password, which is read when a connection is made
		return database.Other
	case errors.As(err, &gone), errors.As(err, &connecting), errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), pgconn.SafeToRetry(err), strings.Contains(err.Error(), "conn closed"):
		return database.Away
	}
	return database.Other
}

// classOfState is that of an SQLSTATE.
func classOfState(code string) database.Class {
	switch code {
	case "40001", "40P01", "55P03",
		"53200", // the table of locks is full until others end: serializable ones fill it
		"25P02": // whatever ended the transaction before, it is begun again
		return database.Busy
	case "53100":
		return database.Full
	case "25006", "42501":
		return database.ReadOnly
	case "XX001", "XX002":
		return database.Damaged
	case "3D000":
		return database.NoAccess
	case "53300", "57P01", "57P02", "57P03", "57P05", "25P03": // too many connections, being stopped, too long idle
		return database.Away
	}
	switch code[:min(2, len(code))] {
	case "08":
		return database.Away
	case "28":
		return database.NoAccess
	}
	return database.Other
}

// An awayError hides its cause: what is no socket now is no missing file.
type awayError struct{ text string }

func (e *awayError) Error() string { return e.text }

// explain adds what the operator can do about a fault of the database.
func (b *Backend) explain(err error) error {
	if errors.As(err, new(*database.UnusableError)) && !strings.HasPrefix(err.Error(), b.name) {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	switch classOf(err) {
	case database.Busy:
		return fmt.Errorf("%s: other processes are writing to it, and do not end: %w", b.name, err)
	case database.Full:
		return fmt.Errorf("%s: the server's disk is full: %w", b.name, err)
	case database.Away:
		if errors.As(err, new(*awayError)) {
			return err
		}
		return &awayError{fmt.Sprintf("%s: the server does not answer, all waits for it: %v", b.name, err)}
	case database.Damaged:
		return &database.UnusableError{Err: fmt.Errorf("%s: the ledger is damaged: %w — restore it from a backup; do not drop it: a new ledger would not know what was sent", b.name, err)}
	case database.ReadOnly:
		return &database.UnusableError{Err: fmt.Errorf("%s: cannot be written to — is it a standby, and does the schema %s belong to this user? %w", b.name, b.schema, err)}
	case database.NoAccess:
		return &database.UnusableError{Err: fmt.Errorf("%s: the server refuses us: %w", b.name, err)}
	}
	return err
}
