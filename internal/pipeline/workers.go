package pipeline

import (
	"fmt"
	"runtime/debug"
	"time"

	"rapport/internal/ledger"
)

// start gives what is queued to workers.
func (d *Desk) start(eager bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if eager {
		d.relayNext = time.Time{}
	}
	if d.stopped {
		d.queue.clear()
	}
	d.startMakers()
	d.startSenders()
}

// startMakers is called with the lock held.
func (d *Desk) startMakers() {
	for d.makers < makersAtOnce {
		batch, found := d.queue.takeMake()
		if !found {
			return
		}
		d.makers++
		d.busy()
		go d.makeAll(batch)
	}
}

// startSenders is called with the lock held.
func (d *Desk) startSenders() {
	most := d.Senders
	if d.probing {
		most = 1
	}
	for waiting := len(d.queue.sends); waiting > 0 && d.senders < most; waiting-- {
		d.senders++
		d.busy()
		go d.sendAll()
	}
}

// rest is called with the lock held when nothing is under way any more.
func (d *Desk) rest() {
	close(d.idle)
	if d.Poke != nil && d.restless { // also when it has stopped: another desk goes on with what it leaves
		d.Poke()
	}
}

func (d *Desk) busy() {
	select {
	case <-d.idle:
		d.idle = make(chan struct{})
	default:
	}
}

// done is called with the lock held when a worker ends.
func (d *Desk) done() {
	d.restless = true
	if d.makers+d.senders > 0 || d.keeping {
		return
	}
	d.rest()
}

// makeAll makes a batch, and what may be made after it.
func (d *Desk) makeAll(batch []ledger.Period) {
	for more := true; more; {
		d.guarded("make", func() { d.makeBatch(d.work, batch) })
		d.mu.Lock()
		d.queue.madeBatch(batch)
		d.release(makeKeys(batch)...)
		if batch, more = d.queue.takeMake(); more {
			d.startMakers()
		} else {
			d.makers--
			d.done()
		}
		d.mu.Unlock()
	}
}

func makeKeys(batch []ledger.Period) (keys []string) {
	for _, row := range batch {
		keys = append(keys, makeKey(row.ID))
	}
	return keys
}

// release lets things be queued again; without anybody to wake the desk they are not.
func (d *Desk) release(keys ...string) {
	if d.Poke == nil {
		return
	}
	for _, key := range keys {
		delete(d.queue.busy, key)
	}
}

func (d *Desk) sendAll() {
	for {
		d.mu.Lock()
		if len(d.queue.sends) == 0 || d.probing && d.senders > 1 {
			d.senders--
			d.done()
			d.mu.Unlock()
			return
		}
		row := d.queue.takeSend()
		d.mu.Unlock()
		word := notAsked
		d.guarded("send", func() { word = d.deliver(d.talk, row) })
		d.mu.Lock()
		d.release(sendKey(row.ID))
		d.mu.Unlock()
		switch word {
		case relayFailed:
			d.relayIsDown(row)
		case relayAnswered:
			d.relayWorks()
		}
	}
}

// A relayWord is what a delivery learned of the relay.
type relayWord int

const (
	notAsked relayWord = iota
	relayAnswered
	relayFailed // it is down, or refuses us: others will hear the same
)

// relayIsDown leaves all messages that wait for the relay to its next try: they would
// only hear the same.
func (d *Desk) relayIsDown(row ledger.Delivery) {
	now := d.Clock()
	d.mu.Lock()
	d.relayFails++
	next := now.Add(backoff(d.relayFails, row.ID))
	d.probing, d.relayNext = true, next
	rest := d.queue.clearSends()
	if d.Poke == nil {
		for _, r := range rest {
			d.queue.hold(sendKey(r.ID)) // not again in this run
		}
	}
	d.mu.Unlock()
	d.deferAll(rest, now, next)
}

// deferAll leaves messages for later that were not tried.
func (d *Desk) deferAll(rows []ledger.Delivery, now, next time.Time) {
	const why = "the relay is down or refuses us; it was asked with another message"
	var ids []int64
	for _, row := range rows {
		ids = append(ids, row.ID)
		if j, ok := d.deliveryJob(row); ok {
			d.event(j, Event{Type: "delivery", Recipient: row.Recipient, State: string(ledger.Deferred), Error: fmt.Sprintf("report %s: mail to %s: %s", row.Report, row.Recipient, why)})
		}
	}
	if len(ids) > 0 && d.talk.Err() == nil {
		if err := d.Ledger.DeferDeliveries(d.talk, ids, next, why); err != nil {
			d.ledgerFault(err)
		}
	}
}

func (d *Desk) relayWorks() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.probing {
		d.probing, d.relayNext, d.relayFails = false, time.Time{}, 0
		d.startSenders()
	}
}

// relayIsOut tells whether the relay is left alone still. It is called with the lock held.
func (d *Desk) relayIsOut(now time.Time) bool {
	return now.Before(d.relayNext) && !d.relayNext.After(now.Add(mostAhead))
}

// guarded keeps a fault of one piece of work from the others. Its claim stays ours until
// the process ends: what it left behind is not known.
func (d *Desk) guarded(what string, do func()) {
	defer func() {
		if p := recover(); p != nil {
			d.Log.Error("panic", "what", what, "panic", p, "stack", string(debug.Stack()))
			d.fault(fmt.Errorf("internal fault: %s: %v", what, p))
		}
	}()
	do()
}
