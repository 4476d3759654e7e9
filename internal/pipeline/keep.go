package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"rapport/internal/ledger"
)

// keyMargin is how much longer than catchup the ledger remembers that a period was made.
const keyMargin = 90 * 24 * time.Hour

// housekeep tells the operator and prunes, in the background, once nothing else is under
// way: what went wrong together is told together.
func (d *Desk) housekeep(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.keeping || d.stopped || d.makers+d.senders > 0 {
		return
	}
	d.keeping = true
	d.busy()
	go func() {
		d.guarded("housekeeping", func() { d.keep(d.talk, now) })
		d.mu.Lock()
		defer d.mu.Unlock()
		d.keeping = false
		if d.makers+d.senders == 0 {
			d.rest()
		}
	}()
}

func (d *Desk) keep(ctx context.Context, now time.Time) {
	d.mu.Lock()
	credible, wait := d.credible, now.Before(d.alarmNext) && !d.alarmNext.After(now.Add(mostAhead))
	d.mu.Unlock()
	if !wait {
		err := d.assess(ctx, now)
		if err == nil {
			err = d.tell(ctx, now)
		}
		d.mu.Lock()
		d.alarmNext = time.Time{}
		if err != nil {
			d.alarmNext = now.Add(alarmPause)
		}
		d.mu.Unlock()
		if err != nil {
			d.fault(fmt.Errorf("alarms: %w", err))
		}
	}
	if d.Poke != nil && d.pruned.IsZero() {
		d.pruned = now // a daemon is a day old before it removes anything: its clock may be wrong when it starts
		return
	}
	if since := now.Sub(d.pruned); !credible || since >= 0 && since < 24*time.Hour {
		return
	}
	d.pruned = now
	err := d.sweep(ctx, now)
	if d.Prune {
		err = errors.Join(err, d.prune(ctx, now))
	}
	if err != nil {
		d.fault(fmt.Errorf("retention: %w", err))
	}
}

// sweep removes what a crash left in .outgoing of periods that are decided: a process
// that dies right after it wrote a verdict down does not live to remove the message.
func (d *Desk) sweep(ctx context.Context, now time.Time) error {
	rows, err := d.Ledger.Periods(ctx, ledger.Filter{Account: d.Account, State: string(ledger.Made), Since: now.Add(-giveUp - d.Catchup)})
	if err != nil {
		return err
	}
	for _, row := range rows {
		spool := filepath.Join(d.Archive, row.Report, row.Name, outgoing)
		if d.report(row.Report) == nil || !exists(spool) {
			continue
		}
		if err := d.sweepSpool(ctx, row, spool); err != nil {
			return fmt.Errorf("%s: %w", spool, err)
		}
	}
	return nil
}

func (d *Desk) sweepSpool(ctx context.Context, row ledger.Period, spool string) error {
	deliveries, err := d.Ledger.Deliveries(ctx, ledger.Filter{Account: d.Account, Report: row.Report, Period: row.Name})
	if err != nil {
		return err
	}
	for _, delivery := range deliveries {
		switch delivery.State {
		case ledger.Sent, ledger.Refused, ledger.Expired, ledger.CancelledDelivery, ledger.Closed:
			d.discard(delivery)
		}
	}
	return removeSpool(spool)
}

// prune removes the files and details of periods older than retention. That they were
// made is remembered for longer than anything is ever made again.
func (d *Desk) prune(ctx context.Context, now time.Time) error {
	if d.Retention <= 0 {
		return nil
	}
	rows, err := d.Ledger.Prunable(ctx, d.Account, now.Add(-d.Retention))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if d.report(row.Report) == nil && !d.orphan(row.Config) {
			continue // another configuration's, with an archive of its own
		}
		if err := d.pruneFiles(ctx, row); err != nil {
			return fmt.Errorf("%s %s: %w", row.Report, row.Name, err)
		}
		if err := d.Ledger.PurgeDetails(ctx, row.ID); err != nil {
			return err
		}
	}
	if err := d.Ledger.PurgeNotified(ctx, d.Account, alarmChanged, now); err != nil { // it never gets well
		return err
	}
	_, err = d.Ledger.PurgeKeys(ctx, d.Account, now.Add(-max(d.Retention, d.Catchup+keyMargin)))
	return err
}

// pruneFiles removes the files that the ledger knows of, and the directory if nothing
// else is in it.
func (d *Desk) pruneFiles(ctx context.Context, row ledger.Period) error {
	artifacts, err := d.Ledger.Artifacts(ctx, row.ID)
	if err != nil {
		return err
	}
	for _, a := range artifacts {
		if !filepath.IsLocal(a.Path) {
			return fmt.Errorf("%q is no path in the archive", a.Path)
		}
		if err := os.Remove(filepath.Join(d.Archive, a.Path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	dir := filepath.Join(d.Archive, row.Report, row.Name)
	return errors.Join(os.RemoveAll(filepath.Join(dir, trialDir)), removeEmpty(dir, filepath.Dir(dir)))
}
