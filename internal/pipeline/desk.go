package pipeline

import (
	"context"
	"fmt"
	"sync"
	"time"

	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// How much a desk does at once.
const (
	makersAtOnce = 4  // batches that are fetched and written
	batchSize    = 16 // reports that share one fetch; each is held in memory until all are written
)

// An Assignment is the work of one configuration, and what it is done with.
type Assignment struct {
	*Runner
	Ledger    *ledger.Ledger
	Reports   []reportconfig.Report
	Catchup   time.Duration
	Retention time.Duration
	Prune     bool   // whether Retention is kept; not by a clock that somebody made up
	Senders   int    // messages under way at once, those included that wait for a connection
	Poke      func() // asks for a Wake soon; nil: nobody wakes it
	// Glance is how soon the daemon sees what another process did: a run that left something
	// for later, or an operator who wants a message sent again. Zero: a minute.
	Glance time.Duration
}

// A Desk does the work of one configuration: it asks the ledger what is owed, makes it
// and sends it. Its workers are its own, so that no other desk waits for them.
type Desk struct {
	Assignment

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
	outcome         Outcome
}

// NewDesk prepares a desk; it starts nothing.
func NewDesk(a Assignment) *Desk {
	desk := &Desk{Assignment: a, byID: map[string]int{}}
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
	own, emit := *a.Runner, a.Emit
	own.audits = newAuditMemory()
	if a.Ledger != nil {
		own.watchman = newWatchman(a.Account, a.Ledger, desk.Reports)
	}
	own.History = a.Ledger
	own.Emit = func(e Event) {
		desk.telling.Lock()
		defer desk.telling.Unlock()
		desk.outcome.Failed = desk.outcome.Failed || e.State == string(ledger.Refused) || e.State == string(ledger.Expired) || e.State == string(ledger.Failed)
		emit(e)
	}
	desk.Runner = &own
	return desk
}

// String names the desk in a log.
func (d *Desk) String() string { return d.Config }

// Wake starts what is ready, in the background, and says when there will be more. It is
// what the daemon calls.
func (d *Desk) Wake(ctx context.Context, now time.Time) (next time.Time, err error) {
	edition, err := d.Ledger.ChangeCounter(ctx)
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
func (d *Desk) look(ctx context.Context, now time.Time) error {
	if err := d.refreshAlarms(ctx); err != nil {
		return err
	}
	d.clear(ctx, alarmClock, d.Account, now) // nobody is woken while the clock is not believed
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
func (d *Desk) again(err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.restless = true
	return err
}

// Drain starts nothing more, cuts fetches off, and waits until the dialogues under way
// are over. When ctx ends it cuts those off too, as far as nothing may be lost by it.
func (d *Desk) Drain(ctx context.Context) error {
	d.stop()
	defer d.stopTalk()
	defer d.hangUp()
	select {
	case <-d.waiting():
		return d.catchUp(context.WithoutCancel(ctx))
	case <-ctx.Done():
		return fmt.Errorf("account %s: still at work: %w", d.Account, context.Cause(ctx))
	}
}

func (d *Desk) stop() {
	d.mu.Lock()
	d.stopped = true
	d.queue.clear()
	d.mu.Unlock()
	d.stopWork()
}

func (d *Desk) waiting() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.idle
}

// next is when there will be something to do that is not under way already.
func (d *Desk) next(ctx context.Context, now time.Time) (time.Time, error) {
	next := d.nextDue(now)
	retry, found, err := d.Ledger.NextTry(ctx, ledger.Ready{Account: d.Account, Config: d.Config, Now: now})
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

func (d *Desk) isStopped() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stopped
}

func (d *Desk) report(id string) *reportconfig.Report {
	if i, ok := d.byID[id]; ok {
		return &d.Reports[i]
	}
	return nil
}
