package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"rapport/internal/archive"
	"rapport/internal/durable"
	"rapport/internal/ledger"
	"rapport/internal/report"
)

// keyMargin is how much longer than catchup the ledger remembers that a period was made.
const keyMargin = 90 * 24 * time.Hour

// sweep removes what a crash left in .made of periods that are decided: a process
// that dies right after it wrote a verdict down does not live to remove the message.
func (h *housekeeper) sweep(ctx context.Context) error {
	rows, err := h.Ledger.PeriodsToSweep(ctx, h.Account.ID, h.Path)
	if err != nil {
		return err
	}
	var swept []int64
	var errs []error // of one period, which keeps no other from being swept
	for _, row := range rows {
		again, err := h.sweepPeriod(ctx, row)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", row.Report, row.Name, err))
		}
		if err == nil && !again {
			swept = append(swept, row.ID)
		}
	}
	return errors.Join(append(errs, h.Ledger.MarkSwept(ctx, swept))...)
}

// sweepPeriod also tells whether something is to be swept later.
func (h *housekeeper) sweepPeriod(ctx context.Context, row ledger.Period) (again bool, err error) {
	key := archive.PeriodKey(cmp.Or(row.ArchivedUnder, row.Report), row.Name)
	outgoing := h.Archive.OutgoingDirs(key, row.Edition)
	if len(outgoing) == 0 && h.Archive.Objects == nil {
		return false, durable.RemoveEmpty(h.Archive.Path(path.Join(key, archive.MadeDir)))
	}
	deliveries, err := h.Ledger.Deliveries(ctx, ledger.Filter{Account: h.Account.ID, Report: row.Report, Period: row.Name})
	if err != nil {
		return true, err
	}
	over, needed := row.Attempt, []string(nil)
	for _, delivery := range deliveries {
		if !delivery.FinishedAt.IsZero() {
			h.discard(delivery)
			continue
		}
		over, needed = "", append(needed, archive.AttemptOf(delivery.File))
	}
	if over == "" {
		needed = append(needed, row.Attempt)
	} else { // who made it may have died before
		_, err = h.Archive.Publish(ctx, key, archive.Outgoing(row.Attempt, row.Edition))
	}
	for _, dir := range outgoing {
		err = errors.Join(err, archive.RemoveOutgoing(dir))
	}
	if err == nil {
		again, err = h.Archive.Sweep(ctx, key, over, needed, h.Clock())
	}
	if err == nil && over != "" {
		err = h.Archive.Forget(key)
	}
	return again, err
}

// neededAttempts are those of earlier editions of which something is still to be published or sent.
func neededAttempts(ctx context.Context, e *core, j report.Job, row ledger.Period) (needed []string, err error) {
	if row.Edition == 0 {
		return nil, nil
	}
	rows, err := e.Ledger.Deliveries(ctx, ledger.Filter{Account: e.Account.ID, Report: row.Report, Period: row.Name})
	rows = slices.DeleteFunc(rows, func(d ledger.Delivery) bool { return !d.FinishedAt.IsZero() })
	for _, d := range rows {
		needed = append(needed, archive.AttemptOf(d.File))
	}
	if row.Attempt == "" || archive.IsUnpublished(e.Archive, periodKey(j), row.Attempt) {
		return append(needed, row.Attempt), err
	}
	return needed, err
}

// pruneWitnessed prunes by a clock that the source bears out, which is asked if there is
// something to prune.
func (h *housekeeper) pruneWitnessed(ctx context.Context, now time.Time) error {
	if err := h.Ledger.PurgeNotified(ctx, h.Account.ID, ledger.AlarmChanged, now); err != nil { // it never gets well
		return err
	}
	if _, known := h.source.Time(); !known {
		rows, err := h.Ledger.Prunable(ctx, h.Account.ID, now.Add(-h.Retention))
		if err != nil || len(rows) == 0 {
			return err
		}
	}
	now, err := h.source.Witnessed(ctx, now)
	if err != nil {
		h.Log.Warn("nothing is pruned", "account", h.Account.ID, "error", err)
		return nil
	}
	return h.prune(ctx, now)
}

// prune removes the files and details of periods older than retention. That they were
// made is remembered for longer than anything is ever made again.
func (h *housekeeper) prune(ctx context.Context, now time.Time) error {
	if h.Retention <= 0 {
		return nil
	}
	rows, err := h.Ledger.Prunable(ctx, h.Account.ID, now.Add(-h.Retention))
	if err != nil {
		return err
	}
	var errs []error // of one report, which keeps no other from being pruned
	for _, row := range oldestDay(rows) {
		if h.report(row.Report) == nil && !h.owner.Orphan(row.Config, row.Report) {
			continue // another configuration's, with an archive of its own
		}
		if err := h.Ledger.BeginRemoval(ctx, row.ID); err != nil {
			return err
		}
		if err := h.pruneFiles(ctx, row); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", row.Report, row.Name, err))
			continue
		}
		if err := h.Ledger.PurgeDetails(ctx, row.ID); err != nil {
			return err
		}
	}
	if err := h.Ledger.PurgeRemembered(ctx, h.Account.ID, now.Add(-h.Retention)); err != nil {
		return err
	}
	if h.PruneOthers != nil {
		errs = append(errs, h.PruneOthers(ctx, now.Add(-h.Retention), now))
	}
	_, err = h.Ledger.PurgeKeys(ctx, h.Account.ID, now.Add(-max(h.Retention, h.Catchup+keyMargin)))
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
func (h *housekeeper) pruneFiles(ctx context.Context, row ledger.Period) error {
	artifacts, err := h.Ledger.ArtifactsOfAllEditions(ctx, row.ID)
	if err != nil {
		return err
	}
	var files []string
	for _, a := range artifacts {
		files = append(files, a.Path)
	}
	return h.Archive.RemovePeriod(ctx, archive.PeriodKey(cmp.Or(row.ArchivedUnder, row.Report), row.Name), files)
}
