package ledger

import (
	"database/sql"
	"errors"
	"fmt"
)

// A table names the rows that are claimed, and the error for one that is not there.
type table struct {
	name string
	none error
}

func periodTable() table   { return table{"period", ErrNoPeriod} }
func deliveryTable() table { return table{"delivery", ErrNoDelivery} }

// claimOf reads a row's state and who has claimed it, "" when it is free.
func (r table) claimOf(t tx, id int64) (state, process string, err error) {
	var by sql.NullString
	err = t.row([]any{&state, &by}, `SELECT state, claimed_by FROM `+r.name+` WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = r.none
	}
	return state, by.String, err
}

// notClaimable says why a row could not be claimed.
func (r table) notClaimable(t tx, id int64) error {
	state, process, err := r.claimOf(t, id)
	if err != nil {
		return err
	}
	if process != "" {
		return heldBy(t, process)
	}
	return fmt.Errorf("it is %s: %w", state, ErrOver)
}

// notWritable says why a write under the process's claim found no row.
func (r table) notWritable(t tx, id int64, process string) error {
	state, by, err := r.claimOf(t, id)
	if err != nil {
		return err
	}
	if process == "" || by != process {
		return fmt.Errorf("it is %s: %w", state, ErrLost)
	}
	return fmt.Errorf("it is %s: %w", state, ErrOver)
}

// one turns the count of changed rows into an error when it is none.
func requireRow(n int64, err error, why func() error) error {
	if err == nil && n == 0 {
		return why()
	}
	return err
}
