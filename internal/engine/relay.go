package engine

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/text"
)

// A relayAnswer is what a delivery learned of the relay.
type relayAnswer int

const (
	notAsked relayAnswer = iota
	relayAnswered
	relayFailed // it is down, or refuses us: others will hear the same
)

// A relay is what is known of the mail server: one that is down is left alone until its next
// try, and is then asked with one message.
type relay struct {
	mu      sync.Mutex
	probing bool      // whether it works is not known: one message goes first
	next    time.Time // it is not asked before; zero: it may be asked
	fails   int       // in a row
	said    string    // why, as the log has it; "": it has nothing
}

// isKnown tells whether the log has that the relay is out for this reason, and notes that it
// will.
func (r *relay) isKnown(why string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.said != "" && text.SameButNumbers(r.said, why)
	r.said = why
	return known
}

// outUntil is when a relay that is left alone is asked again; zero: it may be asked now.
func (r *relay) outUntil(now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !now.Before(r.next) || r.next.After(now.Add(mostAhead)) {
		return time.Time{}
	}
	return r.next
}

func (r *relay) isProbing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.probing
}

// failed notes that the relay is down, and gives its next try.
func (r *relay) failed(now time.Time, id int64) (next time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fails++
	r.probing, r.next = true, now.Add(backoff(r.fails, id))
	return r.next
}

// works notes that the relay answers; news says that this was not known, and wasOut that it
// did not.
func (r *relay) works() (news, wasOut bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	news, wasOut = r.probing, r.fails > 0
	r.probing, r.next, r.fails, r.said = false, time.Time{}, 0, ""
	return news, wasOut
}

// relayIsOut is the answer of a message that waits because another one found the relay out.
const relayIsOut = "the relay is down or refuses us; it was asked with another message"

// someWaitForRelay tells whether an earlier process found the relay out.
func (s *sender) someWaitForRelay() bool {
	rows, err := s.Ledger.Unsent(s.sending, s.Account.ID)
	if err != nil {
		s.faults.addLedger(err)
	}
	return slices.ContainsFunc(rows, func(row ledger.Delivery) bool { return row.Answer == relayIsOut })
}

// deferAll leaves the messages that are ready for later: they would only hear the same.
func (s *sender) deferAll(now, next time.Time) {
	rows, err := s.Ledger.Unsent(s.sending, s.Account.ID)
	if err != nil {
		s.faults.addLedger(err)
		return
	}
	var ids []int64
	for _, row := range rows {
		j, ours := s.deliveryJob(row)
		waits := row.State == ledger.Queued || row.State == ledger.Deferred || row.State == ledger.Uncertain
		if !ours || row.Claimed || !waits || row.NextTry.After(now) || !s.chosen(row.Report, row.Period) {
			continue
		}
		ids = append(ids, row.ID)
		s.event(j, builder.Event{
			Type: "delivery", Recipient: row.Recipient, State: string(ledger.Deferred), Error: fmt.Sprintf("report %s: mail to %s: %s", row.Report, row.Recipient, relayIsOut),
			Level: slog.LevelWarn, Known: row.State != ledger.Queued, Delivery: row.ID, MessageID: row.MessageID,
		})
	}
	if len(ids) == 0 {
		return
	}
	if err := s.Ledger.DeferDeliveries(s.sending, ids, next, relayIsOut); err != nil {
		s.faults.addLedger(err)
	}
}

// mostAhead is further ahead than any next try is set: what is later was written by a
// clock that was wrong.
const mostAhead = 2 * time.Hour

// backoff is how long to wait after so many tries: five minutes, doubling to an hour,
// give or take a tenth, so that what failed together does not come back together.
func backoff(tries int, id int64) time.Duration {
	wait := 5 * time.Minute << min(max(tries-1, 0), 10)
	wait = min(wait, time.Hour)
	jitter := (id*2654435761 + int64(tries)*40503) % 1000
	return wait - wait/10 + wait/5*time.Duration(max(jitter, -jitter))/1000
}
