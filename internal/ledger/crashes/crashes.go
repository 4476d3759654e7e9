// Package crashes leaves a period alone for a while over which one process after the other died.
// It refuses to do so after a few: those may be power cuts, or somebody's kill -9.
package crashes

import "time"

// A Tx is a transaction of the ledger.
type Tx interface {
	Exec(query string, args ...any) (int64, error)
	Each(scan func(columns func(dest ...any) error) error, query string, args ...any) error
}

const (
	// most is over how many processes a period may have died until it is left alone.
	most = 3
	long = 24 * time.Hour
)

// First is how long a period is left alone for the first time, doubling with each crash.
const First = time.Hour

// A Suspect is a period that was left alone.
type Suspect struct {
	Account, Report, Name string
	Crashes               int
	Until                 time.Time
}

// LeaveAlone leaves alone what a dead process was making, if others died over it before; for so
// long at first.
func LeaveAlone(t Tx, process string, first time.Duration) (suspects []Suspect, err error) {
	var ids []int64
	err = t.Each(func(columns func(dest ...any) error) error {
		var s Suspect
		var id int64
		err := columns(&id, &s.Until, &s.Account, &s.Report, &s.Name, &s.Crashes) // until: when it was claimed
		s.Until = s.Until.Add(min(first<<min(s.Crashes-most, 10), long)).UTC()
		suspects, ids = append(suspects, s), append(ids, id)
		return err
	}, `SELECT id, claimed_at, account, report, name, crashes FROM period WHERE claimed_by = ? AND crashes >= ? ORDER BY id`, process, most)
	for i, id := range ids {
		if err == nil {
			_, err = t.Exec(`UPDATE period SET suspect_until = ? WHERE id = ?`, suspects[i].Until, id)
		}
	}
	return suspects, err
}
