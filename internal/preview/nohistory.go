package preview

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"rapport/internal/archive"
	"rapport/internal/calendar"
	"rapport/internal/ledger"
)

// NoHistory is the History of a trial where no ledger is yet: nothing was made before, and
// numbers go on behind what the archive holds, as those of a new ledger do.
type NoHistory struct {
	Archive  string
	Location *time.Location
}

// Period finds none.
func (NoHistory) Period(context.Context, ledger.Key) (p ledger.Period, found bool, err error) {
	return p, false, nil
}

// Totals are none.
func (NoHistory) Totals(context.Context, int64) ([]ledger.Total, error) { return nil, nil }

// NextNumber is one more than the archive holds of a report from before a period.
func (u NoHistory) NextNumber(_ context.Context, key ledger.Key) (int, error) {
	dir := filepath.Join(u.Archive, key.Report)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	number := 1
	for _, e := range entries {
		if p, err := calendar.ParsePeriod(e.Name(), u.Location); err != nil || !p.From.Before(key.From) {
			continue
		}
		held, err := archive.Holds(filepath.Join(dir, e.Name()), e.Name())
		if err != nil {
			return 0, err
		}
		if held {
			number++
		}
	}
	return number, nil
}
