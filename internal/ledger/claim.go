package ledger

import (
	"database/sql"
	"errors"
	"fmt"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/processes"
)

// A Claim is one take of one row.
type Claim = processes.Claim

// A table names the rows that are claimed, and the error for one that is not there.
type table struct {
	name string
	none error
}

func periodTable() table   { return table{"period", ErrNoPeriod} }
func deliveryTable() table { return table{"delivery", ErrNoDelivery} }

func (r table) selectClaim() string {
	return `SELECT state, claimed_by, claim FROM ` + r.name + ` WHERE id = ?`
}

// claimOf reads a row's state and who has claimed it, with which token; "" when it is free.
func (r table) claimOf(t database.Tx, id int64) (state, process, token string, err error) {
	var by, claim sql.NullString
	err = t.Row([]any{&state, &by, &claim}, r.selectClaim(), id)
	if errors.Is(err, sql.ErrNoRows) {
		err = r.none
	}
	return state, by.String, claim.String, err
}

// notClaimable says why a row could not be claimed.
func (r table) notClaimable(t database.Tx, id int64) error {
	state, process, _, err := r.claimOf(t, id)
	if err != nil {
		return err
	}
	if process != "" {
		return lockedBy(t, process)
	}
	return fmt.Errorf("it is %s: %w", state, ErrOver)
}

// lockedBy is the LockedError of a row that the process has claimed.
func lockedBy(t database.Tx, process string) error {
	var e LockedError
	if err := t.Row([]any{&e.PID, &e.Host}, `SELECT pid, host FROM process WHERE id = ?`, process); err != nil {
		return err
	}
	return &e
}

// requireClaim refuses a claim that is not the row's.
func (r table) requireClaim(t database.Tx, c Claim) (state string, err error) {
	state, _, token, err := r.claimOf(t, c.Row)
	if err == nil && (c.Token == "" || token != c.Token) {
		err = fmt.Errorf("it is %s: %w", state, ErrLost)
	}
	return state, err
}

// notWritable says why a write under a claim found no row.
func (r table) notWritable(t database.Tx, c Claim) error {
	state, err := r.requireClaim(t, c)
	if err != nil {
		return err
	}
	return fmt.Errorf("it is %s: %w", state, ErrOver)
}
