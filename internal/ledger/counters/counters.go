// Package counters reads the numbers of an account. It refuses to count what is purged from the
// rows: what only ever grows has rows of its own.
package counters

import "time"

// A Tx is a transaction of the ledger.
type Tx interface {
	Row(dest []any, query string, args ...any) error
	Each(scan func(columns func(dest ...any) error) error, query string, args ...any) error
}

// Stats are the numbers of one account.
type Stats[State ~string] struct {
	Owed                int
	Deliveries          map[State]int
	Attempts, Uncertain int64
	// LastSuccess, by report that is no part of another: when its newest delivered period was complete.
	LastSuccess map[string]time.Time
}

// Read gives an account's numbers. Attempts and Uncertain only ever grow.
func Read[State ~string](t Tx, account string) (s Stats[State], err error) {
	s = Stats[State]{Deliveries: map[State]int{}, LastSuccess: map[string]time.Time{}}
	if err := t.Row([]any{&s.Owed}, `SELECT count(*) FROM period WHERE account = ? AND state = 'owed'`, account); err != nil {
		return s, err
	}
	err = t.Each(func(columns func(dest ...any) error) error {
		var state State
		n := 0
		err := columns(&state, &n)
		s.Deliveries[state] = n
		return err
	}, `SELECT state, count(*) FROM delivery WHERE account = ? GROUP BY state`, account)
	if err != nil {
		return s, err
	}
	err = t.Each(func(columns func(dest ...any) error) error {
		var report string
		var at time.Time
		err := columns(&report, &at)
		s.LastSuccess[report] = at
		return err
	}, `SELECT report, at FROM last_success WHERE account = ?`, account)
	if err != nil {
		return s, err
	}
	return s, t.Row([]any{&s.Attempts, &s.Uncertain}, `SELECT CAST(coalesce(sum(attempts), 0) AS BIGINT), CAST(coalesce(sum(uncertain), 0) AS BIGINT)
		FROM delivery_counter WHERE account = ?`, account)
}
