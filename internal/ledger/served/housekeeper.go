package served

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Housekeeper keeps the tables of a configuration's account no longer than they are to be
// kept, if it is its process's duty.
type Housekeeper struct {
	Tables  Tables
	Account string
	Config  string      // the path of the configuration
	Holder  string      // names the process
	Fault   func(error) // takes what keeps it from taking its duty
}

const (
	housekeepingLife = 2 * time.Minute // of the duty
	hooksKept        = 7 * 24 * time.Hour
)

// KeepsHouse tells whether it is this process that keeps house for the configuration now.
func (k Housekeeper) KeepsHouse(ctx context.Context, now time.Time) bool {
	mine, err := k.Tables.TakeDuty(ctx, k.Account, "housekeeping "+k.Config, k.Holder, now, now.Add(housekeepingLife))
	if err != nil {
		k.Fault(fmt.Errorf("housekeeping of %s: %w", k.Config, err))
	}
	return mine
}

// Prune forgets what was done, deleted and told before an instant, and the sessions that are
// over. What hooks were told is kept for a week: what is forgotten sooner would be told again.
func (k Housekeeper) Prune(ctx context.Context, before, now time.Time) error {
	told := before
	if week := now.Add(-hooksKept); told.After(week) {
		told = week
	}
	return errors.Join(
		k.Tables.PurgeActs(ctx, k.Account, before),
		k.Tables.PurgeReports(ctx, k.Account, before),
		k.Tables.PurgeHookDeliveries(ctx, k.Account, told),
		k.Tables.PurgeSessions(ctx, now.Add(-SessionLife), now.Add(-IdleLife), now),
	)
}
