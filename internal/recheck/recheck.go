// Package recheck reads closed periods again: it finds those that are due for it, holds what the
// source says now against what their reports said, and has corrections made, or tells the
// operator. What it finds is written down before anybody hears of it. It keeps to a budget a
// night, and believes no difference that it has not read twice.
package recheck

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/correction"
	"rapport/internal/ledger"
	"rapport/internal/ledger/corrected"
	"rapport/internal/ledger/served"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// Config is whose closed periods are read again, and with what.
type Config struct {
	Account statement.Account
	Archive archive.Archive
	Catchup time.Duration
	Eager   bool // what was checked this night already too: somebody asked, with a time of his own
	Builder *builder.Builder
	Ledger  *ledger.Ledger
	Log     *slog.Logger
	Job     func(ledger.Period) (report.Job, bool) // as the configuration makes it
	Things  int64                                  // that are read in a night of a source at the other end of a network; 0: as many as there are
	Time    time.Duration                          // that one round may take; 0: half an hour
}

// A Checker reads the closed periods of a configuration again.
type Checker struct {
	Config
	tables   corrected.Tables
	duty     nightDuty
	suspects atomic.Bool // something was seen since the last round
	next     atomic.Int64
}

// New makes a checker that has read nothing yet.
func New(c Config) *Checker {
	c.Time = cmp.Or(c.Time, 30*time.Minute)
	return &Checker{Config: c, tables: corrected.Of(c.Ledger), duty: nightDuty{served.Of(c.Ledger), c.Account.ID, rand.Text()}}
}

// ErrOff says that recipients get no corrections of a report any more.
var ErrOff = errors.New("recipients of the report get no corrections")

// Basis is what a correction that is to be made is held against.
func (c *Checker) Basis(ctx context.Context, p ledger.Period, entry *reportconfig.Report) (*correction.Basis, error) {
	if entry.Corrections != reportconfig.CorrectRecipients {
		return nil, ErrOff
	}
	closed, first, err := c.tables.First(ctx, p)
	if err != nil {
		return nil, err
	}
	return c.basis(ctx, closed, first, entry, true)
}

// basis is what a made period is held against: all that is known of it, or what recipients were sent.
func (c *Checker) basis(ctx context.Context, closed corrected.Closed, p ledger.Period, entry *reportconfig.Report, sent bool) (*correction.Basis, error) {
	if closed.FilterHash != report.FilterHash(entry.Data) {
		return nil, errOtherFilters
	}
	j, ok := c.Job(p)
	if !ok {
		return nil, errOtherFilters
	}
	kind, err := report.Define(entry, j.Period, nil)
	if err != nil {
		return nil, err
	}
	open, err := c.rows(ctx, p)
	if err != nil {
		return nil, err
	}
	totals, err := c.Ledger.Totals(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	before, err := c.tables.Corrections(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	return correction.NewBasis(p, closed.Zone, totals, before, sent, kind.Layout(), open)
}

var errOtherFilters = errors.New("the report was cut to something else when it was made")

// rows opens the CSV of a report: the file in the archive, which must be the one that was made,
// or what is kept in the ledger.
func (c *Checker) rows(ctx context.Context, p ledger.Period) (open func() (io.ReadCloser, error), err error) {
	kept, found, err := c.tables.Rows(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if found {
		return func() (io.ReadCloser, error) { return correction.Unpacked(kept) }, nil
	}
	files, err := c.Ledger.Artifacts(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.ContentType != string(reportconfig.CSV) {
			continue
		}
		path, err := c.Archive.FetchVerified(ctx, filepath.ToSlash(f.Path), f.SHA256)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) || errors.Is(err, archive.ErrChanged) {
				err = fmt.Errorf("%w: %w", correction.ErrGone, err)
			}
			return nil, err
		}
		return func() (io.ReadCloser, error) { return os.Open(path) }, nil
	}
	return nil, correction.ErrGone
}

// Also is what the ledger takes along with a period that was made: that it can be read again, or
// what a correction has changed. basis is that of a correction; nil: it is none.
func (c *Checker) Also(r builder.Result, p ledger.Period, basis *correction.Basis) func(ledger.Tx, int64) error {
	if basis != nil {
		change := corrected.Correction{
			Position: len(basis.Before) + 1, Number: p.Edition, FoundAt: r.Now, Added: r.Difference.Added, Removed: r.Difference.Removed,
			Back: r.Difference.Back, State: r.Difference.State, Changes: r.Difference.Changes, Totals: totalsOf(r),
		}
		return func(t ledger.Tx, _ int64) error { return corrected.Record(t, basis.Made.ID, change) }
	}
	if r.Report.Corrections == reportconfig.CorrectionsOff || r.Report.Corrections == "" {
		return nil
	}
	closed := corrected.Closed{Account: c.Account.ID, FilterHash: report.FilterHash(r.Report.Data), Zone: r.Zone, CheckedAt: r.Now, Form: r.Form, RowSum: r.RowSum}
	kept, part := r.KeptRows, r.Report.Part // what is held is no more: of a split report there are thousands
	return func(t ledger.Tx, id int64) (err error) {
		closed.PeriodID = id
		if part != nil && p.ID == 0 { // it is made with the whole
			closed.Whole = p.Claim.Row
			return corrected.KeepFirst(t, closed, kept)
		}
		if part != nil {
			closed.Whole, err = corrected.WholeOf(t, p, part.Of)
		}
		if err == nil {
			err = corrected.Keep(t, closed, kept)
		}
		return err
	}
}

func totalsOf(r builder.Result) (all []ledger.Total) {
	for _, t := range r.Totals {
		all = append(all, ledger.Total(t))
	}
	return all
}

// Unchanged ends a correction for which nothing has changed after all.
func (c *Checker) Unchanged(ctx context.Context, basis *correction.Basis, at time.Time) error {
	return c.tables.Checked(ctx, at, basis.Made.ID)
}

// nightStarts is when closed periods are read again: late enough for the day before to be
// complete, and early enough for what changed to be told in the morning.
const nightStarts = 3

// night is when the night began that an instant belongs to.
func (c *Checker) night(now time.Time) time.Time {
	local := now.In(c.Account.Location)
	begins := time.Date(local.Year(), local.Month(), local.Day(), nightStarts, 0, 0, 0, c.Account.Location)
	if begins.After(now) {
		begins = time.Date(local.Year(), local.Month(), local.Day()-1, nightStarts, 0, 0, 0, c.Account.Location)
	}
	return begins
}

// Next is when a daemon has closed periods to read again.
func (c *Checker) Next(now time.Time) time.Time {
	if c.suspects.Load() {
		return now
	}
	if next := time.UnixMilli(c.next.Load()); next.After(now) && next.Before(now.Add(48*time.Hour)) {
		return next
	}
	return now
}

// rest leaves the closed periods alone until the next night.
func (c *Checker) rest(now time.Time) {
	local := c.night(now).In(c.Account.Location)
	c.next.Store(time.Date(local.Year(), local.Month(), local.Day()+1, nightStarts, 0, 0, 0, c.Account.Location).UnixMilli())
}

// ClosedPeriods is what those who see late events know and tell of them.
type ClosedPeriods struct {
	corrected.Tables
	checker *Checker
}

// Closed is that of the checker's ledger.
func (c *Checker) Closed() ClosedPeriods { return ClosedPeriods{c.tables, c} }

// NoteSeen is the Tables', and the checker knows of it.
func (p ClosedPeriods) NoteSeen(ctx context.Context, periodID int64, fingerprints []byte, check bool) (checkable bool, err error) {
	checkable, err = p.Tables.NoteSeen(ctx, periodID, fingerprints, check)
	if err == nil && checkable {
		p.checker.suspects.Store(true)
	}
	return checkable, err
}

// History is what was made before, as it was corrected since.
type History struct{ *ledger.Ledger }

// CorrectedTotals gives the totals that the last change of a period has left, found or made.
func (h History) CorrectedTotals(ctx context.Context, periodID int64) (totals []ledger.Total, found bool, err error) {
	all, err := corrected.Of(h.Ledger).Corrections(ctx, periodID)
	if err != nil || len(all) == 0 {
		return nil, false, err
	}
	return all[len(all)-1].Totals, true, nil
}
