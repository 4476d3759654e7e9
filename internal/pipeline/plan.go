package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
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
	if err := d.unskip(ctx, now); err != nil {
		return err
	}
	if d.owners, err = d.Ledger.Directories(ctx); err != nil {
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
	added, err := d.Ledger.Plan(ctx, now, rows)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	d.tellPlanned(ctx, added, now)
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
		if err := d.Ledger.Reopen(ctx, row.ID, now); err != nil {
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

func (d *Desk) frontiers(ctx context.Context) (map[string]frontier, error) {
	rows, err := d.Ledger.Frontiers(ctx, d.Account)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	known := map[string]frontier{}
	for _, row := range rows {
		f := known[row.Report]
		if f.of == nil {
			f.of = map[string]time.Time{}
		}
		f.of[row.Schedule] = row.To
		if row.To.After(f.newest) {
			f.newest = row.To
		}
		known[row.Report] = f
	}
	return known, nil
}

// dueSince lists the periods of a report that are due at now and not in the ledger yet,
// oldest first. A report that is new starts with its latest due one; so does one whose
// schedule changed, unless the old schedule has told of that time already.
func (d *Desk) dueSince(report *reportconfig.Report, f frontier, now time.Time) ([]ledger.Planned, error) {
	latest := report.Schedule.Latest(now, report.At, d.Location)
	after, begun := f.of[string(report.Schedule)]
	if err := d.foreign(report, d.owners[d.reportDir(report)]); err != nil {
		return nil, err
	}
	var rows []ledger.Planned
	switch {
	case begun:
	case f.of != nil: // another schedule until now
		if !latest.To.After(f.newest) {
			return nil, nil
		}
		after = latest.From
	default:
		held, count, err := d.newestHeld(report, latest)
		if err != nil {
			return nil, err
		}
		after = latest.From
		if count > 0 {
			row := d.planned(report, held, ledger.Archived, d.heldNote(Job{Report: report, Period: held}))
			row.Number = count // the numbers go on behind those that went out
			rows, after = append(rows, row), held.To
		}
	}
	if !latest.To.After(after) {
		return rows, nil
	}
	for p := report.Schedule.Containing(after, d.Location); !p.From.After(latest.From); p = p.Next() {
		held, err := isHeld(filepath.Join(d.Archive, report.ID, p.String()), p.String())
		switch {
		case err != nil:
			return nil, err
		case held:
			rows = append(rows, d.planned(report, p, ledger.Archived, d.heldNote(Job{Report: report, Period: p})))
		case p.From.Before(latest.From) && p.Due(report.At).Before(now.Add(-d.Catchup)):
			note := fmt.Sprintf("was due %s, longer than catchup ago, and is not made — rapport run --report %s --period %s makes it",
				p.Due(report.At).Format("2006-01-02 15:04"), report.ID, p)
			rows = append(rows, d.planned(report, p, ledger.Skipped, note))
		default:
			rows = append(rows, d.planned(report, p, ledger.Owed, ""))
		}
	}
	return rows, nil
}

func (d *Desk) planned(report *reportconfig.Report, p reportconfig.Period, state ledger.PeriodState, note string) ledger.Planned {
	return ledger.Planned{
		Key:  d.key(Job{Report: report, Period: p}),
		Name: p.String(), Schedule: string(p.Schedule), Config: d.Config, Due: p.Due(report.At), State: state, Note: note,
	}
}

func (d *Desk) heldNote(j Job) string {
	note := fmt.Sprintf("report %s: %s is in the archive and not in the ledger; it counts as sent", j.Report.ID, j.name())
	if waiting, err := filepath.Glob(filepath.Join(d.periodDir(j), outgoing, "*"+spoolSuffix)); err == nil && len(waiting) > 0 {
		note += fmt.Sprintf(", though %d messages in %s may not have been", len(waiting), outgoing)
	}
	return note
}

// newestHeld is the newest period up to latest that the archive holds of a report that
// the ledger does not know, and how many it holds: the ledger was lost, and its history
// must not be mailed again.
func (d *Desk) newestHeld(report *reportconfig.Report, latest reportconfig.Period) (newest reportconfig.Period, count int, err error) {
	dir := filepath.Join(d.Archive, report.ID)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return newest, 0, nil
	}
	if err != nil {
		return newest, 0, err
	}
	for _, e := range entries {
		p, err := reportconfig.ParsePeriod(e.Name(), d.Location)
		if err != nil || p.Schedule != report.Schedule || p.From.After(latest.From) {
			continue
		}
		held, err := isHeld(filepath.Join(dir, e.Name()), e.Name())
		if err != nil {
			return newest, 0, err
		}
		if held && (count == 0 || p.From.After(newest.From)) {
			newest = p
		}
		if held {
			count++
		}
	}
	return newest, count, nil
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
