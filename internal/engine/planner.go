package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/machines"
	"rapport/reportconfig"
)

// A planner writes down every period that has fallen due since the newest one that the ledger
// knows of each report, so that nothing that is asked for later can hide it. The latest due
// one is always owed; what was due longer than catchup ago is skipped, visibly.
type planner struct {
	*core
	owners     map[string]string // accounts, by directory of the archive
	doubtUntil time.Time         // what fell due until then may have gone out before the ledger was restored

	mu        sync.Mutex
	checkedAt time.Time // when the clock was held against the ledger
	trusted   bool      // then the ledger's newest period was not further back than catchup
}

// learnOthers finds out what configurations of other machines have, and tells them what this one has.
func (p *planner) learnOthers(ctx context.Context) error {
	others, err := machines.Learn(ctx, p.Ledger, p.Account.ID, p.Path, p.reports.Set())
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	p.others.Store(others)
	return nil
}

// plan is called by one goroutine at a time.
func (p *planner) plan(ctx context.Context, now time.Time) error {
	if err := p.learnOthers(ctx); err != nil {
		return err
	}
	elsewhere, renamed, err := p.takeOver(ctx)
	if err != nil {
		return err
	}
	if err := p.rename(ctx, renamed, now); err != nil {
		return err
	}
	if err := p.requireCurrent(ctx, elsewhere); err != nil {
		return err
	}
	known, err := p.plannedThrough(ctx)
	if err != nil {
		return err
	}
	if err := p.unskip(ctx, now); err != nil {
		return err
	}
	if err := p.remakeEarly(ctx, now); err != nil {
		return err
	}
	if p.doubtUntil, err = p.Ledger.DoubtUntil(ctx, now); err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	newest := time.Time{}
	var rows []ledger.Planned
	reports := p.reports.Set().All()
	for i := range reports {
		entry := &reports[i]
		through := known[entry.ID]
		if through.newest.After(newest) {
			newest = through.newest
		}
		if entry.Paused {
			continue
		}
		due, err := p.dueSince(ctx, entry, through, now)
		if elsewhere[entry.ID] != nil {
			err = elsewhere[entry.ID]
		}
		if err != nil { // the other reports are not to suffer for it
			p.refuse(ctx, entry, err, now)
			continue
		}
		p.alarms.Resolve(ctx, ledger.AlarmConfiguration, entry.ID, now)
		rows = append(rows, due...)
	}
	p.checkClock(newest, now)
	if len(rows) == 0 {
		return nil
	}
	added, err := p.Ledger.Plan(ctx, rows)
	p.tellPlanned(ctx, added, now)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	return nil
}

// checkClock holds the clock against the newest period that the ledger knew.
func (p *planner) checkClock(newest, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.checkedAt.Equal(now) { // else what is newest was planned a moment ago
		p.checkedAt, p.trusted = now, now.Sub(newest) <= p.Catchup
	}
}

func (p *planner) clockTrusted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trusted
}

// refuse tells why nothing can be planned of a report that another configuration or another
// account has too.
func (p *planner) refuse(ctx context.Context, entry *reportconfig.Report, err error, now time.Time) {
	p.alarms.Raise(ctx, ledger.AlarmConfiguration, entry.ID, now, entry.ID, err.Error())
	if p.Mode == Once {
		p.faults.add(err)
	}
}

// takeOver makes the reports ours that another configuration had, and says why not of those
// that it still has, under the id that they have with us or under the one that they had. Renamed are
// those that the ledger knows by the latter.
func (p *planner) takeOver(ctx context.Context) (elsewhere map[string]error, renamed map[string]string, err error) {
	rows, err := p.Ledger.PlannedThrough(ctx, p.Account.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("plan: %w", err)
	}
	elsewhere, renamed = map[string]error{}, map[string]string{}
	for _, row := range rows {
		id := p.reports.Set().Current(row.Report)
		if p.report(id) == nil {
			continue
		}
		if row.Config != p.Path && (slices.Contains(p.others.Load().Having(row.Report), row.Config) || !p.owner.LeftBehind(row.Config, row.Report)) {
			elsewhere[id] = &ledger.OwnedElsewhereError{Report: row.Report, Config: row.Config}
			if id != row.Report {
				elsewhere[id] = fmt.Errorf("report %s was %s: %w", id, row.Report, elsewhere[id])
			}
			continue
		}
		if row.Config != p.Path {
			if err := p.Ledger.TakeOver(ctx, p.Account.ID, row.Report, row.Config, p.Path); err != nil {
				return nil, nil, fmt.Errorf("plan: %w", err)
			}
		}
		if id != row.Report {
			renamed[row.Report] = id
		}
	}
	for was, id := range renamed {
		if elsewhere[id] != nil {
			delete(renamed, was)
		}
	}
	return elsewhere, renamed, nil
}

// rename has the reports go on that had another id.
func (p *planner) rename(ctx context.Context, renamed map[string]string, now time.Time) error {
	for was, id := range renamed {
		if _, err := p.Ledger.RenameReport(ctx, p.Account.ID, was, id, p.Path); err != nil {
			return fmt.Errorf("plan: %w", err)
		}
		p.Log.Info("a report goes on under another id", "account", p.Account.ID, "report", id, "was", was)
	}
	for _, was := range p.reports.Set().Former() {
		p.alarms.Resolve(ctx, ledger.AlarmConfiguration, was, now) // raised by who had not read the file again
	}
	if len(renamed) == 0 {
		return nil
	}
	return p.alarms.Refresh(ctx)
}

// requireCurrent adds to those that are not planned the reports that go on under another id
// than ours: the file is older than what was done by it.
func (p *planner) requireCurrent(ctx context.Context, elsewhere map[string]error) error {
	former, err := p.Ledger.FormerReportIDs(ctx, p.Account.ID)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	for id, current := range former {
		switch {
		case p.report(id) == nil:
		case p.report(current) == nil:
			elsewhere[id] = &ledger.RenamedError{Former: id, Report: current}
		default: // there are both
			if err := p.Ledger.ForgetFormerReportID(ctx, p.Account.ID, id); err != nil {
				return fmt.Errorf("plan: %w", err)
			}
		}
	}
	return nil
}

// ErrForeignArchive is wrapped when another account keeps a report of the same id in the
// same archive: its files would be taken for ours, and ours for its.
var ErrForeignArchive = errors.New("give the report another id, or the file an archive of its own")

// requireOurArchive refuses a report's directory that belongs to another account.
func (e *core) requireOurArchive(entry *reportconfig.Report, owner string) error {
	if owner == "" || owner == e.Account.ID {
		return nil
	}
	return fmt.Errorf("report %s: account %s keeps a report of this id in the same archive %s — %w", entry.ID, owner, e.Archive, ErrForeignArchive)
}

func (e *core) reportDir(entry *reportconfig.Report) string {
	return archive.ReportDir(e.Archive, entry.ID)
}

// tellPlanned says of the periods that will not be made why not.
func (p *planner) tellPlanned(ctx context.Context, added []ledger.Period, now time.Time) {
	defer p.events.Group()()
	skipped := map[string][]string{}
	for _, row := range added {
		e := builder.Event{Type: "report", Report: row.Report, Period: row.Name, State: string(row.State)}
		switch row.State {
		case ledger.Skipped:
			e.Error = "report " + row.Report + ": " + row.Name + ": " + row.Error
			p.events.add(e)
			skipped[row.Report] = append(skipped[row.Report], row.Name)
		case ledger.Archived:
			p.Log.Warn(row.Error, "account", p.Account.ID, "report", row.Report, "period", row.Name)
			e.State, e.Path = builder.Already, archive.PeriodDir(p.Archive, row.Report, row.Name)
			p.events.add(e)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(skipped)) {
		names := slices.Sorted(slices.Values(skipped[id]))
		which := names[0]
		if last := len(names) - 1; last > 0 {
			which += ".." + names[last]
		}
		p.alarms.Raise(ctx, ledger.AlarmSkipped, id, now, id, which)
	}
}

// unskip makes those owed again that were skipped by a clock that was ahead: by this one
// they are not too old.
func (p *planner) unskip(ctx context.Context, now time.Time) error {
	rows, err := p.Ledger.Periods(ctx, ledger.Filter{Account: p.Account.ID, State: string(ledger.Skipped), Since: now.Add(-p.Catchup)})
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	for _, row := range rows {
		if row.Due.After(now) || p.report(row.Report) == nil || row.Error == ledger.SkippedWhilePaused {
			continue
		}
		if err := p.Ledger.Reopen(ctx, row.ID); err != nil {
			return fmt.Errorf("plan: %w", err)
		}
	}
	return nil
}

// nextDue is when the next period of any report falls due.
func (p *planner) nextDue(now time.Time) (next time.Time) {
	reports := p.reports.Set().All()
	for i := range reports {
		if reports[i].Paused {
			continue
		}
		timing := reports[i].Timing()
		due := timing.Due(timing.Latest(now, p.Account.Location).Next())
		if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next
}
