package engine

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"rapport/internal/alarm"
	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/frozenmail"
	"rapport/internal/ledger"
	"rapport/internal/machines"
	"rapport/internal/parts"
	"rapport/internal/pendingwrites"
	"rapport/internal/planner"
	"rapport/internal/recheck"
	"rapport/internal/report"
	"rapport/internal/reportset"
	"rapport/internal/sourceclock"
	"rapport/internal/split"
	"rapport/internal/workers"
	"rapport/reportconfig"
)

// A core is what the parts of an engine share.
type core struct {
	Config
	reports  *reportset.Source
	owner    reportset.Owner
	outdated atomic.Bool // the file has, by now, a report that we have not: another process made something of it
	events   *events
	faults   *faults
	pending  *pendingwrites.Writes
	messages *frozenmail.Messages
	alarms   *alarm.Notifier
	notifier *notifier
	activity *workers.Activity
	source   *sourceclock.Clock
	recheck  *recheck.Checker
	parts    *split.Directory
	others   atomic.Pointer[reportset.Elsewhere] // what other machines have
	watch    *machines.Watch

	building    context.Context // of what may be cut off when the engine stops
	sending     context.Context // of the dialogues with a relay, which may not
	cutBuilding context.CancelFunc
	cutSending  context.CancelFunc
}

func newCore(c Config) *core {
	e := &core{Config: c, reports: reportset.NewSource(c.Reports, c.MoreReports), owner: reportset.Owner{Path: c.Path, HasReport: c.HasReport}}
	e.building, e.cutBuilding = context.WithCancel(context.Background())
	e.sending, e.cutSending = context.WithCancel(context.Background())
	e.events = &events{EventLog: builder.NewEventLog(c.EventLog, c.Account.ID), emit: c.Emit}
	e.faults = &faults{mode: c.Mode, log: c.lasting, account: c.Account.ID, stop: e.stop}
	e.pending = pendingwrites.New(e.faults.add, e.faults.addLedger)
	e.activity = workers.NewActivity(c.RequestWake)
	e.notifier = newNotifier(e)
	e.alarms = alarm.New(alarm.Config{
		Account: c.Account, Path: c.Path, Operator: c.Operator, From: c.Composer.From, Envelope: c.Composer.Envelope, Sender: c.Sender,
		Ledger: c.Ledger, Log: c.Log, Fault: e.faults.addLedger, Write: e.pending.Write,
	})
	e.watch = &machines.Watch{Ledger: c.Ledger, Account: c.Account.ID, Alarms: e.alarms, Log: c.lasting, Clock: c.RealClock, Once: c.Mode == Once, Fault: e.faults.add}
	e.source = &sourceclock.Clock{Account: c.Account.ID, Source: c.Builder.Source, Now: c.Clock, RealClock: c.RealClock, Alarms: e.alarms, Log: c.Log}
	e.messages = &frozenmail.Messages{
		Archive: c.Archive, Ledger: c.Ledger, Composer: c.Composer, Sender: c.Sender, MaxMessage: c.MaxMessage, Clock: c.Clock, Log: c.Log, Omitted: e.tellOmitted,
	}
	e.recheck = newRecheck(e)
	e.parts = parts.Known(context.Background(), c.Ledger, c.Account.ID)
	return e
}

// stop has nothing more begun, and cuts off what may be.
func (e *core) stop() { e.cutBuilding() }

func (e *core) stopped() bool { return e.building.Err() != nil }

// ready is what this engine can do something about at now.
func (e *core) ready(now time.Time) ledger.Ready {
	r := ledger.Ready{Account: e.Account.ID, Config: e.Path, Now: now, Except: e.others.Load().Reports(), Patient: e.Mode == Daemon}
	if e.outdated.Load() {
		for _, entry := range e.reports.Set().All() {
			r.Reports = append(r.Reports, entry.ID)
		}
	}
	return r
}

func (e *core) report(id string) *reportconfig.Report {
	if whole := reportconfig.PartOf(id); whole != "" {
		return e.parts.Find(e.reports.Set().Report(whole), id)
	}
	return e.reports.Set().Report(id)
}

// job is the period of a row of the ledger, as its report in the configuration makes it.
func (e *core) job(p ledger.Period) (report.Job, bool) {
	entry := e.report(p.Report)
	if entry == nil {
		return report.Job{}, false
	}
	cycle := calendar.Cycle{Schedule: calendar.Schedule(p.Schedule), DayStarts: entry.DayStarts}
	period := cycle.Restored(p.Name, p.From, p.To, e.Account.Location)
	return report.Job{Report: entry, Name: p.Name, Period: period, Edition: p.Edition, Reason: string(p.Remake), ArchiveID: p.ArchivedUnder, Attempt: p.Attempt}, true
}

// deliveryJob is the report and the period of a delivery, if it is in the configuration.
func (e *core) deliveryJob(row ledger.Delivery) (report.Job, bool) {
	return e.job(ledger.Period{Key: row.Key, Name: row.Period, Schedule: row.Schedule, Edition: row.Edition, ArchivedUnder: row.ArchivedUnder, Attempt: row.MadeAttempt, Remake: row.Remake})
}

// event says what became of something of a report's period.
func (e *core) event(j report.Job, event builder.Event) { e.events.add(event.Of(j)) }

// periodKey is where the archive has, or will have, the files of a job.
func periodKey(j report.Job) string {
	return archive.PeriodKey(cmp.Or(j.ArchiveID, j.Report.ID), j.PeriodName())
}

// periodDir is that on this machine.
func (e *core) periodDir(j report.Job) string { return e.Archive.Path(periodKey(j)) }

// measure begins to measure a stage.
func (e *core) measure(stage string) (stop func()) {
	if e.Meter == nil {
		return func() {}
	}
	return e.Meter.Start(stage)
}

// events say what happens, one at a time, to the log and to whoever watches.
type events struct {
	*builder.EventLog
	emit func(builder.Event)

	mu     sync.Mutex
	failed bool // something failed for good
}

func (e *events) add(event builder.Event) {
	e.Add(event)
	e.mu.Lock()
	defer e.mu.Unlock()
	switch event.State {
	case string(ledger.Refused), string(ledger.Expired), string(ledger.Failed):
		e.failed = true
	}
	e.emit(event)
}

func (e *events) anyFailed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.failed
}

// refresh takes the reports that were made over HTTP as they are now.
func (e *core) refresh(ctx context.Context) error {
	changed, err := e.reports.Refresh(ctx)
	if changed {
		e.Builder.LateEvents.SetReports(e.reports.Set().All())
	}
	return err
}

// Poke has the engine look at the ledger soon: somebody in this process has changed what it is
// to do.
func (e *Engine) Poke() {
	e.activity.Note()
	if e.RequestWake != nil {
		e.RequestWake()
	}
}

// RaiseAltered tells the operator that a file of a report is not the one that was made.
func (e *Engine) RaiseAltered(ctx context.Context, report, what string, now time.Time) {
	e.alarms.Raise(ctx, ledger.AlarmArchive, report, now, report, what)
	if _, err := e.alarms.Notify(ctx, now); err != nil {
		e.faults.add(fmt.Errorf("alarms: %w", err))
	}
}

// CurrentReports are those of the file, and those that were made over HTTP as they were last read.
func CurrentReports(e *Engine) []reportconfig.Report { return e.reports.Set().All() }

// background does something beside the workers; the engine is not idle before it is over.
func (e *core) background(what string, do func()) {
	e.activity.Begin()
	go func() {
		defer e.activity.End()
		workers.Contain(what, e.Log, e.faults.add, do)
	}()
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// newPlanner plans for an engine.
func newPlanner(e *core) *planner.Planner {
	return planner.New(planner.Config{
		Account: e.Account, Path: e.Path, Archive: e.Archive, Catchup: e.Catchup, RealClock: e.RealClock, Ledger: e.Ledger, Log: e.Log,
		Reports: e.reports, Owner: e.owner, Others: &e.others, Alarms: e.alarms, Source: e.source,
		Report: e.report, Job: e.job, Emit: e.events.add, Group: e.events.Group,
		Refused: func(err error) {
			if e.Mode == Once {
				e.faults.add(err)
			}
		},
	})
}

// Owing lists what a run at now would make, oldest first, and writes nothing down.
func (e *Engine) Owing(ctx context.Context, now time.Time) ([]report.Job, error) {
	return e.planner.Owing(ctx, now)
}
