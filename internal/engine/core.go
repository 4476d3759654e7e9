package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"rapport/internal/alarm"
	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// A core is what the parts of an engine share.
type core struct {
	Config
	set      atomic.Pointer[reportSet]
	events   *events
	faults   *faults
	pending  *pendingWrites
	alarms   *alarm.Notifier
	notifier *notifier
	activity *activity
	source   *sourceClock

	building    context.Context // of what may be cut off when the engine stops
	sending     context.Context // of the dialogues with a relay, which may not
	cutBuilding context.CancelFunc
	cutSending  context.CancelFunc
}

func newCore(c Config) *core {
	e := &core{Config: c}
	e.set.Store(newReportSet(c.Reports, nil, ""))
	e.building, e.cutBuilding = context.WithCancel(context.Background())
	e.sending, e.cutSending = context.WithCancel(context.Background())
	e.events = &events{EventLog: builder.NewEventLog(c.EventLog, c.Account.ID), emit: c.Emit}
	e.faults = &faults{mode: c.Mode, log: c.lasting, account: c.Account.ID, stop: e.stop}
	e.pending = &pendingWrites{faults: e.faults, unwritten: map[string]func(context.Context) error{}}
	e.activity = newActivity(c.RequestWake)
	e.notifier = newNotifier(e)
	e.alarms = alarm.New(alarm.Config{
		Account: c.Account, Path: c.Path, Operator: c.Operator, From: c.Composer.From, Envelope: c.Composer.Envelope, Sender: c.Sender,
		Ledger: c.Ledger, Log: c.Log, Fault: e.faults.addLedger, Write: e.pending.write,
	})
	e.source = &sourceClock{Config: c, alarms: e.alarms}
	return e
}

// stop has nothing more begun, and cuts off what may be.
func (e *core) stop() { e.cutBuilding() }

func (e *core) stopped() bool { return e.building.Err() != nil }

// ready is what this engine can do something about at now.
func (e *core) ready(now time.Time) ledger.Ready {
	return ledger.Ready{Account: e.Account.ID, Config: e.Path, Now: now}
}

func (e *core) report(id string) *reportconfig.Report { return e.set.Load().report(id) }

// notes are those of messages that were sent while the ledger was locked.
func (e *core) notes() sentNotes { return sentNotes{e.Archive} }

// job is the period of a row of the ledger, as its report in the configuration makes it.
func (e *core) job(p ledger.Period) (report.Job, bool) {
	entry := e.report(p.Report)
	if entry == nil {
		return report.Job{}, false
	}
	zone := e.Account.Location
	period := calendar.Period{Schedule: calendar.Schedule(p.Schedule), From: p.From.In(zone), To: p.To.In(zone)}
	return report.Job{Report: entry, Name: p.Name, Period: period, Edition: p.Edition, Reason: string(p.Remake)}, true
}

// deliveryJob is the report and the period of a delivery, if it is in the configuration.
func (e *core) deliveryJob(row ledger.Delivery) (report.Job, bool) {
	return e.job(ledger.Period{Key: row.Key, Name: row.Period, Schedule: row.Schedule, Edition: row.Edition})
}

// event says what became of something of a report's period.
func (e *core) event(j report.Job, event builder.Event) { e.events.add(event.Of(j)) }

// orphan tells whether what the configuration at path planned is now nobody's: it was
// this one, by whatever path, or it is gone.
func (e *core) orphan(path string) bool {
	if path == e.Path {
		return true
	}
	theirs, err := os.Stat(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	ours, err := os.Stat(e.Path)
	return err == nil && os.SameFile(theirs, ours)
}

// leftBehind tells whether the configuration at path has a report no more.
func (e *core) leftBehind(path, id string) bool {
	return e.orphan(path) || e.HasReport != nil && !e.HasReport(path, id)
}

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

// A reportSet is the reports of a configuration: those of its file, and those that were made
// over HTTP. It never changes; another one takes its place.
type reportSet struct {
	list    []reportconfig.Report
	places  map[string]int // in list, by id
	version string         // of those that were made over HTTP; "" before they were read
}

func newReportSet(file, more []reportconfig.Report, version string) *reportSet {
	s := &reportSet{list: file, places: map[string]int{}, version: version}
	if len(more) > 0 {
		s.list = append(file[:len(file):len(file)], more...)
	}
	for i := range s.list {
		s.places[s.list[i].ID] = i
	}
	return s
}

// report is the one of an id, nil if there is none.
func (s *reportSet) report(id string) *reportconfig.Report {
	if i, ok := s.places[id]; ok {
		return &s.list[i]
	}
	return nil
}

// refresh takes the reports that were made over HTTP as they are now.
func (e *Engine) refresh(ctx context.Context) error {
	if e.MoreReports == nil {
		return nil
	}
	known := e.set.Load().version
	more, version, err := e.MoreReports(ctx, known)
	if err != nil {
		return fmt.Errorf("reports made over HTTP: %w", err)
	}
	if version == known {
		return nil
	}
	set := newReportSet(e.Reports, more, version)
	e.set.Store(set)
	e.Builder.LateEvents.SetReports(set.list)
	return nil
}

// Poke has the engine look at the ledger soon: somebody in this process has changed what it is
// to do.
func (e *Engine) Poke() {
	e.activity.note()
	if e.RequestWake != nil {
		e.RequestWake()
	}
}

// skippedForGood tells whether a period that was skipped is not made though it is not too old.
func skippedForGood(row ledger.Period) bool { return row.Error == ledger.SkippedWhilePaused }

// RaiseAltered tells the operator that a file of a report is not the one that was made.
func (e *Engine) RaiseAltered(ctx context.Context, report, what string, now time.Time) {
	e.alarms.Raise(ctx, ledger.AlarmArchive, report, now, report, what)
	if err := e.alarms.Notify(ctx, now); err != nil {
		e.faults.add(fmt.Errorf("alarms: %w", err))
	}
}

// CurrentReports are those of the file, and those that were made over HTTP as they were last read.
func (e *Engine) CurrentReports() []reportconfig.Report { return e.set.Load().list }

// Hold tells the operator that nothing is started any more, as the clock jumped.
func (e *Engine) Hold(ctx context.Context, now time.Time, jump time.Duration) {
	e.alarms.Raise(ctx, ledger.AlarmClock, e.Account.ID, now, jump.Round(time.Minute).String())
	if err := e.alarms.Notify(ctx, now); err != nil {
		e.faults.add(fmt.Errorf("alarms: %w", err))
	}
}
