// Package ledger is a log of deliveries; no money is booked in it. It remembers what was
// promised and what happened, so that nothing is lost and nothing is sent twice unseen: each
// report's periods, the files that were frozen for them, one delivery per recipient, and the
// alarms of the operator.
//
// A period is the promise:
//
//	owed ──► made
//	 │ ├───► failed     cannot be made; Reopen makes it owed again
//	 │ ├───► archived   the archive held it already
//	 │ └───► cancelled  left the configuration; Reopen
//	 └ or planned as skipped (too old; Reopen) or archived
//
// A delivery is the message of one made period to one recipient:
//
//	queued ──► sending ──► sent
//	  ▲           ├──────► deferred ──► sending …
//	  │           ├──────► uncertain ─► sending …, or held
//	  │           └──────► refused, expired
//	  │ queued, deferred, uncertain ──► any of the final states, or deferred, without a
//	  │                                 message on its way
//	  │ held ────► queued (Release), closed (CloseDelivery)
//	  └ Resend: from every state but queued, deferred and sending
//	  cancelled: from queued, deferred, uncertain and held
//
// The ledger is the only queue: ClaimNextPeriods and ClaimNextDelivery hand out what is to be
// done next. Who works on a row has claimed it, and has a token of its own for that; every
// write under a claim fails with ErrLost when the claim is gone. A claim belongs to a process:
// when that is dead, Reap frees its claims, and what it was sending is uncertain.
//
// Each call is one transaction, on disk when the call returns; one that fails has changed
// nothing. Instants are kept in milliseconds and given back in UTC, the zero time for none.
//
// It knows no database (sqlite is one), and refuses to guess: a database that is damaged,
// foreign, or written by a newer version is left as it is, and nothing is sent.
package ledger

import (
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger/processes"
)

// ErrOver is wrapped when a row is in no state that can be claimed, or written under a
// claim, any more: it was made, sent, cancelled … in the meantime.
var ErrOver = errors.New("it is too late for that")

// ErrLost is wrapped when a claim that the caller thought its own is not.
var ErrLost = processes.ErrLost

// ErrNoDelivery is wrapped when no delivery has the id.
var ErrNoDelivery = errors.New("no such delivery")

// ErrNoPeriod is wrapped when no period has the id.
var ErrNoPeriod = errors.New("no such period")

// A LockedError says that a process, which may well live, is at work on it.
type LockedError struct {
	PID  int
	Host string
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("process %d on %s is at work on it", e.PID, e.Host)
}

// A StateError says that a row's state does not allow what was asked, and what it does.
type StateError struct {
	Asked    string   // "resend"
	Found    string   // the state
	Claimed  bool     // and that a process is at work on it
	Possible []string // what can be asked of a row in this state
}

func (e *StateError) Error() string {
	found := e.Found
	if e.Claimed {
		found += " and a process is at work on it"
	}
	text := fmt.Sprintf("%s: it is %s", e.Asked, found)
	if len(e.Possible) == 0 {
		return text
	}
	return fmt.Sprintf("%s; possible: %s", text, e.Possible)
}

// A Key names what is owed: the identity of a period, never given twice.
type Key struct {
	Account, Report string
	From, To        time.Time // half-open
}

// A Filter chooses rows; what is empty chooses all.
type Filter struct {
	Account, Report, Period, Recipient, State string
	Since, Until                              time.Time // rows due then or later, and before then
	Unmade                                    bool      // only periods that were not made, in whatever other state
	Limit, Offset                             int
}
