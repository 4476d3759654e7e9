package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Ready says which rows a caller can do something about.
type Ready struct {
	Account string
	Config  string // the path of the configuration whose reports the caller has
	Now     time.Time
	// MaxCrashes leaves periods alone over which so many processes died. 0: none.
	MaxCrashes int
	Reports    []string // ids, of which one must be the row's; none: any
	Periods    []string // names, of which one must be the row's; none: any
}

// farthestTry is further ahead than any next try is set: what is later was written by a clock
// that was wrong, and is ready.
const farthestTry = 2 * time.Hour

// What is ready has next_try_at 0, so that an index gives it in the order in which it is to be
// done. What waits for its time is made ready when that has come.
const (
	freePeriods    = ` FROM period p WHERE p.account = ? AND p.config = ? AND p.claimed_by IS NULL AND p.state = 'owed' AND p.crashes < ?`
	freeDeliveries = ` FROM delivery d WHERE d.account = ? AND d.config = ? AND d.claimed_by IS NULL AND d.state IN ('queued', 'deferred', 'uncertain')`
	// oneAtATime leaves out what waits for another period of its report, which is under way.
	oneAtATime = ` AND NOT EXISTS (SELECT 1 FROM period u WHERE u.account = p.account AND u.report = p.report AND u.claimed_by IS NOT NULL)`
)

// periods is the part of a query that chooses periods, ready or waiting for their time.
func (r Ready) periods() (clause string, args []any) {
	crashes := math.MaxInt32
	if r.MaxCrashes > 0 {
		crashes = r.MaxCrashes
	}
	chosen, more := r.chosen()
	return freePeriods + chosen, append([]any{r.Account, r.Config, crashes}, more...)
}

// deliveries is the part of a query that chooses deliveries, ready or waiting for their time.
func (r Ready) deliveries() (clause string, args []any) {
	clause, args = freeDeliveries, []any{r.Account, r.Config}
	if chosen, more := r.chosen(); chosen != "" {
		clause, args = clause+` AND EXISTS (SELECT 1 FROM period p WHERE p.id = d.period_id`+chosen+`)`, append(args, more...)
	}
	return clause, args
}

// chosen narrows a query to some reports and periods.
func (r Ready) chosen() (clause string, args []any) {
	in := func(column string, values []string) {
		if len(values) > 0 {
			clause += ` AND ` + column + ` IN (?` + strings.Repeat(`, ?`, len(values)-1) + `)`
		}
		for _, v := range values {
			args = append(args, v)
		}
	}
	in("p.report", r.Reports)
	in("p.name", r.Periods)
	return clause, args
}

const (
	periodsWhoseTimeHasCome    = ` AND p.next_try_at > 0 AND p.next_try_at <= ?`
	periodsOfAWrongClock       = ` AND p.next_try_at > 0 AND p.next_try_at > ?`
	deliveriesWhoseTimeHasCome = ` AND d.next_try_at > 0 AND d.next_try_at <= ?`
	deliveriesOfAWrongClock    = ` AND d.next_try_at > 0 AND d.next_try_at > ?`
)

func setPeriodsReady(clause string) string {
	return `UPDATE period SET next_try_at = 0 WHERE id IN (SELECT p.id` + clause + `)`
}

func setDeliveriesReady(clause string) string {
	return `UPDATE delivery SET next_try_at = 0 WHERE id IN (SELECT d.id` + clause + `)`
}

// makePeriodsReady makes periods ready whose time has come.
func (r Ready) makePeriodsReady(t tx) error {
	clause, args := r.periods()
	if _, err := t.exec(setPeriodsReady(clause+periodsWhoseTimeHasCome), append(args, millis(r.Now))...); err != nil {
		return err
	}
	_, err := t.exec(setPeriodsReady(clause+periodsOfAWrongClock), append(args, millis(r.Now.Add(farthestTry)))...)
	return err
}

// makeDeliveriesReady makes deliveries ready whose time has come.
func (r Ready) makeDeliveriesReady(t tx) error {
	clause, args := r.deliveries()
	if _, err := t.exec(setDeliveriesReady(clause+deliveriesWhoseTimeHasCome), append(args, millis(r.Now))...); err != nil {
		return err
	}
	_, err := t.exec(setDeliveriesReady(clause+deliveriesOfAWrongClock), append(args, millis(r.Now.Add(farthestTry)))...)
	return err
}

// TryNow makes ready whatever waits for its next try: somebody asked for it.
func (l Queue) TryNow(ctx context.Context, r Ready) error {
	periods, ofPeriods := r.periods()
	deliveries, ofDeliveries := r.deliveries()
	err := l.write(ctx, func(t tx) error {
		n, err := t.exec(setPeriodsReady(periods+` AND p.next_try_at > 0`), ofPeriods...)
		if err != nil {
			return err
		}
		m, err := t.exec(setDeliveriesReady(deliveries+` AND d.next_try_at > 0`), ofDeliveries...)
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
	periods, ofPeriods := r.periods()
	deliveries, ofDeliveries := r.deliveries()
	next := int64(-1)
	err = l.read(ctx, func(t tx) error {
		next = -1
		for _, q := range []struct {
			query string
			args  []any
			ready func(int64) bool
		}{
			{`SELECT p.due_at` + periods + ` AND p.next_try_at = 0` + oneAtATime + ` ORDER BY p.due_at, p.from_at, p.report, p.id LIMIT 1`, ofPeriods, r.isDue},
			{`SELECT p.next_try_at` + periods + ` AND p.next_try_at > 0` + oneAtATime + ` ORDER BY p.next_try_at LIMIT 1`, ofPeriods, r.isTime},
			{`SELECT p.next_try_at` + periods + ` AND p.next_try_at > 0` + oneAtATime + ` ORDER BY p.next_try_at DESC LIMIT 1`, ofPeriods, r.isTime},
			{`SELECT 0` + deliveries + ` AND d.next_try_at = 0 LIMIT 1`, ofDeliveries, r.isDue},
			{`SELECT d.next_try_at` + deliveries + ` AND d.next_try_at > 0 ORDER BY d.next_try_at LIMIT 1`, ofDeliveries, r.isTime},
			{`SELECT d.next_try_at` + deliveries + ` AND d.next_try_at > 0 ORDER BY d.next_try_at DESC LIMIT 1`, ofDeliveries, r.isTime},
		} {
			var found int64
			err := t.row([]any{&found}, q.query, q.args...)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			if q.ready(found) {
				found = 0
			}
			if next < 0 || found < next {
				next = found
			}
		}
		return nil
	})
	if err != nil || next < 0 {
		return at, false, err
	}
	err = instant{&at}.Scan(next)
	return at, err == nil, err
}

var errNothingReady = errors.New("nothing is ready")

// isDue tells whether a period's due time has come.
func (r Ready) isDue(at int64) bool { return at <= millis(r.Now) }

// isTime tells whether the next try's time has come, or is none that was ever set.
func (r Ready) isTime(at int64) bool {
	return at <= millis(r.Now) || at > millis(r.Now.Add(farthestTry))
}
