package engine

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"rapport/internal/alarm"
	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/internal/split"
	"rapport/reportconfig"
)

// A core is what the parts of an engine share.
type core struct {
	Config
	byID     map[string]int    // places in Reports
	was      map[string]string // ids that reports had, and those that they have
	outdated atomic.Bool       // the file has, by now, a report that we have not: another process made something of it
	events   *events
	faults   *faults
	pending  *pendingWrites
	alarms   *alarm.Notifier
	notifier *notifier
	activity *activity
	source   *sourceClock
	parts    *split.Directory
	others   atomic.Pointer[otherMachines]

	building    context.Context // of what may be cut off when the engine stops
	sending     context.Context // of the dialogues with a relay, which may not
	cutBuilding context.CancelFunc
	cutSending  context.CancelFunc
}

func newCore(c Config) *core {
	e := &core{Config: c, byID: map[string]int{}, was: map[string]string{}}
	for i, r := range c.Reports {
		e.byID[r.ID] = i
		if r.Was != "" {
			e.was[r.Was] = r.ID
		}
	}
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
	e.parts = &split.Directory{Value: func(whole, slug string) (string, bool, error) {
		return c.Ledger.PartValue(context.Background(), c.Account.ID, whole, slug)
	}}
	return e
}

// stop has nothing more begun, and cuts off what may be.
func (e *core) stop() { e.cutBuilding() }

func (e *core) stopped() bool { return e.building.Err() != nil }

// ready is what this engine can do something about at now.
func (e *core) ready(now time.Time) ledger.Ready {
	r := ledger.Ready{Account: e.Account.ID, Config: e.Path, Now: now}
	if e.outdated.Load() {
		for i := range e.Reports {
			r.Reports = append(r.Reports, e.Reports[i].ID)
		}
	}
	if others := e.others.Load(); others != nil {
		r.Except = others.reports
	}
	return r
}

// otherMachines are what the configurations of other machines have; nil: nothing.
type otherMachines struct {
	paths   map[string][]string // of those that have a report, or a recipient of one
	reports []string            // that this one has not
}

// having gives the paths of the configurations of other machines that have a report, or a recipient of one.
func (o *otherMachines) having(key string) []string {
	if o == nil {
		return nil
	}
	return o.paths[cmp.Or(reportconfig.PartOf(key), key)]
}

func recipientKey(report, address string) string { return report + " " + mailbox(address) }

func (e *core) report(id string) *reportconfig.Report {
	if i, ok := e.byID[cmp.Or(reportconfig.PartOf(id), id)]; ok && reportconfig.PartOf(id) == "" {
		return &e.Reports[i]
	} else if ok {
		return e.parts.Find(&e.Reports[i], id)
	}
	return nil
}

// notes are those of messages that were sent while the ledger was locked.
func (e *core) notes() sentNotes { return sentNotes{e.Archive} }

// job is the period of a row of the ledger, as its report in the configuration makes it.
func (e *core) job(p ledger.Period) (report.Job, bool) {
	entry := e.report(p.Report)
	if entry == nil {
		return report.Job{}, false
	}
	cycle := calendar.Cycle{Schedule: calendar.Schedule(p.Schedule), DayStarts: entry.DayStarts}
	period := cycle.Restored(p.Name, p.From, p.To, e.Account.Location)
	return report.Job{Report: entry, Name: p.Name, Period: period, Edition: p.Edition, Reason: string(p.Remake), ArchiveID: p.ArchivedUnder}, true
}

// deliveryJob is the report and the period of a delivery, if it is in the configuration.
func (e *core) deliveryJob(row ledger.Delivery) (report.Job, bool) {
	return e.job(ledger.Period{Key: row.Key, Name: row.Period, Schedule: row.Schedule, Edition: row.Edition, ArchivedUnder: row.ArchivedUnder})
}

// event says what became of something of a report's period.
func (e *core) event(j report.Job, event builder.Event) { e.events.add(event.Of(j)) }

// periodDir is where the archive has, or will have, the files of a job.
func (e *core) periodDir(j report.Job) string {
	return archive.PeriodDir(e.Archive, cmp.Or(j.ArchiveID, j.Report.ID), j.PeriodName())
}

// orphan tells whether what the configuration at path planned of a report that we have not is
// now nobody's: the file is gone, or it was this one. If this one has it by now, we have only not
// read it yet, and another process works for it.
func (e *core) orphan(path, id string) bool {
	if e.isOurs(path) {
		return e.HasReport == nil || !e.HasReport(e.Path, id)
	}
	return isGone(path)
}

// leftBehind tells whether the configuration at path has a report no more.
func (e *core) leftBehind(path, id string) bool {
	return e.isOurs(path) || isGone(path) || e.HasReport != nil && !e.HasReport(path, id)
}

// isOurs tells whether the configuration at path is this one, by whatever path.
func (e *core) isOurs(path string) bool {
	if path == e.Path {
		return true
	}
	theirs, err := os.Stat(path)
	if err != nil {
		return false
	}
	ours, err := os.Stat(e.Path)
	return err == nil && os.SameFile(theirs, ours)
}

func isGone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
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
