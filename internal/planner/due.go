package planner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/internal/archive"
	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// A plannedThrough is how far the ledger knows a report: its newest period of any schedule,
// and of each.
type plannedThrough struct {
	newest     time.Time
	bySchedule map[calendar.Schedule]time.Time
}

// plannedThrough is how far the ledger knows each report.
func (p *Planner) plannedThrough(ctx context.Context) (known map[string]plannedThrough, err error) {
	if p.owners, err = p.Ledger.ArchiveDirs(ctx); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	rows, err := p.Ledger.PlannedThrough(ctx, p.Account.ID)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	known = map[string]plannedThrough{}
	for _, row := range rows {
		through := known[row.Report]
		if through.bySchedule == nil {
			through.bySchedule = map[calendar.Schedule]time.Time{}
		}
		through.bySchedule[calendar.Schedule(row.Schedule)] = row.To
		if row.To.After(through.newest) {
			through.newest = row.To
		}
		known[row.Report] = through
	}
	return known, nil
}

// dueSince lists the periods of a report that are due at now and not in the ledger yet,
// oldest first. StoreErr is why the store did not answer, nil: it may. A report that is new starts with its latest due one; so does one whose
// schedule changed, unless the old schedule has told of that time already.
func (p *Planner) dueSince(ctx context.Context, entry *reportconfig.Report, through plannedThrough, now time.Time, storeErr error) (rows []ledger.Planned, err error) {
	if err := RequireOurArchive(p.Archive, p.Account.ID, entry, p.owners[ReportDir(p.Archive, entry)]); err != nil {
		return nil, err
	}
	timing := entry.Timing()
	latest := timing.Latest(now, p.Account.Location)
	after, begun := through.bySchedule[entry.Schedule]
	switch {
	case begun:
	case through.bySchedule != nil: // another schedule until now
		if !latest.To.After(through.newest) {
			return nil, nil
		}
		after = latest.From
	default:
		held, count, err := calendar.Period{}, 0, storeErr
		if err == nil {
			held, count, err = p.newestHeld(ctx, entry, latest)
		}
		if errors.As(err, new(*archive.StoreError)) {
			if _, known := p.unread[entry.ID]; !known {
				p.unread[entry.ID] = latest.From
			}
			return nil, &archiveError{entry.ID, err}
		}
		after = latest.From
		if first, ok := p.unread[entry.ID]; ok { // until the ledger knows the report
			after = first
		}
		if count > 0 {
			row := p.planned(entry, held, ledger.Archived, HeldNote(p.Archive, report.Job{Report: entry, Period: held}))
			row.Number = count // the numbers go on behind those that went out
			rows, after = append(rows, row), held.To
		}
	}
	if !latest.To.After(after) {
		return rows, nil
	}
	first, err := p.following(ctx, entry, after)
	if err != nil {
		return nil, err
	}
	for period := first; !period.To.After(latest.To); period = period.Next() {
		rows = append(rows, p.duePeriod(ctx, entry, period, latest, now))
	}
	return rows, nil
}

// following is the period of a report that goes on where the last one ended, by whatever zone that was.
func (p *Planner) following(ctx context.Context, entry *reportconfig.Report, after time.Time) (calendar.Period, error) {
	var fault error
	taken := func(name string) bool {
		rows, err := p.Ledger.Periods(ctx, ledger.Filter{Account: p.Account.ID, Report: entry.ID, Period: name, Limit: 1})
		if err != nil {
			fault = fmt.Errorf("plan: %w", err)
		}
		return len(rows) > 0
	}
	return entry.Timing().Following(after, taken, p.Account.Location), fault
}

// duePeriod is a period that is due: owed, unless the archive holds it or it is too old. Where
// the archive cannot be read it is owed: who makes it looks again.
func (p *Planner) duePeriod(ctx context.Context, entry *reportconfig.Report, period, latest calendar.Period, now time.Time) ledger.Planned {
	held, id, err := p.holds(ctx, entry, period.String())
	due := entry.Timing().Due(period)
	switch {
	case err == nil && held:
		return p.planned(entry, period, ledger.Archived, HeldNote(p.Archive, report.Job{Report: entry, Period: period, ArchiveID: id}))
	case period.From.Before(latest.From) && due.Before(now.Add(-p.Catchup)):
		const note = "was due %s, longer than catchup ago, and is not made — rapport run --report %s --period %s makes it"
		return p.planned(entry, period, ledger.Skipped, fmt.Sprintf(note, due.Format("2006-01-02 15:04"), entry.ID, period))
	}
	row := p.planned(entry, period, ledger.Owed, "")
	row.InDoubt = !due.After(p.doubtUntil)
	return row
}

func (p *Planner) planned(entry *reportconfig.Report, period calendar.Period, state ledger.PeriodState, note string) ledger.Planned {
	return ledger.Planned{
		Key:  statement.KeyOf(p.Account.ID, report.Job{Report: entry, Period: period}),
		Name: period.String(), Schedule: string(period.Schedule), Config: p.Path, Due: entry.Timing().Due(period), State: state, Note: note,
	}
}

// HeldNote says of a period that it counts as sent, as the archive holds it.
func HeldNote(a archive.Archive, j report.Job) string {
	note := fmt.Sprintf("report %s: %s is in the archive and not in the ledger; it counts as sent", j.Report.ID, j.PeriodName())
	if dir, waiting := a.Waiting(archive.PeriodKey(cmp.Or(j.ArchiveID, j.Report.ID), j.PeriodName())); waiting > 0 {
		note += fmt.Sprintf(", though %d messages in %s may not have been", waiting, dir)
	}
	return note
}

// archiveIDs are the ids in whose directories the archive may have files of a report.
func (p *Planner) archiveIDs(entry *reportconfig.Report) []string {
	ids := []string{entry.ID}
	if owner := p.owners[p.Archive.Name(entry.Was)]; entry.Was != "" && (owner == "" || owner == p.Account.ID) {
		ids = append(ids, entry.Was)
	}
	return ids
}

// holds tells whether the archive holds a period of a report, and under which id if that is
// one that it had.
func (p *Planner) holds(ctx context.Context, entry *reportconfig.Report, period string) (held bool, id string, err error) {
	for _, id := range p.archiveIDs(entry) {
		if held, err = p.Archive.Holds(ctx, id, period); held || err != nil {
			return held, id, err
		}
	}
	return false, "", nil
}

// An archiveError is a store of which nothing is known now: nothing is planned of a report that the
// ledger does not know, as it may have been made before. A directory that cannot be read stays so
// until somebody mends it: what is due meanwhile is owed.
type archiveError struct {
	report string
	err    error
}

func (e *archiveError) Error() string { return "report " + e.report + ": " + e.err.Error() }
func (e *archiveError) Unwrap() error { return e.err }

// newestHeld is the newest period up to latest that the archive holds of a report that
// the ledger does not know, and how many it holds: the ledger was lost, and its history
// must not be mailed again, and what lies after it is owed.
func (p *Planner) newestHeld(ctx context.Context, entry *reportconfig.Report, latest calendar.Period) (newest calendar.Period, count int, err error) {
	var names []string
	for _, id := range p.archiveIDs(entry) {
		more, err := p.Archive.Periods(ctx, id)
		if err != nil {
			return newest, 0, err
		}
		names = append(names, more...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		period, err := entry.Timing().ParsePeriod(name, p.Account.Location)
		if err != nil || period.Schedule != entry.Schedule || period.From.After(latest.From) {
			continue
		}
		if count == 0 || period.From.After(newest.From) {
			newest = period
		}
		count++
	}
	return newest, count, nil
}

// Owing lists what a run at now would make, oldest first, and writes nothing down: what is
// owed already, and what has fallen due since.
func (p *Planner) Owing(ctx context.Context, now time.Time) (jobs []report.Job, err error) {
	known, err := p.plannedThrough(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := p.Ledger.OwedPeriods(ctx, p.Account.ID)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	for _, row := range rows {
		row.Report = p.Reports.Set().Current(row.Report)
		if j, ok := p.Job(row); ok && !row.Due.After(now) && !j.IsCorrection() { // which is of what changed alone
			jobs = append(jobs, j)
		}
	}
	set := p.Reports.Set()
	for i := range set.All() {
		entry := &set.All()[i]
		if entry.Paused {
			continue
		}
		through := known[entry.ID]
		if former, ok := known[entry.Was]; ok && entry.Was != "" { // a run would have it go on first
			through = former
		}
		due, err := p.dueSince(ctx, entry, through, now, nil)
		if err != nil {
			return nil, err
		}
		for _, row := range due {
			if row.State != ledger.Owed {
				continue
			}
			if j, ok := p.Job(ledger.Period{Key: row.Key, Name: row.Name, Schedule: row.Schedule}); ok {
				jobs = append(jobs, j)
			}
		}
	}
	slices.SortStableFunc(jobs, func(x, y report.Job) int {
		return cmp.Or(x.Period.To.Compare(y.Period.To), cmp.Compare(set.Place(x.Report.ID), set.Place(y.Report.ID)))
	})
	return jobs, nil
}

// Demand plans a period that is asked for, and that the ledger does not know.
func (p *Planner) Demand(ctx context.Context, j report.Job, now time.Time) error {
	row := p.planned(j.Report, j.Period, ledger.Owed, "")
	held, id, err := p.holds(ctx, j.Report, j.PeriodName())
	if err != nil {
		return err
	}
	if j.ArchiveID = id; held {
		row.State, row.Note = ledger.Archived, HeldNote(p.Archive, j)
	}
	row.Due = now // whoever asks for it has it due
	added, err := p.Ledger.Plan(ctx, []ledger.Planned{row})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	p.tellPlanned(ctx, added, now)
	return nil
}
