package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// plan writes down every period that has fallen due since the newest one that the ledger
// knows of each report, so that nothing that is asked for later can hide it. The latest due
// one is always owed; what was due longer than catchup ago is skipped, visibly.
func (d *Desk) plan(ctx context.Context, now time.Time) error {
	known, err := d.frontiers(ctx)
	if err != nil {
		return err
	}
	if err := d.takeOver(ctx); err != nil {
		return err
	}
	if err := d.unskip(ctx, now); err != nil {
		return err
	}
	if d.owners, err = d.Ledger.ArchiveDirs(ctx); err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	newest := time.Time{}
	var rows []ledger.Planned
	for i := range d.Reports {
		report := &d.Reports[i]
		f := known[report.ID]
		if f.newest.After(newest) {
			newest = f.newest
		}
		due, err := d.dueSince(report, f, now)
		if errors.Is(err, ErrForeignArchive) { // the other reports are not to suffer for it
			d.fault(err)
			continue
		}
		if err != nil {
			return err
		}
		rows = append(rows, due...)
	}
	d.mu.Lock()
	if !d.judged.Equal(now) { // else what is newest was planned a moment ago
		d.judged, d.credible = now, now.Sub(newest) <= d.Catchup
	}
	d.mu.Unlock()
	if len(rows) == 0 {
		return nil
	}
	added, err := d.Ledger.Plan(ctx, rows)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	d.tellPlanned(ctx, added, now)
	return nil
}

// takeOver makes the reports ours that a configuration had that is gone.
func (d *Desk) takeOver(ctx context.Context) error {
	rows, err := d.Ledger.PlannedThrough(ctx, d.Account)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	for _, row := range rows {
		if row.Config == d.Config || d.report(row.Report) == nil || !d.orphan(row.Config) {
			continue
		}
		if err := d.Ledger.TakeOver(ctx, d.Account, row.Report, row.Config, d.Config); err != nil {
			return fmt.Errorf("plan: %w", err)
		}
	}
	return nil
}

// ErrForeignArchive is wrapped when another account keeps a report of the same id in the
// same archive: its files would be taken for ours, and ours for its.
var ErrForeignArchive = errors.New("give the report another id, or the file an archive of its own")

// foreign refuses a report's directory that belongs to another account.
func (d *Desk) foreign(report *reportconfig.Report, owner string) error {
	if owner == "" || owner == d.Account {
		return nil
	}
	return fmt.Errorf("report %s: account %s keeps a report of this id in the same archive %s — %w", report.ID, owner, d.Archive, ErrForeignArchive)
}

func (d *Desk) reportDir(report *reportconfig.Report) string {
	return filepath.Join(d.Archive, report.ID)
}

// tellPlanned says of the periods that will not be made why not.
func (d *Desk) tellPlanned(ctx context.Context, added []ledger.Period, now time.Time) {
	skipped := map[string][]string{}
	for _, p := range added {
		switch p.State {
		case ledger.Skipped:
			d.emit(Event{Type: "report", Report: p.Report, Period: p.Name, State: string(p.State), Error: "report " + p.Report + ": " + p.Name + ": " + p.Error})
			skipped[p.Report] = append(skipped[p.Report], p.Name)
		case ledger.Archived:
			d.Log.Warn(p.Error, "account", d.Account, "report", p.Report, "period", p.Name)
			d.emit(Event{Type: "report", Report: p.Report, Period: p.Name, State: Already, Path: filepath.Join(d.Archive, p.Report, p.Name)})
		}
	}
	for _, report := range slices.Sorted(maps.Keys(skipped)) {
		names := slices.Sorted(slices.Values(skipped[report]))
		which := names[0]
		if last := len(names) - 1; last > 0 {
			which += ".." + names[last]
		}
		d.raise(ctx, alarmSkipped, report, fmt.Sprintf("%s %s: due longer than catchup ago — rapport run --report %s --period %s makes it", report, which, report, which), now)
	}
}

// unskip makes those owed again that were skipped by a clock that was ahead: by this one
// they are not too old.
func (d *Desk) unskip(ctx context.Context, now time.Time) error {
	rows, err := d.Ledger.Periods(ctx, ledger.Filter{Account: d.Account, State: string(ledger.Skipped), Since: now.Add(-d.Catchup)})
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	for _, row := range rows {
		if row.Due.After(now) || d.report(row.Report) == nil {
			continue
		}
		if err := d.Ledger.Reopen(ctx, row.ID); err != nil {
			return fmt.Errorf("plan: %w", err)
		}
	}
	return nil
}

// A frontier is how far the ledger knows a report: its newest period of any schedule, and
// of each.
type frontier struct {
	newest time.Time
	of     map[string]time.Time
}

// job is the period of a row of the ledger, as its report in the configuration makes it.
func (d *Desk) job(p ledger.Period) (Job, bool) {
	report := d.report(p.Report)
	if report == nil {
		return Job{}, false
	}
	return Job{Report: report, Name: p.Name, Period: reportconfig.Period{
		Schedule: reportconfig.Schedule(p.Schedule), From: p.From.In(d.Location), To: p.To.In(d.Location),
	}}, true
}

// nextDue is when the next period of any report falls due.
func (d *Desk) nextDue(now time.Time) (next time.Time) {
	for i := range d.Reports {
		report := &d.Reports[i]
		due := report.Schedule.Latest(now, report.At, d.Location).Next().Due(report.At)
		if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next
}
