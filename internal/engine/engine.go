// Package engine does the work of one configuration: it asks the ledger which periods are
// owed, has them made, freezes one message for each recipient, sends it, and writes down what
// it is about to do before it does it and what happened after. It refuses to send what could
// not be made whole, to change what went out, and to send anything twice without saying so.
//
// What happens to a period, each step safe to be cut off by a crash:
//
//	due → a row in the ledger: owed
//	claimed → rows, totals, CSV and PDF (builder) and one frozen message per recipient
//	  (message) in <period>/.outgoing.new → it becomes .outgoing
//	→ the ledger says made, with the SHA-256 of every file: from here on the bytes never change
//	→ the files move to <archive>/<report>/<period>/
//	→ each message: claimed → intent in the ledger → SMTP → verdict in the ledger → removed
//
// An Engine does that once (Run), or whenever it is woken (Wake).
package engine

import (
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"sync"
	"time"

	"rapport/internal/builder"
	"rapport/internal/lateevents"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/reconcile"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// How much a desk does at once.
const (
	makersAtOnce = 4  // batches that are fetched and written
	batchSize    = 16 // reports that share one fetch; each is held in memory until all are written
)

// An Config is the work of one configuration, and what it is done with.
type Config struct {
	Account    statement.Account
	Path       string // of the configuration, as the ledger names it
	Archive    string
	Operator   *mail.Address // gets the alarms; nil: the log does
	MaxMessage int64         // bytes that a message may have where the relay does not say
	Reports    []reportconfig.Report
	Catchup    time.Duration
	Retention  time.Duration

	Builder  *builder.Builder
	Composer *message.Composer
	Sender   message.Sender // nil: there is no mail in the configuration
	Ledger   *ledger.Ledger
	// Clock is the time that acts and deadlines go by; a run with a time of its own gives that.
	Clock func() time.Time
	Log   *slog.Logger
	Meter builder.Meter                                 // nil: nothing is measured
	Ping  func(ctx context.Context, url, signal string) // tells a watch that a report started, succeeded or failed; nil: nobody
	Emit  func(builder.Event)                           // each file and each delivery, as it happens; called by one goroutine at a time

	// How far a run is; each may be nil.
	Expect   func(periods int) // so many more will be made
	Finished func()            // a period is made, or could not be

	Prune   bool   // whether Retention is kept; not by a clock that somebody made up
	Senders int    // messages under way at once, those included that wait for a connection
	Poke    func() // asks for a Wake soon; nil: nobody wakes it
	// Glance is how soon the daemon sees what another process did: a run that left something
	// for later, or an operator who wants a message sent again. Zero: a minute.
	Glance time.Duration
}

// A Engine does the work of one configuration: it asks the ledger what is owed, makes it
// and sends it. Its workers are its own, so that no other desk waits for them.
type Engine struct {
	Config

	byID       map[string]int
	owners     map[string]string // of directories in the archive; written while filling
	work, talk context.Context   // of what may be cut off, and of the dialogues with a relay, which may not
	stopWork   context.CancelFunc
	stopTalk   context.CancelFunc

	filling sync.Mutex // one look at the ledger at a time
	telling sync.Mutex // one event at a time

	mu              sync.Mutex
	queue           queue
	undone          map[string]func(context.Context) error // writes that the ledger refused for now
	faults          []error
	relayNext       time.Time // the relay is not asked before; zero: it works
	relayFails      int       // in a row
	probing         bool      // whether it works is not known yet: one message goes first
	risked          map[int64]time.Time
	standing        map[[2]string]bool // alarms, by kind and subject
	edition         int64              // of the ledger when it was looked at
	looked, due     time.Time          // when that was, and when there will be something to do
	restless        bool               // something was finished since
	alarmNext       time.Time
	pruned          time.Time
	judged          time.Time
	credible        bool // at judged: the ledger's newest period is not further back than catchup
	makers, senders int
	keeping         bool
	stopped         bool
	idle            chan struct{} // closed while nothing is under way
	outcome         builder.Outcome
}

// New prepares a desk; it starts nothing.
func New(a Config) *Engine {
	desk := &Engine{Config: a, byID: map[string]int{}}
	for i, r := range a.Reports {
		desk.byID[r.ID] = i
	}
	desk.Senders = max(desk.Senders, 1)
	if desk.Glance <= 0 {
		desk.Glance = time.Minute
	}
	desk.work, desk.stopWork = context.WithCancel(context.Background())
	desk.talk, desk.stopTalk = context.WithCancel(context.Background())
	desk.queue, desk.probing = queue{busy: map[string]bool{}, making: map[string]bool{}}, true
	desk.restless, desk.standing = true, map[[2]string]bool{}
	desk.undone, desk.risked = map[string]func(context.Context) error{}, map[int64]time.Time{}
	desk.idle = make(chan struct{})
	close(desk.idle)
	own := *a.Builder
	own.Memory = reconcile.NewMemory()
	own.LateEvents = lateevents.NewDetector(a.Account.ID, a.Account.Location, a.Ledger, desk.Reports, a.Log)
	own.History = a.Ledger
	desk.Builder = &own
	emit := a.Emit
	desk.Emit = func(e builder.Event) {
		desk.telling.Lock()
		defer desk.telling.Unlock()
		desk.outcome.Failed = desk.outcome.Failed || e.State == string(ledger.Refused) || e.State == string(ledger.Expired) || e.State == string(ledger.Failed)
		emit(e)
	}
	return desk
}

// String names the desk in a log.
func (d *Engine) String() string { return d.Path }

// Wake starts what is ready, in the background, and says when there will be more. It is
// what the daemon calls.
func (d *Engine) Wake(ctx context.Context, now time.Time) (next time.Time, err error) {
	edition, err := d.Ledger.Edition(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("ledger: %w", err)
	}
	d.mu.Lock()
	news := d.restless || edition != d.edition || !now.Before(d.due) || now.Before(d.looked)
	d.restless, d.edition, d.looked = false, edition, now
	d.mu.Unlock()
	if news {
		if err := d.look(ctx, now); err != nil {
			return time.Time{}, d.again(err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return earlier(d.due, now.Add(d.Glance)), nil
}

// look queues what is ready, and finds out when there will be more.
func (d *Engine) look(ctx context.Context, now time.Time) error {
	if err := d.refreshAlarms(ctx); err != nil {
		return err
	}
	d.clear(ctx, ledger.AlarmClock, d.Account.ID, now) // nobody is woken while the clock is not believed
	if err := d.fill(ctx, now, everything(false)); err != nil {
		return err
	}
	d.housekeep(now)
	next, err := d.next(ctx, now)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.due = next
	return err
}

// again has the next Wake look, whatever it knows.
func (d *Engine) again(err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.restless = true
	return err
}

// Drain starts nothing more, cuts fetches off, and waits until the dialogues under way
// are over. When ctx ends it cuts those off too, as far as nothing may be lost by it.
func (d *Engine) Drain(ctx context.Context) error {
	d.stop()
	defer d.stopTalk()
	defer message.CloseIdle(d.Sender)
	select {
	case <-d.waiting():
		return d.catchUp(context.WithoutCancel(ctx))
	case <-ctx.Done():
		return fmt.Errorf("account %s: still at work: %w", d.Account.ID, context.Cause(ctx))
	}
}

func (d *Engine) stop() {
	d.mu.Lock()
	d.stopped = true
	d.queue.clear()
	d.mu.Unlock()
	d.stopWork()
}

func (d *Engine) waiting() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.idle
}

// next is when there will be something to do that is not under way already.
func (d *Engine) next(ctx context.Context, now time.Time) (time.Time, error) {
	next := d.nextDue(now)
	retry, found, err := d.Ledger.NextTry(ctx, d.Account.ID)
	if err != nil {
		return time.Time{}, fmt.Errorf("next try: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if busy := d.makers+d.senders > 0; found && !busy { // else the poke at its end asks again
		soonest := now.Add(time.Second) // what is owed and cannot be begun must not be asked for without a pause
		if d.relayIsOut(now) && d.relayNext.After(retry) {
			retry = d.relayNext
		}
		if retry.Before(soonest) {
			retry = soonest
		}
		next = earlier(next, retry)
	}
	if d.alarmNext.After(now.Add(mostAhead)) {
		d.alarmNext = time.Time{} // written by a clock that was wrong
	}
	return earlier(next, d.alarmNext), nil
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (d *Engine) isStopped() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stopped
}

func (d *Engine) report(id string) *reportconfig.Report {
	if i, ok := d.byID[id]; ok {
		return &d.Reports[i]
	}
	return nil
}

// event says what became of something of a report's period.
func (d *Engine) event(j report.Job, e builder.Event) { d.emit(e.Of(j)) }

func (d *Engine) emit(e builder.Event) {
	e.LogTo(d.Log, d.Account.ID)
	d.Emit(e)
}

// measure begins to measure a stage.
func (d *Engine) measure(stage string) (stop func()) {
	if d.Meter == nil {
		return func() {}
	}
	return d.Meter.Start(stage)
}
