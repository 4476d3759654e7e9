package insight

import (
	"errors"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// Missed are the periods of a report that fell due while it was paused, the oldest first.
func Missed(tx ledger.Tx, config *reportconfig.Config, r *reportconfig.Report, now time.Time) (all []calendar.Period, err error) {
	through := time.Time{}
	err = tx.Each(func(columns func(dest ...any) error) error {
		at := time.Time{}
		err := columns(&at)
		if at.After(through) {
			through = at
		}
		return err
	}, `SELECT to_at FROM planned_through WHERE account = ? AND report = ?`, config.Account, r.ID)
	if err != nil || through.IsZero() {
		return nil, err
	}
	timing := r.Timing()
	first := timing.Containing(now.Add(-config.Catchup), config.Location)
	if !through.Before(first.From) {
		first, err = following(tx, config, r, through)
	}
	for p := first; err == nil && !timing.Due(p).After(now); p = p.Next() {
		all = append(all, p)
	}
	return all, err
}

// skipMissed writes down what fell due while a report was paused: it goes on from now.
func (q *request) skipMissed(tx ledger.Tx, r *reportconfig.Report) error {
	a := q.account
	missed, err := Missed(tx, a.Config, r, q.server.Now())
	for _, p := range missed {
		if err != nil {
			break
		}
		_, _, err = tx.Plan(ledger.Planned{
			Key:  ledger.Key{Account: a.Config.Account, Report: r.ID, From: p.From, To: p.To},
			Name: p.String(), Schedule: string(r.Schedule), Config: a.Path, Due: r.Timing().Due(p), State: ledger.Skipped, Note: ledger.SkippedWhilePaused,
		})
	}
	return err
}

// following is the period of a report that goes on where the last one ended, by whatever zone that was.
func following(tx ledger.Tx, config *reportconfig.Config, r *reportconfig.Report, end time.Time) (calendar.Period, error) {
	var fault error
	taken := func(name string) bool {
		n := 0
		err := tx.Row([]any{&n}, `SELECT count(*) FROM period WHERE account = ? AND report = ? AND name = ?`, config.Account, r.ID, name)
		fault = errors.Join(fault, err)
		return n > 0
	}
	return r.Timing().Following(end, taken, config.Location), fault
}
