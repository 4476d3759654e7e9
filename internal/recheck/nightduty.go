package recheck

import (
	"context"
	"time"

	"rapport/internal/ledger/served"
)

// A nightDuty is that of reading the closed periods of an account again: of the daemons that
// share a ledger one has it, as they would all read the same. Who asks for all of it at once does
// not wait for a daemon.
type nightDuty struct {
	tables  served.Tables
	account string
	holder  string // names the daemon
}

const (
	dutyName    = "closed periods"
	otherRounds = 10 * time.Minute // until a daemon asks again whether another one is through
)

// take tells whether it is ours, until an instant if we die.
func (d nightDuty) take(ctx context.Context, now, until time.Time, all bool) (mine bool, err error) {
	if all {
		return true, nil
	}
	return d.tables.TakeDuty(ctx, d.account, dutyName, d.holder, now, until)
}

func (d nightDuty) drop(ctx context.Context, all bool) error {
	if all {
		return nil
	}
	return d.tables.DropDuty(context.WithoutCancel(ctx), d.account, dutyName, d.holder)
}
