package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger/database"
)

// Hold makes a delivery that is uncertain and free wait for the operator. Any other is a
// *StateError.
func (l Operator) Hold(ctx context.Context, id int64, note string) error {
	_, err := l.decide(ctx, id, nil, "hold", `UPDATE delivery SET state = 'held', next_try_at = 0, answer = ?
		WHERE id = ? AND state = 'uncertain' AND claimed_by IS NULL`, database.SanitizeText(note))
	return err
}

// Resend makes a delivery that is finished, held or uncertain to be sent once more, as a
// new revision whose message is yet to be made. The others are a *StateError. What is done
// beside a decision is in its transaction.
func (l Operator) Resend(ctx context.Context, id int64, at time.Time, beside ...func(Tx) error) (Delivery, error) {
	return l.decide(ctx, id, beside, "resend", `UPDATE delivery SET state = 'queued', revision = revision + 1, queued_at = ?,
		attempts = 0, uncertain = 0, first_try_at = 0, last_try_at = 0, next_try_at = 0, finished_at = 0,
		message_id = '', file = '', sha256 = '', size = 0, answer = '', begun = 0, in_doubt = 0,
		mark = coalesce((SELECT r.mark FROM restored r ORDER BY r.id DESC LIMIT 1), '')
		WHERE id = ? AND state IN ('sent', 'refused', 'expired', 'cancelled', 'closed', 'held', 'uncertain') AND claimed_by IS NULL`, database.Millis(at))
}

// Release lets a held delivery be tried again, with the same bytes. Any other is a
// *StateError.
func (l Operator) Release(ctx context.Context, id int64, at time.Time, beside ...func(Tx) error) (Delivery, error) {
	return l.decide(ctx, id, beside, "release", `UPDATE delivery SET state = 'queued', queued_at = ?, next_try_at = 0, in_doubt = 0
		WHERE id = ? AND state = 'held' AND claimed_by IS NULL`, database.Millis(at))
}

// CloseDelivery takes the operator's word that a delivery arrived, or need not. One that
// was sent, cancelled or closed, or is being sent, is a *StateError.
func (l Operator) CloseDelivery(ctx context.Context, id int64, at time.Time, beside ...func(Tx) error) (Delivery, error) {
	if at.IsZero() {
		return Delivery{}, fmt.Errorf("delivery %d: close: %w", id, database.ErrNoInstant)
	}
	return l.decide(ctx, id, beside, "close", `UPDATE delivery SET state = 'closed', finished_at = ?, next_try_at = 0
		WHERE id = ? AND state IN ('held', 'uncertain', 'deferred', 'queued', 'refused', 'expired') AND claimed_by IS NULL`, database.Millis(at))
}

// A HasItError says that a mailbox has a delivery of a period already.
type HasItError struct{ Delivery Delivery }

func (e *HasItError) Error() string {
	return fmt.Sprintf("delivery %d is to %s, and %s", e.Delivery.ID, e.Delivery.Recipient, e.Delivery.State)
}

// AddRecipient has a period that was made sent to one more recipient; the message is yet to be
// made. A mailbox that has a delivery of it is a *HasItError, a period that is not made, or of
// which nothing is kept, a *StateError.
func (l Operator) AddRecipient(ctx context.Context, periodID int64, recipient string, at time.Time) (d Delivery, err error) {
	if at.IsZero() {
		return Delivery{}, fmt.Errorf("period %d: send: %w", periodID, database.ErrNoInstant)
	}
	err = l.db.Write(ctx, func(t database.Tx) error {
		p, err := periodByID(t, periodID)
		if err == nil && (p.State != Made || !p.Detailed) {
			err = &StateError{Asked: "send", Found: string(p.State), Claimed: p.Claimed}
		}
		if err != nil {
			return err
		}
		held, err := database.Collect(t, scanDelivery, selectDeliveries+` WHERE d.period_id = ? AND lower(d.recipient) = lower(?)`, periodID, recipient)
		if err == nil && len(held) > 0 {
			err = &HasItError{held[0]}
		}
		mark := ""
		if err == nil {
			mark, err = restoreMark(t)
		}
		if err == nil {
			p.InDoubt = false // somebody asked for it
			err = queueDelivery(t, p, NewDelivery{Recipient: recipient, Mark: mark}, at)
		}
		if err != nil {
			return err
		}
		added, err := database.Collect(t, scanDelivery, selectDeliveries+` WHERE d.period_id = ? AND d.recipient = ?`, periodID, recipient)
		if err == nil {
			d = added[0]
		}
		return err
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("period %d: send: %w", periodID, err)
	}
	return d, nil
}

// decide runs an update whose last argument is the id, and what is to be written down beside it
// in the same transaction. No row is a *StateError.
func (l Operator) decide(ctx context.Context, id int64, beside []func(Tx) error, what, update string, args ...any) (d Delivery, err error) {
	err = l.db.Write(ctx, func(t database.Tx) error {
		n, err := t.Exec(update, append(args[:len(args):len(args)], id)...)
		err = database.RequireRow(n, err, func() error {
			state, process, _, err := deliveryTable().claimOf(t, id)
			if err != nil {
				return err
			}
			return &StateError{Asked: what, Found: state, Claimed: process != "", Possible: Possible(DeliveryState(state), process != "")}
		})
		if err != nil {
			return err
		}
		if d, err = deliveryByID(t, id); err != nil {
			return err
		}
		for _, do := range beside {
			if err := do(Tx{t}); err != nil {
				return err
			}
		}
		return updateLastSuccess(t, d.PeriodID)
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery %d: %w", id, err)
	}
	return d, nil
}

// Possible is what the operator can ask of a delivery.
func Possible(state DeliveryState, claimed bool) []string {
	if claimed {
		return nil
	}
	switch state {
	case Held:
		return []string{"resend", "release", "close"}
	case Uncertain, Refused, Expired:
		return []string{"resend", "close"}
	case Sent, CancelledDelivery, Closed:
		return []string{"resend"}
	case Queued, Deferred:
		return []string{"close"}
	}
	return nil
}

// ErrNoAlarm is wrapped when no alarm of the account has the id.
var ErrNoAlarm = errors.New("no such alarm")

// Mute keeps an alarm from being told until an instant; the zero time ends that.
func (l Operator) Mute(ctx context.Context, account string, id int64, until time.Time) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		n, err := t.Exec(`UPDATE alarm SET muted_until = ? WHERE account = ? AND id = ?`, database.Millis(until), account, id)
		return database.RequireRow(n, err, func() error { return ErrNoAlarm })
	})
	return database.Wrap(err, "alarm %d: mute", id)
}
