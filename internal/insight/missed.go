package insight

import (
	"errors"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// skipMissed writes down what fell due while a report was paused: it goes on from now.
func (q *request) skipMissed(tx ledger.Tx, r *reportconfig.Report) error {
	a, now := q.account, q.server.Now()
	through := time.Time{}
	err := tx.Each(func(columns func(dest ...any) error) error {
		at := time.Time{}
		err := columns(&at)
		if at.After(through) {
			through = at
		}
		return err
	}, `SELECT to_at FROM planned_through WHERE account = ? AND report = ?`, a.Config.Account, r.ID)
	if err != nil || through.IsZero() {
		return err
	}
	timing := r.Timing()
	first, err := timing.Containing(now.Add(-a.Config.Catchup), a.Config.Location), error(nil)
	if !through.Before(first.From) {
		first, err = q.following(tx, r, through)
	}
	if err != nil {
		return err
	}
	for p := first; !timing.Due(p).After(now); p = p.Next() {
		_, _, err := tx.Plan(ledger.Planned{
			Key:  ledger.Key{Account: a.Config.Account, Report: r.ID, From: p.From, To: p.To},
			Name: p.String(), Schedule: string(r.Schedule), Config: a.Path, Due: timing.Due(p), State: ledger.Skipped, Note: ledger.SkippedWhilePaused,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// following is the period of a report that goes on where the last one ended, by whatever zone that was.
func (q *request) following(tx ledger.Tx, r *reportconfig.Report, end time.Time) (calendar.Period, error) {
	var fault error
	taken := func(name string) bool {
		n := 0
		err := tx.Row([]any{&n}, `SELECT count(*) FROM period WHERE account = ? AND report = ? AND name = ?`, q.account.Config.Account, r.ID, name)
		fault = errors.Join(fault, err)
		return n > 0
	}
	return r.Timing().Following(end, taken, q.account.Config.Location), fault
}
