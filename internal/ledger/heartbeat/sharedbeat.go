package heartbeat

import (
	"context"
	"database/sql"
	"time"
)

// A Shared database is one in which the processes of several machines say that they live.
type Shared struct {
	DB    *sql.DB
	As    func(query string) string // writes ? as the database does
	Clock string                    // milliseconds since 1970 by its clock, in SQL; its one argument counts for nothing
	Now   func() time.Time          // this machine's clock
}

// Say says that a process lives and how far its machine's clock is ahead, if the database knows it
// still, and gives the machines that said so within a time. It is not counted as a transaction of
// the ledger: it is no news to anybody.
func (s Shared) Say(ctx context.Context, process string, within time.Duration) (known bool, machines []string, err error) {
	ahead, err := s.ClockAhead(ctx)
	if err != nil {
		return false, nil, err
	}
	result, err := s.DB.ExecContext(ctx, s.As(`UPDATE process SET heartbeat_at = `+s.Clock+`, clock_ahead = ? WHERE id = ?`), 0, ahead.Milliseconds(), process)
	if err != nil {
		return false, nil, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, nil, err
	}
	rows, err := s.DB.QueryContext(ctx, s.As(`SELECT DISTINCT machine FROM process WHERE heartbeat_at > `+s.Clock+` - ? ORDER BY machine`), 0, within.Milliseconds())
	if err != nil {
		return true, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		machine := ""
		if err := rows.Scan(&machine); err != nil {
			return true, nil, err
		}
		machines = append(machines, machine)
	}
	return true, machines, rows.Err()
}

// ClockAhead is how far this machine's clock is ahead of the database's, give or take half a round
// trip.
func (s Shared) ClockAhead(ctx context.Context) (time.Duration, error) {
	one, err := s.DB.Conn(ctx) // first: others may have it for a while
	if err != nil {
		return 0, err
	}
	defer one.Close()
	before, theirs := s.Now(), int64(0)
	err = one.QueryRowContext(ctx, s.As(`SELECT `+s.Clock), 0).Scan(&theirs)
	return before.Add(s.Now().Sub(before) / 2).Sub(time.UnixMilli(theirs)), err
}
