// Package planner writes down which periods a configuration owes: all that have fallen due since the
// newest one that the ledger knows of each report. It refuses reports that another configuration or
// account has too, and to plan again what the archive shows to be made; it makes and sends nothing.
package planner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rapport/internal/alarm"
	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/machines"
	"rapport/internal/report"
	"rapport/internal/reportset"
	"rapport/internal/sourceclock"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// Config is what a planner plans for one configuration with.
type Config struct {
	Account   statement.Account
	Path      string // of the configuration, as the ledger names it
	Archive   archive.Archive
	Catchup   time.Duration
	RealClock bool // what it goes by is the machine's clock
	Ledger    *ledger.Ledger
	Log       *slog.Logger
	Reports   *reportset.Source
	Owner     reportset.Owner
	Others    *atomic.Pointer[reportset.Elsewhere] // what other machines have, which each plan finds out
	Alarms    *alarm.Notifier
	Source    *sourceclock.Clock

	Report  func(id string) *reportconfig.Report
	Job     func(ledger.Period) (report.Job, bool)
	Emit    func(builder.Event)
	Group   func() (end func()) // of events that belong together
	Refused func(error)         // a report that another configuration or account has too
}

// A Planner writes down every period that has fallen due since the newest one that the ledger
// knows of each report, so that nothing that is asked for later can hide it. The latest due
// one is always owed; what was due longer than catchup ago is skipped, visibly.
type Planner struct {
	Config
	owners     map[string]string    // accounts, by directory of the archive
	unread     map[string]time.Time // since when is owed what is due of a report whose store could not be read
	doubtUntil time.Time            // what fell due until then may have gone out before the ledger was restored

	mu        sync.Mutex
	checkedAt time.Time // when the clock was held against the ledger
	away      []string  // see ArchiveAway
	trusted   bool      // then the ledger's newest period was not further back than catchup
}

// New prepares a planner; it plans nothing.
func New(c Config) *Planner { return &Planner{Config: c, unread: map[string]time.Time{}} }

// LearnOthers finds out what configurations of other machines have, and tells them what this one has.
func (p *Planner) LearnOthers(ctx context.Context) error {
	others, err := machines.Learn(ctx, p.Ledger, p.Account.ID, p.Path, p.Reports.Set())
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	p.Others.Store(others)
	return nil
}

// Plan is called by one goroutine at a time.
func (p *Planner) Plan(ctx context.Context, now time.Time) error {
	if err := p.LearnOthers(ctx); err != nil {
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
	var away []string  // reports of which the store would have to tell what was made
	var storeErr error // one question is enough where it does not answer
	reports := p.Reports.Set().All()
	for i := range reports {
		entry := &reports[i]
		through := known[entry.ID]
		if through.newest.After(newest) {
			newest = through.newest
		}
		if entry.Paused {
			continue
		}
		due, err := p.dueSince(ctx, entry, through, now, storeErr)
		if elsewhere[entry.ID] != nil {
			err = elsewhere[entry.ID]
		}
		if at := (*archiveError)(nil); errors.As(err, &at) { // it is asked for again
			away, storeErr = append(away, entry.ID), at.err
			p.Alarms.Raise(ctx, ledger.AlarmArchive, entry.ID, now, entry.ID, at.err.Error())
			p.Emit(builder.Event{Type: "report", Report: entry.ID, State: builder.Waiting, Error: err.Error()})
			continue
		}
		if err != nil { // the other reports are not to suffer for it
			p.refuse(ctx, entry, err, now)
			continue
		}
		p.Alarms.Resolve(ctx, ledger.AlarmConfiguration, entry.ID, now)
		if through.bySchedule == nil {
			p.Alarms.Resolve(ctx, ledger.AlarmArchive, entry.ID, now)
		}
		rows = append(rows, due...)
	}
	p.checkClock(newest, now)
	p.mu.Lock()
	p.away = away
	p.mu.Unlock()
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
func (p *Planner) checkClock(newest, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.checkedAt.Equal(now) { // else what is newest was planned a moment ago
		p.checkedAt, p.trusted = now, now.Sub(newest) <= p.Catchup
	}
}

// ClockTrusted tells whether the ledger's newest period was not further back than catchup at the last plan.
func (p *Planner) ClockTrusted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trusted
}

// refuse tells why nothing can be planned of a report that another configuration or another
// account has too.
func (p *Planner) refuse(ctx context.Context, entry *reportconfig.Report, err error, now time.Time) {
	p.Alarms.Raise(ctx, ledger.AlarmConfiguration, entry.ID, now, entry.ID, err.Error())
	p.Refused(err)
}

// tellPlanned says of the periods that will not be made why not.
func (p *Planner) tellPlanned(ctx context.Context, added []ledger.Period, now time.Time) {
	defer p.Group()()
	skipped := map[string][]string{}
	for _, row := range added {
		e := builder.Event{Type: "report", Report: row.Report, Period: row.Name, State: string(row.State)}
		switch row.State {
		case ledger.Skipped:
			e.Error = "report " + row.Report + ": " + row.Name + ": " + row.Error
			p.Emit(e)
			skipped[row.Report] = append(skipped[row.Report], row.Name)
		case ledger.Archived:
			p.Log.Warn(row.Error, "account", p.Account.ID, "report", row.Report, "period", row.Name)
			e.State, e.Path = builder.Already, p.Archive.Name(archive.PeriodKey(row.Report, row.Name))
			p.Emit(e)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(skipped)) {
		names := slices.Sorted(slices.Values(skipped[id]))
		which := names[0]
		if last := len(names) - 1; last > 0 {
			which += ".." + names[last]
		}
		p.Alarms.Raise(ctx, ledger.AlarmSkipped, id, now, id, which)
	}
}

// unskip makes those owed again that were skipped by a clock that was ahead: by this one
// they are not too old.
func (p *Planner) unskip(ctx context.Context, now time.Time) error {
	rows, err := p.Ledger.Periods(ctx, ledger.Filter{Account: p.Account.ID, State: string(ledger.Skipped), Since: now.Add(-p.Catchup)})
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	for _, row := range rows {
		if row.Due.After(now) || p.Report(row.Report) == nil || row.Error == ledger.SkippedWhilePaused {
			continue
		}
		if err := p.Ledger.Reopen(ctx, row.ID); err != nil {
			return fmt.Errorf("plan: %w", err)
		}
	}
	return nil
}

// ArchiveAway are the reports of which at the last plan nobody knew what is owed: the ledger does not
// know them, and the store did not answer.
func (p *Planner) ArchiveAway() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.away
}

// awayPause is how soon an archive that could not be read is asked again.
const awayPause = time.Minute

// NextDue is when the next period of any report falls due, or may be known to be.
func (p *Planner) NextDue(now time.Time) (next time.Time) {
	reports := p.Reports.Set().All()
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
	if again := now.Add(awayPause); len(p.ArchiveAway()) > 0 && again.Before(next) {
		return again
	}
	return next
}

// remakeEarly makes those periods owed again that were made before they were over: by a clock
// that was wrong, as we know by one that the source bears out.
func (p *Planner) remakeEarly(ctx context.Context, now time.Time) error {
	theirs, known := p.Source.Time()
	if !known || !p.RealClock || now.Sub(theirs).Abs() > sourceclock.Warning {
		return nil
	}
	rows, err := p.Ledger.MadeEarly(ctx, p.Account.ID, p.Path, now)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	for _, row := range rows {
		var state *ledger.StateError
		err := p.Ledger.Remake(ctx, row.ID, ledger.RemakeEarly, now)
		if errors.As(err, &state) {
			continue // a message of it is on its way: later
		}
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		p.Log.Warn("a period was made before it was over, and is made again when it is", "account", p.Account.ID, "report", row.Report, "period", row.Name)
	}
	return nil
}
