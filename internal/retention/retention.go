// Package retention sweeps up what a crash left behind of periods that are decided, and removes what is
// older than retention. It refuses to remove by a clock that the source does not bear out, and forgets
// that a period was made only long after it could be made again.
package retention

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"time"

	"rapport/internal/archive"
	"rapport/internal/durable"
	"rapport/internal/frozenmail"
	"rapport/internal/ledger"
	"rapport/internal/reportset"
	"rapport/internal/sourceclock"
)

// A Keeper keeps one configuration's archive, and its account's rows.
type Keeper struct {
	Account     string // its id
	Path        string // of the configuration, as the ledger names it
	Archive     archive.Archive
	Ledger      *ledger.Ledger
	Messages    *frozenmail.Messages
	Source      *sourceclock.Clock
	Owner       reportset.Owner
	Retention   time.Duration // zero: nothing is removed
	Catchup     time.Duration
	Clock       func() time.Time
	Log         *slog.Logger
	Known       func(report string) bool                               // whether the configuration has it
	PruneOthers func(ctx context.Context, before, now time.Time) error // what others have in the ledger; nil: nothing
}

// keyMargin is how much longer than catchup the ledger remembers that a period was made.
const keyMargin = 90 * 24 * time.Hour

// Sweep removes what a crash left in .made of periods that are decided: a process
// that dies right after it wrote a verdict down does not live to remove the message.
func (k *Keeper) Sweep(ctx context.Context) error {
	rows, err := k.Ledger.PeriodsToSweep(ctx, k.Account, k.Path)
	if err != nil {
		return err
	}
	attempts := map[string][]string{} // at a period: a report and its corrections lie in one place
	for _, row := range rows {
		attempts[placeOf(row)] = append(attempts[placeOf(row)], row.Attempt)
	}
	var swept []int64
	var errs []error // of one period, which keeps no other from being swept
	for _, row := range rows {
		again, err := k.sweepPeriod(ctx, row, attempts[placeOf(row)])
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", row.Report, row.Name, err))
		}
		if err == nil && !again {
			swept = append(swept, row.ID)
		}
	}
	return errors.Join(append(errs, k.Ledger.MarkSwept(ctx, swept))...)
}

func placeOf(row ledger.Period) string {
	return archive.PeriodKey(cmp.Or(row.ArchivedUnder, row.Report), row.Name)
}

// sweepPeriod also tells whether something is to be swept later. Attempts are all at its place that
// may not be published yet.
func (k *Keeper) sweepPeriod(ctx context.Context, row ledger.Period, attempts []string) (again bool, err error) {
	key := placeOf(row)
	outgoing := k.Archive.OutgoingDirs(key, row.Edition)
	if len(outgoing) == 0 && k.Archive.Objects == nil {
		return false, durable.RemoveEmpty(k.Archive.Path(path.Join(key, archive.MadeDir)))
	}
	deliveries, err := k.Ledger.Deliveries(ctx, ledger.Filter{Account: k.Account, Report: row.Report, Period: row.Name})
	if err != nil {
		return true, err
	}
	over, needed := row.Attempt, []string(nil)
	for _, delivery := range deliveries {
		if !delivery.FinishedAt.IsZero() {
			k.Messages.Discard(delivery)
			continue
		}
		over, needed = "", append(needed, archive.AttemptOf(delivery.File))
	}
	needed = append(needed, attempts...)
	if over != "" { // who made it may have died before
		needed = slices.DeleteFunc(needed, func(attempt string) bool { return attempt == over })
		_, err = k.Archive.Publish(ctx, key, archive.Outgoing(row.Attempt, row.Edition))
	}
	for _, dir := range outgoing {
		err = errors.Join(err, archive.RemoveOutgoing(dir))
	}
	if err == nil {
		again, err = k.Archive.Sweep(ctx, key, over, needed, k.Clock())
	}
	if err == nil && over != "" && !again { // a young attempt may be somebody's
		err = k.Archive.Forget(key)
	}
	return again, err
}

// Prune removes what is older than retention, by a clock that the source bears out, which is asked if there is
// something to prune.
func (k *Keeper) Prune(ctx context.Context, now time.Time) error {
	if err := k.Ledger.PurgeNotified(ctx, k.Account, ledger.AlarmChanged, now); err != nil { // it never gets well
		return err
	}
	if _, known := k.Source.Time(); !known {
		rows, err := k.Ledger.Prunable(ctx, k.Account, now.Add(-k.Retention))
		if err != nil || len(rows) == 0 {
			return err
		}
	}
	now, err := k.Source.Witnessed(ctx, now)
	if err != nil {
		k.Log.Warn("nothing is pruned", "account", k.Account, "error", err)
		return nil
	}
	return k.prune(ctx, now)
}

// prune removes the files and details of periods older than retention. That they were
// made is remembered for longer than anything is ever made again.
func (k *Keeper) prune(ctx context.Context, now time.Time) error {
	if k.Retention <= 0 {
		return nil
	}
	rows, err := k.Ledger.Prunable(ctx, k.Account, now.Add(-k.Retention))
	if err != nil {
		return err
	}
	var errs []error // of one report, which keeps no other from being pruned
	for _, row := range oldestDay(rows) {
		if !k.Known(row.Report) && !k.Owner.Orphan(row.Config, row.Report) {
			continue // another configuration's, with an archive of its own
		}
		if err := k.Ledger.BeginRemoval(ctx, row.ID); err != nil {
			return err
		}
		if err := k.pruneFiles(ctx, row); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", row.Report, row.Name, err))
			continue
		}
		if err := k.Ledger.PurgeDetails(ctx, row.ID); err != nil {
			return err
		}
	}
	if err := k.Ledger.PurgeRemembered(ctx, k.Account, now.Add(-k.Retention)); err != nil {
		return err
	}
	if k.PruneOthers != nil {
		errs = append(errs, k.PruneOthers(ctx, now.Add(-k.Retention), now))
	}
	_, err = k.Ledger.PurgeKeys(ctx, k.Account, now.Add(-max(k.Retention, k.Catchup+keyMargin)))
	return errors.Join(append(errs, err)...)
}

// oldestDay are the periods that ended within a day of the one that ended first: a clock
// that is wrong must not delete years at once.
func oldestDay(rows []ledger.Period) (oldest []ledger.Period) {
	if len(rows) == 0 {
		return nil
	}
	first := slices.MinFunc(rows, func(a, b ledger.Period) int { return a.To.Compare(b.To) }).To
	for _, row := range rows {
		if row.To.Sub(first) < 24*time.Hour {
			oldest = append(oldest, row)
		}
	}
	return oldest
}

// pruneFiles removes the files that the ledger knows of, and the directory if nothing
// else is in it.
func (k *Keeper) pruneFiles(ctx context.Context, row ledger.Period) error {
	artifacts, err := k.Ledger.ArtifactsOfAllEditions(ctx, row.ID)
	if err != nil {
		return err
	}
	var files []string
	for _, a := range artifacts {
		files = append(files, a.Path)
	}
	return k.Archive.RemovePeriod(ctx, archive.PeriodKey(cmp.Or(row.ArchivedUnder, row.Report), row.Name), files)
}
