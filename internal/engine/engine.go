// Package engine does the work of one configuration: it asks the ledger which periods are
// owed, has them made, freezes one message for each recipient, sends it, and writes down what
// it is about to do before it does it and what happened after. It refuses to send what could
// not be made whole, to change what went out, and to send anything twice without saying so.
//
// What happens to a period, each step safe to be cut off by a crash:
//
//	due → a row in the ledger: owed (planner)
//	claimed → files (builder), a frozen message per recipient (message), in <period>/.made/<attempt> (maker)
//	→ the ledger says made, with the SHA-256 of every file: from here on the bytes never change
//	→ the files get their place in <archive>/<report>/<period>/, the seal last
//	→ each message: claimed → intent in the ledger → SMTP → verdict in the ledger → removed (sender)
//
// The ledger is the only queue: makers and senders claim what is ready, and what they cannot
// do they give back with the time of the next try. An Engine does that once (Run), or whenever
// it is woken (Wake).
package engine

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/lateevents"
	"rapport/internal/ledger"
	"rapport/internal/machines"
	"rapport/internal/message"
	"rapport/internal/planner"
	"rapport/internal/recheck"
	"rapport/internal/reconcile"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// A Mode says what an engine does with what it cannot do now.
type Mode int

const (
	// Once is one run: what waits is tried now, whatever its next try says, and once. When the
	// ledger fails it begins nothing more, and ends with the error.
	Once Mode = iota
	// Daemon is woken again and again: it keeps to the times of the next tries, and logs errors.
	Daemon
)

// Config is the work of one configuration, and what it is done with.
type Config struct {
	Mode       Mode
	Account    statement.Account
	Path       string // of the configuration, as the ledger names it
	Archive    archive.Archive
	Operator   reportconfig.Operator // gets the alarms; the log does always
	MaxMessage int64                 // bytes that a message may have where the relay does not say
	Reports    []reportconfig.Report
	// MoreReports gives those that were made over HTTP, and a version of them; where that is the
	// known one, only that. Nil: there are none.
	MoreReports func(ctx context.Context, known string) ([]reportconfig.Report, string, error)
	Catchup     time.Duration
	Retention   time.Duration
	RealClock   bool // Clock is the machine's; by one that somebody made up nothing is too old to keep
	Senders     int  // messages under way at once, those included that wait for a connection
	// PollInterval is how soon the daemon sees what another process did: a run that left
	// something for later, or an operator who wants a message sent again. Zero: a minute.
	PollInterval time.Duration

	Builder  *builder.Builder
	Composer *message.Composer
	Sender   message.Sender // nil: there is no mail in the configuration
	Ledger   *ledger.Ledger
	// Clock is the time that acts and deadlines go by; a run with a time of its own gives that.
	Clock    func() time.Time
	Log      *slog.Logger
	EventLog *slog.Logger  // takes what Emit takes; nil: Log
	Meter    builder.Meter // nil: nothing is measured
	// HasReport tells whether the configuration at a path has a report of this account in this
	// ledger, as the file is now; of one that cannot be read it is true. nil: one that is there
	// has what it had.
	HasReport func(path, id string) bool
	// KeepsHouse tells whether this process sweeps and prunes; PruneOthers removes what others have in the ledger.
	KeepsHouse  func(context.Context, time.Time) bool
	PruneOthers func(ctx context.Context, before, now time.Time) error
	Hooks       Hooks               // tells others over HTTP; nil: nobody
	Emit        func(builder.Event) // each file and each delivery, as it happens; called by one goroutine at a time

	RequestWake func()            // asks for a Wake soon; of a daemon only
	OthersRest  func() bool       // whether no other engine of the process is at work; nil: there is none
	Expect      func(periods int) // so many will be made; nil: nobody asks
	Finished    func()            // a period is made, or could not be; nil: nobody asks

	lasting *slog.Logger // Log, for faults that may last: a daemon says each once
}

// An Engine does the work of one configuration. Its workers are its own, so that no other
// engine waits for them.
type Engine struct {
	*core
	planner *planner.Planner
	maker   *maker
	sender  *sender
	keeper  *housekeeper

	rechecking atomic.Bool
	looking    sync.Mutex // one look at the ledger at a time
	begun      bool       // the operator is told of what ended earlier processes

	mu      sync.Mutex
	changes int64     // the ledger's change counter when it was looked at
	looked  time.Time // when that was
	due     time.Time // when there will be something to do
	again   bool      // somebody else is at work, and may die over it: look again soon
}

// New prepares an engine; it starts nothing.
func New(c Config) *Engine {
	c.Senders = max(c.Senders, 1)
	c.PollInterval = machines.PollInterval(c.Ledger, c.PollInterval)
	c.setLogs()
	b := *c.Builder
	b.Log = c.lasting
	b.History, b.Memory = recheck.History{Ledger: c.Ledger}, reconcile.NewMemory(c.Ledger, c.Account.ID)
	c.Builder = &b
	e := &Engine{core: newCore(c)}
	b.LateEvents = lateevents.NewDetector(c.Account.ID, c.Account.Location, e.recheck.Closed(), c.Reports, c.lasting)
	e.planner = newPlanner(e.core)
	e.sender = newSender(e.core)
	e.maker = newMaker(e.core, e.sender)
	e.sender.madeAgain = e.maker.pool.Start
	e.keeper = &housekeeper{core: e.core, planner: e.planner, maker: e.maker, sender: e.sender}
	return e
}

// Busy tells whether anything is under way.
func (e *Engine) Busy() bool { return e.activity.Busy() }

// String names the engine in a log.
func (e *Engine) String() string { return e.Path }

// Wake starts what is ready, in the background, and says when there will be more. It is
// what the daemon calls.
func (e *Engine) Wake(ctx context.Context, now time.Time) (next time.Time, err error) {
	changes, err := e.Ledger.ChangeCounter(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("ledger: %w", err)
	}
	e.mu.Lock()
	news := e.activity.TakeNews() || e.again || changes != e.changes || !now.Before(e.due) || now.Before(e.looked)
	e.changes, e.looked, e.again = changes, now, false
	e.mu.Unlock()
	if news {
		due, err := e.look(ctx, now)
		if err != nil {
			e.activity.Note() // whatever is known, the next Wake looks
			return time.Time{}, err
		}
		e.mu.Lock()
		e.due = due
		e.mu.Unlock()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return earlier(e.due, now.Add(e.PollInterval)), nil
}

// look starts what is ready, and finds out when there will be more.
func (e *Engine) look(ctx context.Context, now time.Time) (next time.Time, err error) {
	e.looking.Lock()
	defer e.looking.Unlock()
	if err := e.alarms.Refresh(ctx); err != nil {
		return next, err
	}
	e.alarms.Resolve(ctx, ledger.AlarmClock, e.Account.ID, now) // nobody is woken while the clock is not believed
	if err := e.prepare(ctx, now); err != nil {
		return next, err
	}
	e.maker.maxCrashes.Store(noCrash)
	e.start()
	e.keeper.start(now)
	recheckSoon(e, now)
	return e.next(ctx, now)
}

// prepare brings the ledger up to now: what was not written down, what dead processes had
// claimed, what has fallen due, and what nobody wants any more.
func (e *Engine) prepare(ctx context.Context, now time.Time) error {
	if err := e.pending.Flush(ctx); err != nil {
		return err
	}
	if err := e.refresh(ctx); err != nil {
		return err
	}
	if err := e.watch.Look(ctx, now); err != nil {
		return err
	}
	if err := e.reap(ctx, now); err != nil {
		return err
	}
	if !e.begun {
		e.begun = true
		e.background("alarms", func() { e.keeper.tellCrash(e.sending, now) })
	}
	if e.watch.Held() {
		return nil
	}
	if err := e.planner.Plan(ctx, now); err != nil {
		return err
	}
	return e.cancelOrphans(ctx)
}

func (e *Engine) start() {
	e.maker.pool.Start()
	e.sender.pool.Start()
	e.notifier.pool.Start()
}

// reap frees what processes that died had claimed, and tells of messages that they were
// sending.
func (e *Engine) reap(ctx context.Context, now time.Time) error {
	reaped, err := e.Ledger.Reap(ctx)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if reaped.Periods+reaped.Deliveries > 0 {
		e.Log.Warn("a process died at work; what it had begun is free again", "periods", reaped.Periods, "deliveries", reaped.Deliveries, "uncertain", len(reaped.Uncertain))
	}
	for _, row := range reaped.Uncertain {
		j, ok := e.deliveryJob(row)
		if _, sent := e.messages.Noted(row); sent {
			continue
		}
		e.Log.Warn("a process died while it sent a message", "report", row.Report, "period", row.Period, "recipient", row.Recipient, "message_id", row.MessageID)
		if ok && row.Account == e.Account.ID && !j.Report.HoldUncertain { // else it is held in a moment, and that is said
			e.sender.raiseUnsure(ctx, j, row, ledger.Uncertain, now)
		}
	}
	return nil
}

// next is when there will be something to do that is not under way already.
func (e *Engine) next(ctx context.Context, now time.Time) (time.Time, error) {
	alarm, err := e.Ledger.NextAlarm(ctx, e.Account.ID, now)
	if err != nil {
		return time.Time{}, err
	}
	next := earlier(earlier(e.planner.NextDue(now), nextRecheck(e, now)), earlier(e.keeper.alarmsNext(now), alarm))
	if e.Hooks != nil {
		call, found, err := e.Ledger.NextNotification(ctx, e.Account.ID, e.Path)
		if err != nil {
			return time.Time{}, fmt.Errorf("next notification: %w", err)
		}
		if found && call.After(now) { // else somebody is at it
			next = earlier(next, call)
		}
	}
	ready := e.ready(now)
	suspect, suspects, err := e.Ledger.NextTry(ctx, ready)
	if err != nil {
		return time.Time{}, fmt.Errorf("next try: %w", err)
	}
	ready.MaxCrashes = 1
	retry, found, err := e.Ledger.NextTry(ctx, ready)
	if err != nil {
		return time.Time{}, fmt.Errorf("next try: %w", err)
	}
	if suspects && (!found || suspect.Before(retry)) { // it waits for others to rest
		next = earlier(next, latest(suspect, now.Add(suspectPause)))
	}
	if found && (retry.After(now) || !e.activity.Busy()) { // else somebody is at it, and the wake that its end requests asks again
		soonest := now.Add(time.Second) // what is owed and cannot be begun must not be asked for without a pause
		if out := e.sender.relay.outUntil(now); out.After(retry) {
			retry = out
		}
		next = earlier(next, latest(retry, soonest))
	}
	return next, nil
}

// Retire has nothing more begun or judged: another engine may have newer reports by now.
func (e *Engine) Retire() { e.stop() }

// Drain starts nothing more, cuts fetches off, and waits until the dialogues under way
// are over. When ctx ends it cuts those off too, as far as nothing may be lost by it.
func (e *Engine) Drain(ctx context.Context) error {
	e.stop()
	defer e.cutSending()
	defer message.CloseIdle(e.Sender)
	select {
	case <-e.activity.Idle():
		return e.pending.Flush(context.WithoutCancel(ctx))
	case <-ctx.Done():
		return fmt.Errorf("account %s: still at work: %w", e.Account.ID, context.Cause(ctx))
	}
}
