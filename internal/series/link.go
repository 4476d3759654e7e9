package series

import (
	"errors"
	"fmt"
	"path"
	"time"

	"rapport/internal/ledger/checksum"
)

// A Link is a report in its series.
type Link struct {
	Series   string // the id that the report has now
	Position int64  // in the series, from 1 on
	PeriodID int64  // of the ledger
	Edition  int    // of the period
	Dir      string // of its files in the archive, with slashes
	Facts
	Previous, Digest string
	State            State
}

// State says what is left of a report.
type State int

// The states, in the order in which they come.
const (
	Kept      State = iota
	Removing        // retention is about to remove its files
	Removed         // retention has removed its files and what the ledger knew of them
	Forgotten       // and its period
)

// Period is the name of the report's period: that of its directory.
func (l Link) Period() string { return path.Base(l.Dir) }

// errChanged is wrapped when a row is not what was written.
var errChanged = errors.New("is not what was written")

// Verify refuses a link that is not what was written, or whose digest is not that of its facts.
func (l Link) verify(files string, sum int64) error {
	switch {
	case sum != l.checksum(files):
		return fmt.Errorf("the ledger's row of the digest %w", errChanged)
	case l.Facts.Digest(l.Previous) != l.Digest:
		return fmt.Errorf("the digest is not that of what the ledger says of the report: it %w", errChanged)
	}
	return nil
}

func (l Link) checksum(files string) int64 {
	return checksum.Of(l.Account, l.Series, l.Position, l.PeriodID, int64(l.Edition), l.Report, l.Number, millis(l.From), millis(l.To),
		l.Dir, files, l.Previous, l.Digest, l.Reconstructed, int64(l.State))
}

// A Head is both ends of a series: what retention took from its beginning, and the newest.
type Head struct {
	Account, Series string
	Taken           int64  // how many links retention has taken
	TakenDigest     string // of the last of them, "" for none
	Last            int64  // position of the newest
	LastDigest      string
}

func (h Head) checksum() int64 {
	return checksum.Of(h.Account, h.Series, h.Taken, h.TakenDigest, h.Last, h.LastDigest)
}

// millis is how the ledger keeps an instant.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
