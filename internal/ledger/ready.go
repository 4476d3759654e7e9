package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"rapport/internal/ledger/database"
)

// Ready says which rows a caller can do something about.
type Ready struct {
	Account string
	Config  string // the path of the configuration whose reports the caller has
	Now     time.Time
	// MaxCrashes leaves periods alone over which so many processes died. 0: none.
	MaxCrashes int
	Reports    []string // ids, of which one must be the row's, or that of which it is a part; none: any
	Periods    []string // names, of which one must be the row's; none: any
	Except     []string // ids of reports that are left to others
	Patient    bool     // leave for a while what another machine comes first for: somebody asks again soon

	machine time.Time // now by the machine's own clock, whatever Now is
}

// farthestTry is further ahead than any next try is set: what is later was written by a clock
// that was wrong, and is ready.
const farthestTry = 2 * time.Hour

// What is ready has next_try_at 0, so that an index gives it in the order in which it is to be
// done. What waits for its time is made ready when that has come.
const (
	freePeriods    = ` FROM period x WHERE x.account = ? AND x.config = ? AND x.claimed_by IS NULL AND x.state = 'owed' AND x.crashes < ? AND x.suspect_until <= ?`
	freeDeliveries = ` FROM delivery x WHERE x.account = ? AND x.config = ? AND x.claimed_by IS NULL AND x.state IN ('queued', 'deferred', 'uncertain')`
	// oneAtATime leaves out what waits for another period of its report, which is under way.
	oneAtATime = ` AND NOT EXISTS (SELECT 1 FROM period u WHERE u.account = x.account AND u.report = x.report AND u.claimed_by IS NOT NULL)`

	isReady    = ` AND x.next_try_at = 0`
	isWaiting  = ` AND x.next_try_at > 0`
	isTime     = isWaiting + ` AND x.next_try_at <= ?`
	wrongClock = isWaiting + ` AND x.next_try_at > ?`
)

// A selection is what a caller can choose from: the part of a query from FROM on.
type selection struct {
	table, clause string
	args          []any
}

func (r Ready) periods() selection {
	crashes := math.MaxInt32
	if r.MaxCrashes > 0 {
		crashes = r.MaxCrashes
	}
	chosen, more := r.chosen("x")
	return selection{"period", freePeriods + chosen, append([]any{r.Account, r.Config, crashes, database.Millis(r.machine)}, more...)}
}

func (r Ready) deliveries() selection {
	s := selection{"delivery", freeDeliveries, []any{r.Account, r.Config}}
	if chosen, more := r.chosen("p"); chosen != "" {
		s.clause, s.args = s.clause+` AND EXISTS (SELECT 1 FROM period p WHERE p.id = x.period_id`+chosen+`)`, append(s.args, more...)
	}
	return s
}

// chosen narrows a query to some reports and periods of the table of periods.
func (r Ready) chosen(table string) (clause string, args []any) {
	in := func(column, is string, values []string) {
		if len(values) > 0 {
			clause += ` AND ` + table + column + is + `(?` + strings.Repeat(`, ?`, len(values)-1) + `)`
		}
		for _, v := range values {
			args = append(args, v)
		}
	}
	of := func(is string, values []string) { // its parts too
		if len(values) == 0 {
			return
		}
		clause += ` AND ` + is + ` (` + table + `.report IN (?` + strings.Repeat(`, ?`, len(values)-1) + `)` + strings.Repeat(` OR `+table+`.report >= ? AND `+table+`.report < ?`, len(values)) + `)`
		for _, v := range values {
			args = append(args, v)
		}
		for _, v := range values {
			args = append(args, v+".", v+"/") // the sign after the dot
		}
	}
	of(``, r.Reports)
	in(".name", ` IN `, r.Periods)
	of(`NOT`, r.Except)
	return clause, args
}

func setReady(table, clause string) string {
	return `UPDATE ` + table + ` SET next_try_at = 0 WHERE id IN (SELECT x.id` + clause + `)`
}

// setReady makes those ready for which a condition holds, and gives their number.
func (s selection) setReady(t database.Tx, condition string, args ...any) (int64, error) {
	return t.Exec(setReady(s.table, s.clause+condition), slices.Concat(s.args, args)...)
}

// letTimePass makes those ready whose time has come.
func (s selection) letTimePass(t database.Tx, now time.Time) error {
	if _, err := s.setReady(t, isTime, database.Millis(now)); err != nil {
		return err
	}
	_, err := s.setReady(t, wrongClock, database.Millis(now.Add(farthestTry)))
	return err
}

var errNothingReady = errors.New("nothing is ready")

// TryNow makes ready whatever waits for its next try: somebody asked for it.
func (l Queue) TryNow(ctx context.Context, r Ready) error {
	r.machine = l.options.Now()
	err := l.db.Write(ctx, func(t database.Tx) error {
		n, err := r.periods().setReady(t, isWaiting)
		if err != nil {
			return err
		}
		m, err := r.deliveries().setReady(t, isWaiting)
		if err == nil && n+m == 0 {
			err = errNothingReady // and nothing is to be written down
		}
		return err
	})
	if err != nil && !errors.Is(err, errNothingReady) {
		return fmt.Errorf("try now: %w", err)
	}
	return nil
}

// NextTry gives the earliest instant at which something that is free waits to be done: the
// zero time when something is ready at r.Now. Without any, ok is false.
func (l Queue) NextTry(ctx context.Context, r Ready) (at time.Time, ok bool, err error) {
	r.machine = l.options.Now()
	periods := r.periods()
	periods.clause += oneAtATime
	err = l.db.Read(ctx, func(t database.Tx) error {
		if at, ok, err = r.nextSuspect(t); err != nil {
			return err
		}
		for _, s := range []selection{periods, r.deliveries()} {
			for _, q := range []struct {
				query string
				more  []any
			}{
				{`SELECT x.due_at` + s.clause + isReady + ` ORDER BY x.due_at LIMIT 1`, nil},
				{`SELECT x.next_try_at` + s.clause + isWaiting + ` ORDER BY x.next_try_at LIMIT 1`, nil},
				{`SELECT 0` + s.clause + wrongClock + ` LIMIT 1`, []any{database.Millis(r.Now.Add(farthestTry))}},
			} {
				var found time.Time
				err := t.Row([]any{&found}, q.query, slices.Concat(s.args, q.more)...)
				if errors.Is(err, sql.ErrNoRows) {
					continue
				}
				if err != nil {
					return err
				}
				if !found.After(r.Now) {
					found = time.Time{}
				}
				if !ok || found.Before(at) {
					at, ok = found, true
				}
			}
		}
		return nil
	})
	return at, ok && err == nil, err
}

// nextSuspect is when the first period may be tried again over which processes died.
func (r Ready) nextSuspect(t database.Tx) (at time.Time, ok bool, err error) {
	err = t.Row([]any{&at}, `SELECT suspect_until FROM period WHERE account = ? AND config = ? AND claimed_by IS NULL AND state = 'owed'
		AND suspect_until > ? ORDER BY suspect_until LIMIT 1`, r.Account, r.Config, database.Millis(r.machine))
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return at, err == nil, err
}
