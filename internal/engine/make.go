package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sync/atomic"
	"time"

	"rapport/fetch"
	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/correction"
	"rapport/internal/durable"
	"rapport/internal/ledger"
	"rapport/internal/ledger/notifications"
	"rapport/internal/parts"
	"rapport/internal/planner"
	"rapport/internal/report"
	"rapport/internal/sourceclock"
	"rapport/internal/workers"
)

// How much an engine makes at once.
const (
	makersAtOnce = 4  // batches that are fetched and written
	batchSize    = 16 // reports that share one fetch; each is held in memory until all are written
)

// A maker makes the periods that the ledger hands out, and leaves their messages to the sender.
type maker struct {
	*core
	sender *sender
	pool   workers.Pool
	ready  func() ledger.Ready // what is to be made
	// maxCrashes: the next period may be one over which fewer processes died; 0: or any. Such
	// a one is tried when nothing else is to be done, alone, and after the operator was told.
	maxCrashes atomic.Int64
}

// What maker.maxCrashes is.
const (
	noCrash  = 1
	oneCrash = 2 // most likely of a power cut, or somebody's kill -9
	anyCrash = 0
)

func newMaker(c *core, s *sender) *maker {
	m := &maker{core: c, sender: s}
	m.maxCrashes.Store(noCrash)
	m.ready = func() ledger.Ready { return c.ready(c.Clock()) }
	m.pool = workers.Pool{Name: "make", Activity: c.activity, Log: c.Log, Fault: c.faults.add, Claim: m.claim, Limit: func() int {
		if c.stopped() || c.watch.Held() {
			return 0
		}
		return makersAtOnce
	}}
	return m
}

// claim takes periods that are made of the same data.
func (m *maker) claim() (job func(), found bool) {
	batch, err := m.claimBatch()
	if err != nil || len(batch) == 0 {
		return nil, false
	}
	return func() { m.makeBatch(m.building, batch) }, true
}

func (m *maker) claimBatch() ([]ledger.Period, error) {
	ready := m.ready()
	ready.MaxCrashes = int(m.maxCrashes.Load())
	batch, err := m.Ledger.ClaimNextPeriods(context.WithoutCancel(m.building), ready, batchSize, func(p ledger.Period) any {
		if j, ok := m.job(p); ok {
			return builder.QuestionOf(j)
		}
		return p.ID
	})
	if err != nil {
		m.faults.addLedger(err)
	}
	if len(batch) > 0 && batch[0].Crashes > 0 {
		m.maxCrashes.Store(noCrash)
	}
	return batch, err
}

// A making is a period of the ledger on its way to be made, claimed by us.
type making struct {
	builder.Result
	key       string // its files are put into the archive here
	dir       string // that on this machine, where they are written
	row       ledger.Period
	omitted   []string          // files that had no room in a message
	basis     *correction.Basis // of a correction
	parts     *parts.Making
	recording bool // the ledger was told that it is made
}

// makeBatch makes periods whose data is the same, with one pass over the source, and
// has their messages sent. What cannot be made is postponed in the ledger, each by itself.
func (m *maker) makeBatch(ctx context.Context, rows []ledger.Period) {
	defer m.source.Check(ctx)
	defer m.events.Group()()
	var batch []*making
	var requests []builder.Request
	for _, row := range rows {
		if mk := m.begin(ctx, row); mk != nil {
			batch, requests = append(batch, mk), append(requests, builder.Request{Job: mk.Job, Dir: mk.dir, Correct: mk.basis, Split: mk.parts.Split()})
		} else {
			m.finished()
		}
	}
	if len(batch) == 0 {
		return
	}
	results := m.Builder.Build(ctx, batch[0].Now, requests)
	for i, mk := range batch {
		mk.Result = results[i]
		m.finish(ctx, mk)
		m.finished()
	}
	m.judgeSource(ctx, results)
}

func (m *maker) finished() {
	if m.Finished != nil {
		m.Finished()
	}
}

// begin prepares a claimed period to be made, unless the archive holds it.
func (m *maker) begin(ctx context.Context, row ledger.Period) *making {
	j, ok := m.job(row)
	if !ok || m.stopped() {
		if !ok {
			m.outdated.Store(true) // else it would be handed out at once again
		}
		m.giveBack(row)
		return nil
	}
	dir := m.periodDir(j)
	key := path.Join(periodKey(j), archive.Outgoing(row.Claim.Attempt(), 0))
	mk := &making{row: row, key: key, dir: m.Archive.Path(key), Result: builder.Result{Job: j, Now: m.Clock()}}
	held := false
	owner, err := m.Ledger.ClaimArchiveDir(ctx, planner.ReportDir(m.Archive, j.Report), m.Account.ID)
	if err != nil {
		err = fmt.Errorf("ledger: %w", err)
	} else if err = planner.RequireOurArchive(m.Archive, m.Account.ID, j.Report, owner); err == nil {
		held, err = m.Archive.Holds(ctx, cmp.Or(j.ArchiveID, j.Report.ID), j.PeriodName())
		held = held && j.Edition == 0 // else it is to be made again
	}
	if err == nil && held {
		note := planner.HeldNote(m.Archive, j)
		m.Log.Warn(note)
		m.end(row, ledger.Postponed{State: ledger.Archived, Error: note})
		m.event(j, builder.Event{Type: "report", State: builder.Already, Path: dir})
		return nil
	}
	if err == nil {
		err = m.source.RequireOver(j)
	}
	if err == nil && mk.IsCorrection() {
		mk.basis, err = m.recheck.Basis(ctx, row, j.Report)
	}
	needed, err2 := neededAttempts(ctx, m.core, j, row)
	if err = errors.Join(err, err2); err == nil {
		err = m.Archive.Begin(periodKey(j), mk.key, needed...)
	}
	if err == nil && !mk.IsCorrection() {
		mk.parts, err = parts.Begin(ctx, m.Config.Ledger, m.Archive, row, j, mk.dir, func(r builder.Result, dir string) (ledger.MadePeriod, error) {
			return m.freezeAll(ctx, &making{Result: r, dir: dir, row: ledger.Period{Claim: row.Claim}}, nil)
		})
	}
	if err != nil {
		mk.Err = err
		m.finish(ctx, mk)
		return nil
	}
	m.ping(ctx, j.Report, notifications.PingStart)
	return mk
}

// finish records what became of a period.
func (m *maker) finish(ctx context.Context, mk *making) {
	defer mk.parts.Close()
	err := mk.Err
	if err == nil {
		err = m.source.RequireOver(mk.Job) // what was read may be the first word of the source's clock
	}
	if err == nil {
		err = builder.Recover(func() error { return m.record(context.WithoutCancel(ctx), mk) })
	}
	if err == nil {
		m.made(ctx, mk)
		return
	}
	dir := m.periodDir(mk.Job)
	if !mk.recording { // else it may have been written down all the same
		err = errors.Join(err, mk.parts.Drop(), os.RemoveAll(mk.dir))
	}
	err = errors.Join(err, durable.RemoveEmpty(filepath.Dir(mk.dir), dir, filepath.Dir(dir)))
	if ctx.Err() != nil && mk.Err != nil {
		m.giveBack(mk.row)
		m.event(mk.Job, builder.Event{Type: "report", State: builder.Waiting, Error: fmt.Sprintf("report %s: %s: stopped", mk.Report.ID, mk.PeriodName())})
		return
	}
	if mk.IsCorrection() && m.endCorrection(ctx, mk, err) {
		return
	}
	m.postpone(ctx, mk.row, mk.Job, err)
}

// giveBack returns a claim as if nothing had been tried.
func (m *maker) giveBack(row ledger.Period) {
	m.pending.Write(periodName(row), func(ctx context.Context) error { return m.Ledger.ReturnPeriod(ctx, row.Claim) })
}

// end ends a try, and gives the claim back. It is not ours when others took this process for dead,
// and the period.
func (m *maker) end(row ledger.Period, p ledger.Postponed) (ours bool) {
	ours = true
	m.pending.Write(periodName(row), func(ctx context.Context) error {
		err := m.Ledger.PostponePeriod(ctx, row.Claim, p)
		ours = !errors.Is(err, ledger.ErrLost)
		return err
	})
	return ours
}

func periodName(row ledger.Period) string { return fmt.Sprintf("period %d", row.ID) }

// maxPanics is how often a report may panic before it is left to the operator.
const maxPanics = 3

// postpone leaves a period for a later try; one that panics again and again is given up.
func (m *maker) postpone(ctx context.Context, row ledger.Period, j report.Job, err error) {
	tries, at := row.Attempts+1, m.Clock()
	wait := backoff(tries, row.ID)
	if fetch.Unauthorized(err) || errors.Is(err, errNotAsked) {
		wait = max(wait, authBackoff)
	}
	var early *sourceclock.NotOverError
	if errors.As(err, &early) {
		wait = min(early.Wait, time.Hour)
	}
	p := ledger.Postponed{At: at, NextTry: at.Add(wait), State: ledger.Owed, Error: err.Error()}
	var panicked *builder.PanicError
	if errors.As(err, &panicked) {
		m.Log.Error("report panicked", "report", j.Report.ID, "period", j.PeriodName(), "panic", panicked.Value, "stack", string(panicked.Stack))
		if tries >= maxPanics {
			p.State, p.NextTry = ledger.Failed, time.Time{}
		}
	}
	if !m.end(row, p) {
		return // nothing failed that the operator is to hear of: they make it, and sweep up what is here
	}
	e := builder.Event{
		Type: "report", State: builder.Waiting, Error: fmt.Sprintf("report %s: %s: %v", j.Report.ID, j.PeriodName(), err),
		Level: builder.FaultLevel(err), Known: row.Attempts > 0 && isKnownFault(row.Error, err),
	}
	if p.State == ledger.Failed {
		e.State = string(ledger.Failed)
		m.alarms.Raise(ctx, ledger.AlarmFailed, j.Report.ID, at, j.Report.ID, j.PeriodName(), err.Error())
	}
	m.raiseArchive(ctx, j, err, at)
	var held *builder.HeldBackError
	if errors.As(err, &held) {
		m.alarms.Raise(ctx, ledger.AlarmReconcile, j.Report.ID+" "+j.PeriodName(), at, j.Report.ID, j.PeriodName(), held.Error())
	}
	if builder.NumbersUsedUp(err) {
		m.alarms.Raise(ctx, ledger.AlarmVoucher, j.Report.ID, at, j.Report.ID, j.PeriodName(), err.Error())
	}
	m.event(j, e)
	if !errors.Is(err, errNotAsked) && early == nil {
		m.ping(ctx, j.Report, pingFail)
	}
}
