package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

var errNoInstant = errors.New("it does not say when")

// ClaimDelivery claims a delivery that can be tried and is free; its state stays. One
// that is not free is a *HeldError, one that cannot be tried wraps ErrOver.
func (l *Ledger) ClaimDelivery(ctx context.Context, id int64, at time.Time) (d Delivery, err error) {
	err = l.claim(ctx, func(t tx, owner string) error {
		n, err := t.exec(`UPDATE delivery SET claimed_by = ? WHERE id = ? AND state IN ('queued', 'deferred', 'uncertain') AND claimed_by IS NULL`, owner, id)
		if err := one(n, err, func() error { return deliveryTable().notClaimable(t, id) }); err != nil {
			return err
		}
		d, err = deliveryByID(t, id)
		return err
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery %d: claim: %w", id, err)
	}
	return d, nil
}

// Intend writes down that a claimed delivery is about to be sent: when it has returned
// nil, and only then, the relay may have the message. An intended one wraps ErrOver.
func (l *Ledger) Intend(ctx context.Context, id int64, at time.Time) error {
	owner := l.claimed()
	err := l.writeTogether(ctx, func(t tx) error {
		if at.IsZero() {
			return errNoInstant
		}
		n, err := t.exec(`UPDATE delivery SET state = 'sending', begun = 1, attempts = attempts + 1, last_try_at = ?,
			first_try_at = CASE WHEN first_try_at = 0 THEN ? ELSE first_try_at END
			WHERE id = ? AND claimed_by = ? AND state <> 'sending'`, millis(at), millis(at), id, owner)
		if err := one(n, err, func() error { return deliveryTable().notWritable(t, id, owner) }); err != nil {
			return err
		}
		return tally(t, id, 1, 0)
	})
	if err != nil {
		return fmt.Errorf("delivery %d: intend: %w", id, err)
	}
	return nil
}

// Settle ends a try of a claimed delivery, and gives the claim back.
func (l *Ledger) Settle(ctx context.Context, id int64, s Settlement) error {
	owner := l.claimed()
	err := l.writeFact(ctx, func(t tx) error {
		if s.At.IsZero() {
			return errNoInstant
		}
		if !slices.Contains([]DeliveryState{Deferred, Uncertain, Held, Sent, Refused, Expired, CancelledDelivery}, s.State) {
			return fmt.Errorf("a try does not end in %q", s.State)
		}
		_, by, err := deliveryTable().claimOf(t, id)
		if err != nil {
			return err
		}
		if owner == "" || by != owner {
			return deliveryTable().notWritable(t, id, owner)
		}
		d, err := deliveryByID(t, id)
		if err != nil {
			return err
		}
		return settleRow(t, d, s)
	})
	if err != nil {
		return fmt.Errorf("delivery %d: settle: %w", id, err)
	}
	return nil
}

// settleRow moves a delivery to where its try ended, and keeps the try in its history.
func settleRow(t tx, d Delivery, s Settlement) error {
	tried, unknown := 0, 0
	if d.State != Sending && s.State != CancelledDelivery {
		tried = 1
	}
	if s.State == Uncertain || s.State == Held && d.State == Sending {
		unknown = 1
	}
	next, settled, at := int64(0), int64(0), millis(s.At)
	switch s.State {
	case Deferred, Uncertain:
		next = millis(s.NextTry)
	case Held:
	default:
		settled = at
	}
	_, err := t.exec(`UPDATE delivery SET state = ?, next_try_at = ?, settled_at = ?, answer = ?, claimed_by = NULL,
		attempts = attempts + ?, uncertain = uncertain + ?,
		last_try_at = CASE WHEN ? = 1 THEN ? ELSE last_try_at END,
		first_try_at = CASE WHEN ? = 1 AND first_try_at = 0 THEN ? ELSE first_try_at END WHERE id = ?`,
		s.State, next, settled, plain(s.Answer), tried, unknown, tried, at, tried, at, d.ID)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO attempt (delivery_id, revision, at, state, answer) VALUES (?, ?, ?, ?, ?)`,
		d.ID, d.Revision, at, s.State, plain(s.Answer))
	if err != nil {
		return err
	}
	if err := tally(t, d.ID, tried, unknown); err != nil {
		return err
	}
	return succeed(t, d.PeriodID)
}

// ReturnDelivery gives a claim back untouched. One that is being sent wraps ErrOver.
func (l *Ledger) ReturnDelivery(ctx context.Context, id int64) error {
	return l.underClaim(ctx, id, "return", `UPDATE delivery SET claimed_by = NULL WHERE id = ? AND claimed_by = ? AND state <> 'sending'`)
}

// Refreeze gives a claimed delivery other bytes. One whose bytes may have reached the
// relay wraps ErrOver.
func (l *Ledger) Refreeze(ctx context.Context, id int64, f NewDelivery) error {
	return l.underClaim(ctx, id, "freeze anew", `UPDATE delivery SET message_id = ?, file = ?, sha256 = ?, size = ? WHERE id = ? AND claimed_by = ? AND begun = 0`,
		f.MessageID, f.File, f.SHA256, f.Size)
}

// underClaim runs an update whose last arguments are the id and the owner.
func (l *Ledger) underClaim(ctx context.Context, id int64, what, update string, args ...any) error {
	owner := l.claimed()
	err := l.write(ctx, func(t tx) error {
		n, err := t.exec(update, append(slices.Clone(args), id, owner)...)
		return one(n, err, func() error { return deliveryTable().notWritable(t, id, owner) })
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %s: %w", id, what, err)
	}
	return nil
}
