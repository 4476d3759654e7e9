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
func (r table) claimOf(t tx, id int64) (state, owner string, err error) {
	var by sql.NullString
	err = t.row([]any{&state, &by}, `SELECT state, claimed_by FROM `+r.name+` WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = r.none
	}
	return state, by.String, err
}

// notClaimable says why a row could not be claimed.
func (r table) notClaimable(t tx, id int64) error {
	state, owner, err := r.claimOf(t, id)
	if err != nil {
		return err
	}
	if owner != "" {
		return heldBy(t, owner)
	}
	return fmt.Errorf("it is %s: %w", state, ErrOver)
}

// notWritable says why a write under the owner's claim found no row.
func (r table) notWritable(t tx, id int64, owner string) error {
	state, by, err := r.claimOf(t, id)
	if err != nil {
		return err
	}
	if owner == "" || by != owner {
		return fmt.Errorf("it is %s: %w", state, ErrLost)
	}
	return fmt.Errorf("it is %s: %w", state, ErrOver)
}

// one turns the count of changed rows into an error when it is none.
func one(n int64, err error, why func() error) error {
	if err == nil && n == 0 {
		return why()
	}
	return err
}
