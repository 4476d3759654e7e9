package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"rapport/internal/ledger/alarms"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/notifications"
)

// A Tx is one transaction of tables that others keep in the ledger's database: what they
// write in it goes down together with what the ledger writes for them, or not at all. An
// instant among the arguments, and a *time.Time among what is read, is kept as the ledger
// keeps its own.
type Tx struct{ database.Tx }

// Write runs do in one transaction, which is on disk when Write returns nil and has changed
// nothing when it returns an error.
func (l *Ledger) Write(ctx context.Context, do func(Tx) error) error {
	return l.db.Write(ctx, func(t database.Tx) error { return do(Tx{t}) })
}

// Read runs do in one transaction that sees one state and changes nothing. It may run do again.
func (l *Ledger) Read(ctx context.Context, do func(Tx) error) error {
	return l.db.Read(ctx, func(t database.Tx) error { return do(Tx{t}) })
}

// Machine is the id of this one, of a ledger that several share; "": it is alone.
func (l *Ledger) Machine() string { return l.db.Dialect.Machine }

// Host is this machine's name.
func (l *Ledger) Host() string { return l.options.Host }

// Lease is how long a process may be silent until it counts as dead.
func (l *Ledger) Lease() time.Duration { return l.process.Lease() }

// Presence is how the processes that share the ledger see each other.
func (l *Ledger) Presence() database.Presence { return l.db.Backend }

// PeriodsOf are the periods of some ids.
func (t Tx) PeriodsOf(ids []any) ([]Period, error) {
	return database.Collect(t.Tx, scanPeriod, selectPeriods+` WHERE p.id IN (?`+strings.Repeat(", ?", len(ids)-1)+`)`, ids...)
}

// RequireSum refuses the row of a file that is not what was written.
func (a Artifact) RequireSum(period, sum int64) error {
	return database.RequireSum("artifact", sum, a.summed(period)...)
}

// Plan writes down a period that is not known yet. One that is known stays as it is: found.
func (t Tx) Plan(r Planned) (p Period, found bool, err error) {
	if err = r.check(); err != nil {
		return p, false, fmt.Errorf("plan %s %s: %w", r.Report, r.Name, err)
	}
	p, isNew, err := plan(t.Tx, r, map[[2]string]bool{})
	if err != nil || isNew {
		return p, false, err
	}
	all, err := database.Collect(t.Tx, scanPeriod, selectPeriods+` WHERE p.account = ? AND p.report = ? AND p.from_at = ? AND p.to_at = ?`,
		r.Account, r.Report, database.Millis(r.From), database.Millis(r.To))
	if err == nil && len(all) == 0 {
		err = ErrNoPeriod
	}
	if err != nil {
		return p, false, err
	}
	return all[0], true, nil
}

// Reopen is a Planner's, in the caller's transaction.
func (t Tx) Reopen(id int64) error { return reopen(t.Tx, id) }

// EndReport cancels what is owed of a report and what waits of it, as far as nobody is at work
// on it. What is held waits for the operator.
func (t Tx) EndReport(account, report, note string, at time.Time) error {
	note = database.SanitizeText(note)
	_, err := t.Exec(`UPDATE period SET state = 'cancelled', next_try_at = 0, error = ?
		WHERE account = ? AND report = ? AND state = 'owed' AND claimed_by IS NULL`, note, account, report)
	if err != nil {
		return err
	}
	_, err = t.Exec(`UPDATE delivery SET state = 'cancelled', next_try_at = 0, finished_at = ?, answer = ?
		WHERE period_id IN (SELECT id FROM period WHERE account = ? AND report = ?) AND state IN ('queued', 'deferred', 'uncertain') AND claimed_by IS NULL`,
		database.Millis(at), note, account, report)
	return err
}

// Notify is the Notifications', in the caller's transaction.
func (t Tx) Notify(n notifications.Notification) error {
	return notifications.Notify(t.Tx, n)
}

// SkippedWhilePaused is the Error of a period that was due while its report was paused: it is
// not made unless somebody asks for it.
const SkippedWhilePaused = "was due while the report was paused, and is not made unless somebody asks for it"

// trueEnd is when a period ends. A correction is kept under an end of its own, by so many
// milliseconds later as it is the n-th: a period is known by its bounds.
func trueEnd(kept time.Time, edition int, remake RemakeReason) time.Time {
	if remake == Corrected {
		kept = kept.Add(-time.Duration(edition) * time.Millisecond)
	}
	return kept
}

// PeriodChecksum is that of a period's row.
func (t Tx) PeriodChecksum(p Period) int64 { return t.Checksum(p.summed()...) }

// Raise is the Alarms', in the caller's transaction.
func (t Tx) Raise(a Alarm) error {
	return alarms.Raise(t.Tx, a)
}

// Period gives a period by its id.
func (t Tx) Period(id int64) (Period, error) { return periodByID(t.Tx, id) }

// Periods gives the periods p of a clause that goes on behind FROM period p.
func (t Tx) Periods(clause string, args ...any) ([]Period, error) {
	return database.Collect(t.Tx, scanPeriod, selectPeriods+clause, args...)
}

// RequireSum refuses a row whose values are not those that its checksum is of, if it has one.
func RequireSum(table string, sum int64, values ...any) error {
	return database.RequireSum(table, sum, values...)
}
