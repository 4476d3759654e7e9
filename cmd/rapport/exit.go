package main

import (
	"errors"
	"fmt"

	"rapport/internal/builder"
	"rapport/internal/daemon"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ownership"
	"rapport/internal/planner"
)

// The exit codes are an interface: scripts and systemd rely on them.
const (
	exitDone    = 0  // done, or nothing owed
	exitFailed  = 1  // a report or a delivery failed for good
	exitUsage   = 2  // wrong use
	exitWaiting = 75 // something will be tried again (EX_TEMPFAIL)
	exitConfig  = 78 // wrong configuration, or a secret that is missing (EX_CONFIG)
)

// An exit is an error that carries its exit code. Its text is empty when all was said before.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(format, args...)}
}

func configFault(err error) error { return &exit{exitConfig, err} }

// waiting is the exit where another try may go well, unless err says another.
func waiting(err error) error {
	if errors.As(err, new(*exit)) {
		return err
	}
	return &exit{exitWaiting, err}
}

// listenExit is the exit of a daemon that cannot listen. An address that somebody else has now may be free at the next
// start; the others are wrong.
func listenExit(err error) error {
	if errors.Is(err, daemon.ErrAddressInUse) {
		return &exit{exitWaiting, err}
	}
	return configFault(err)
}

// ledgerExit is the exit of a command that the ledger stopped. A ledger that no retry makes
// usable is a fault of the configuration.
func ledgerExit(err error, outcome builder.Outcome) error {
	var coded *exit
	var elsewhere *ownership.OwnedElsewhereError
	switch {
	case errors.As(err, &coded) && (coded.code == exitConfig || coded.code == exitUsage):
		return err
	case database.Unusable(err), errors.Is(err, planner.ErrForeignArchive), errors.As(err, &elsewhere), errors.As(err, new(*ownership.RenamedError)):
		return configFault(err)
	case outcome.Failed:
		return &exit{exitFailed, err}
	}
	return &exit{exitWaiting, err}
}
