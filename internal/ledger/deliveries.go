package ledger

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/ledger/database"
)

// A DeliveryState says what has become of a delivery.
type DeliveryState string

// The states of a delivery, see the package comment.
const (
	Queued            DeliveryState = "queued"    // made, and not tried yet in this revision
	Sending           DeliveryState = "sending"   // the intent is written down: the relay may have it
	Deferred          DeliveryState = "deferred"  // not sent, tried again at NextTry
	Uncertain         DeliveryState = "uncertain" // all was sent and no answer is known
	Held              DeliveryState = "held"      // uncertain, and waits for the operator
	Sent              DeliveryState = "sent"      // accepted by the relay, or in the outbox
	Refused           DeliveryState = "refused"   // will never be taken
	Expired           DeliveryState = "expired"   // tried for too long
	CancelledDelivery DeliveryState = "cancelled" // the recipient left the configuration
	Closed            DeliveryState = "closed"    // the operator says that it did arrive
)

// A Delivery is one recipient's message of one period.
type Delivery struct {
	ID, PeriodID int64
	Key
	Period           string // its name
	Edition          int    // of the period
	Remake           RemakeReason
	Schedule, Config string
	ArchivedUnder    string // as of its period
	MadeAttempt      string // as of its period
	Due              time.Time
	Recipient        string
	Revision         int // 0, and one more with each Resend
	State            DeliveryState
	Attempts         int // of this revision
	Uncertain        int // how often the outcome of this revision was unknown
	QueuedAt         time.Time
	FirstTry         time.Time // of this revision
	LastTry          time.Time
	NextTry          time.Time
	FinishedAt       time.Time
	MessageID        string
	File, SHA256     string
	Size             int64
	Answer           string // the last words about it, the relay's where there are some
	InDoubt          bool   // it may have been sent, or queued, before the ledger was restored from a backup
	Mark             string // in its Message-ID, see RestoreMark
	Claimed          bool
	Claim            Claim // the caller's, in what a call that claims gives
	Begun            bool  // these bytes may have been delivered: they must never change
}

// A Result says how a try ended.
type Result struct {
	At, NextTry time.Time
	State       DeliveryState
	Answer      string
}

// An Attempt is a line of a delivery's history.
type Attempt struct {
	Revision int
	At       time.Time
	State    DeliveryState // it ended in
	Answer   string
}

// Reaped is what Reap freed.
type Reaped struct {
	Periods, Deliveries int
	Uncertain           []Delivery // those that were being sent
}

const deliveryColumns = `SELECT d.id, d.period_id, p.account, p.report, p.from_at, p.to_at, p.name, p.edition, p.remake, p.schedule, p.config, p.archived_under, p.attempt, p.due_at,
	d.recipient, d.revision, d.state, d.attempts, d.uncertain, d.queued_at, d.first_try_at, d.last_try_at, d.next_try_at, d.finished_at,
	d.message_id, d.file, d.sha256, d.size, d.answer, d.in_doubt, d.mark, d.claimed_by IS NOT NULL, d.begun, d.config, d.checksum
	FROM `

const selectDeliveries = deliveryColumns + `delivery d JOIN period p ON p.id = d.period_id`

// listDeliveries goes from the periods, whose order is asked for, to their deliveries.
const listDeliveries = deliveryColumns + `period p CROSS JOIN delivery d`

func scanDelivery(row database.Scanner) (d Delivery, err error) {
	var config string // as the row has it: it is the period's
	var sum int64
	err = row.Scan(&d.ID, &d.PeriodID, &d.Account, &d.Report, &d.From, &d.To, &d.Period, &d.Edition, &d.Remake, &d.Schedule, &d.Config, &d.ArchivedUnder, &d.MadeAttempt, &d.Due,
		&d.Recipient, &d.Revision, &d.State, &d.Attempts, &d.Uncertain,
		&d.QueuedAt, &d.FirstTry, &d.LastTry, &d.NextTry, &d.FinishedAt,
		&d.MessageID, &d.File, &d.SHA256, &d.Size, &d.Answer, &d.InDoubt, &d.Mark, &d.Claimed, &d.Begun, &config, &sum)
	if err == nil {
		err = database.RequireSum("delivery", sum, d.summed(config)...)
	}
	d.To = trueEnd(d.To, d.Edition, d.Remake)
	return d, err
}

func (d Delivery) summed(config string) []any {
	return []any{d.PeriodID, d.Account, config, database.Millis(d.Due), database.Millis(d.From), d.Recipient, d.Revision, string(d.State), d.Attempts, d.Uncertain,
		database.Millis(d.QueuedAt), database.Millis(d.FirstTry), database.Millis(d.LastTry), database.Millis(d.FinishedAt), d.MessageID, d.File, d.SHA256, d.Size, d.Answer, d.Begun, d.InDoubt, d.Mark}
}

const selectDeliveryByID = selectDeliveries + ` WHERE d.id = ?`

func deliveryByID(t database.Tx, id int64) (Delivery, error) {
	all, err := database.Collect(t, scanDelivery, selectDeliveryByID, id)
	if err == nil && len(all) == 0 {
		err = ErrNoDelivery
	}
	if err != nil {
		return Delivery{}, err
	}
	return all[0], nil
}

// Unsent gives all deliveries that are not finished, claimed or not, by due, from and id.
func (l History) Unsent(ctx context.Context, account string) ([]Delivery, error) {
	return database.List(ctx, l.db, scanDelivery, selectDeliveries+` WHERE d.account = ? AND d.finished_at = 0 ORDER BY p.due_at, p.from_at, d.id`, account)
}

// Deliveries gives deliveries, the newest due first, then by report and recipient.
func (l History) Deliveries(ctx context.Context, f Filter) ([]Delivery, error) {
	where, args := f.where("d.state")
	where += ` AND d.period_id = p.id`
	if f.Recipient != "" {
		where, args = where+` AND lower(d.recipient) = lower(?)`, append(args, f.Recipient)
	}
	limit, args := f.limit(args)
	return database.List(ctx, l.db, scanDelivery, listDeliveries+where+` ORDER BY p.due_at DESC, p.report, d.recipient, p.from_at DESC, d.id`+limit, args...)
}

// Delivery gives the delivery of an id; none wraps ErrNoDelivery.
func (l History) Delivery(ctx context.Context, id int64) (d Delivery, err error) {
	err = l.db.Read(ctx, func(t database.Tx) error {
		d, err = deliveryByID(t, id)
		return err
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery %d: %w", id, err)
	}
	return d, nil
}

// Attempts gives a delivery's tries, the oldest first.
func (l History) Attempts(ctx context.Context, deliveryID int64) ([]Attempt, error) {
	return database.List(ctx, l.db, func(row database.Scanner) (a Attempt, err error) {
		var sum int64
		err = row.Scan(&a.Revision, &a.At, &a.State, &a.Answer, &sum)
		if err == nil {
			err = database.RequireSum("attempt", sum, a.summed(deliveryID)...)
		}
		return a, err
	}, `SELECT revision, at, state, answer, checksum FROM attempt WHERE delivery_id = ? ORDER BY id`, deliveryID)
}

func (a Attempt) summed(delivery int64) []any {
	return []any{delivery, a.Revision, database.Millis(a.At), string(a.State), a.Answer}
}

// addAttempt writes a line of a delivery's history.
func addAttempt(t database.Tx, delivery int64, a Attempt) error {
	a.Answer = database.SanitizeText(a.Answer)
	_, err := t.Exec(insertAttempt, append(a.summed(delivery), t.Checksum(a.summed(delivery)...))...)
	return err
}
