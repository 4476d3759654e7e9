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
	"rapport/reportconfig"
)

// frontiers is how far the ledger knows each report.
func (d *Desk) frontiers(ctx context.Context) (map[string]frontier, error) {
	rows, err := d.Ledger.PlannedThrough(ctx, d.Account)
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
