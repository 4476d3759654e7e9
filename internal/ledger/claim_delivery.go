package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/processes"
	"rapport/internal/mailcopy"
)

const claimDelivery = `UPDATE delivery SET claimed_by = ?, claim = ? WHERE id = ? AND state IN ('queued', 'deferred', 'uncertain') AND claimed_by IS NULL`

// ClaimDelivery claims a delivery that can be tried and is free; its state stays. One
// that is not free is a *LockedError, one that cannot be tried wraps ErrOver.
func (l Queue) ClaimDelivery(ctx context.Context, id int64) (d Delivery, err error) {
	c := processes.NewClaim(id)
	err = l.process.Claim(ctx, func(t database.Tx, process string) error {
		d, err = takeDelivery(t, process, c)
		return err
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery %d: claim: %w", id, err)
	}
	return d, nil
}

func takeDelivery(t database.Tx, process string, c Claim) (d Delivery, err error) {
	n, err := t.Exec(claimDelivery, process, c.Token, c.Row)
	if err := database.RequireRow(n, err, func() error { return deliveryTable().notClaimable(t, c.Row) }); err != nil {
		return Delivery{}, err
	}
	d, err = deliveryByID(t, c.Row)
	d.Claim = c
	return d, err
}

const markSending = `UPDATE delivery SET state = 'sending', sending_claim = claim, begun = 1, in_doubt = 0, attempts = attempts + 1, last_try_at = ?,
	first_try_at = CASE WHEN first_try_at = 0 THEN ? ELSE first_try_at END
	WHERE id = ? AND claim = ? AND state <> 'sending'`

// MarkSending writes down that a claimed delivery is about to be sent: when it has returned
// nil, and only then, the relay may have the message. One that is marked already wraps ErrOver.
func (l Queue) MarkSending(ctx context.Context, c Claim, at time.Time) error {
	err := l.db.WriteOwnRow(ctx, func(t database.Tx) error {
		if at.IsZero() {
			return database.ErrNoInstant
		}
		n, err := t.Exec(markSending, database.Millis(at), database.Millis(at), c.Row, c.Token)
		if err := database.RequireRow(n, err, func() error { return deliveryTable().notWritable(t, c) }); err != nil {
			return err
		}
		return countAttempts(t, c.Row, 1, 0)
	})
	return database.Wrap(err, "delivery %d: mark as sending", c.Row)
}

// UnmarkSending takes MarkSending back: the relay has surely refused these bytes, and others may
// be sent under the same claim. The try stays in the history. One of which an earlier outcome is
// not known wraps ErrOver.
func (l Queue) UnmarkSending(ctx context.Context, c Claim, at time.Time, answer string) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		if at.IsZero() {
			return database.ErrNoInstant
		}
		n, err := t.Exec(`UPDATE delivery SET state = 'queued', begun = 0 WHERE id = ? AND claim = ? AND state = 'sending' AND uncertain = 0`, c.Row, c.Token)
		if err := database.RequireRow(n, err, func() error { return deliveryTable().notWritable(t, c) }); err != nil {
			return err
		}
		d, err := deliveryByID(t, c.Row)
		if err != nil {
			return err
		}
		return addAttempt(t, c.Row, Attempt{Revision: d.Revision, At: at, State: Deferred, Answer: answer})
	})
	return database.Wrap(err, "delivery %d: unmark as sending", c.Row)
}

// Finish writes down how a try of a claimed delivery ended, and gives the claim back. Held and
// Cancelled without MarkSending before are decisions, and count no try. Deferred says that the
// relay surely does not have it: unless an earlier outcome is not known, it may get other bytes.
func (l Queue) Finish(ctx context.Context, c Claim, s Result) error {
	err := l.db.WriteEvenWhenFull(ctx, func(t database.Tx) error {
		if s.At.IsZero() {
			return database.ErrNoInstant
		}
		if !slices.Contains([]DeliveryState{Deferred, Uncertain, Held, Sent, Refused, Expired, CancelledDelivery}, s.State) {
			return fmt.Errorf("a try does not end in %q", s.State)
		}
		if _, err := deliveryTable().requireClaim(t, c); err != nil {
			return err
		}
		d, err := deliveryByID(t, c.Row)
		if err != nil {
			return err
		}
		return finishRow(t, d, s)
	})
	return database.Wrap(err, "delivery %d: finish", c.Row)
}

// Testify writes down how a try ended whose claim was lost meanwhile: others took its process for
// dead, and the outcome for uncertain. When the relay took the message, and nobody has begun to
// send it again, it is sent, and settled is true; else its history shows both.
func (l Queue) Testify(ctx context.Context, c Claim, revision int, s Result) (settled bool, err error) {
	err = l.db.WriteEvenWhenFull(ctx, func(t database.Tx) error {
		settled = false
		d, err := deliveryByID(t, c.Row)
		if err != nil {
			return err
		}
		if s.State == Sent && d.Revision == revision {
			n, err := t.Exec(`UPDATE delivery SET state = 'sent', finished_at = ?, next_try_at = 0, answer = ?, claimed_by = NULL, claim = NULL
				WHERE id = ? AND sending_claim = ? AND state IN ('uncertain', 'held', 'queued', 'deferred')`, database.Millis(s.At), database.SanitizeText(s.Answer), c.Row, c.Token)
			if settled = n > 0; err != nil {
				return err
			}
		}
		err = addAttempt(t, c.Row, Attempt{Revision: revision, At: s.At, State: s.State, Answer: s.Answer})
		return errors.Join(err, updateLastSuccess(t, d.PeriodID))
	})
	return settled && err == nil, database.Wrap(err, "delivery %d: testify", c.Row)
}

const finishDelivery = `UPDATE delivery SET state = ?, next_try_at = ?, finished_at = ?, answer = ?, claimed_by = NULL, claim = NULL,
	attempts = attempts + ?, uncertain = uncertain + ?,
	begun = CASE WHEN ? = 'deferred' AND uncertain = 0 THEN 0 ELSE begun END,
	last_try_at = CASE WHEN ? = 1 THEN ? ELSE last_try_at END,
	first_try_at = CASE WHEN ? = 1 AND first_try_at = 0 THEN ? ELSE first_try_at END WHERE id = ?`

const insertAttempt = `INSERT INTO attempt (delivery_id, revision, at, state, answer, checksum) VALUES (?, ?, ?, ?, ?, ?)`

// finishRow moves a delivery to where its try ended, and keeps the try in its history.
func finishRow(t database.Tx, d Delivery, s Result) error {
	tried, unknown := 0, 0
	if d.State != Sending && s.State != CancelledDelivery && s.State != Held {
		tried = 1
	}
	if s.State == Uncertain || s.State == Held && d.State == Sending {
		unknown = 1
	}
	next, finished, at := int64(0), int64(0), database.Millis(s.At)
	switch s.State {
	case Deferred, Uncertain:
		next = database.Millis(s.NextTry)
	case Held:
	default:
		finished = at
	}
	_, err := t.Exec(finishDelivery, s.State, next, finished, database.SanitizeText(s.Answer), tried, unknown, s.State, tried, at, tried, at, d.ID)
	if err != nil {
		return err
	}
	if err := addAttempt(t, d.ID, Attempt{Revision: d.Revision, At: s.At, State: s.State, Answer: s.Answer}); err != nil {
		return err
	}
	if err := countAttempts(t, d.ID, tried, unknown); err != nil {
		return err
	}
	return updateLastSuccess(t, d.PeriodID)
}

// ReturnDelivery gives a claim back untouched. One that is being sent wraps ErrOver.
func (l Queue) ReturnDelivery(ctx context.Context, c Claim) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		n, err := t.Exec(`UPDATE delivery SET claimed_by = NULL, claim = NULL WHERE id = ? AND claim = ? AND state <> 'sending'`, c.Row, c.Token)
		return database.RequireRow(n, err, func() error { return deliveryTable().notWritable(t, c) })
	})
	return database.Wrap(err, "delivery %d: return", c.Row)
}

// Refreeze gives a claimed delivery other bytes. One whose bytes may have reached the
// relay wraps ErrOver.
func (l Queue) Refreeze(ctx context.Context, c Claim, f NewDelivery) error {
	err := l.db.Write(ctx, func(t database.Tx) error {
		n, err := t.Exec(`UPDATE delivery SET message_id = ?, file = ?, sha256 = ?, size = ?, mark = ? WHERE id = ? AND claim = ? AND begun = 0`,
			f.MessageID, f.File, f.SHA256, f.Size, f.Mark, c.Row, c.Token)
		if err := database.RequireRow(n, err, func() error { return deliveryTable().notWritable(t, c) }); err != nil {
			return err
		}
		_, err = t.Exec(`UPDATE period SET to_sweep = 1 WHERE id = (SELECT period_id FROM delivery WHERE id = ?)`, c.Row)
		if err == nil {
			err = mailcopy.PutOf(Tx{t}, c.Row, f.Copy)
		}
		return err
	})
	return database.Wrap(err, "delivery %d: freeze anew", c.Row)
}

// DeferDeliveries puts those of the deliveries that are free and wait to be tried off to
// next, without counting a try: the relay is down. One that waits longer goes on waiting.
func (l Queue) DeferDeliveries(ctx context.Context, ids []int64, next time.Time, answer string) error {
	if len(ids) == 0 {
		return nil
	}
	return l.db.Write(ctx, func(t database.Tx) error {
		for _, id := range ids {
			_, err := t.Exec(`UPDATE delivery SET answer = ?,
				state = CASE WHEN state = 'queued' THEN 'deferred' ELSE state END,
				next_try_at = CASE WHEN next_try_at < ? THEN ? ELSE next_try_at END
				WHERE id = ? AND state IN ('queued', 'deferred', 'uncertain') AND claimed_by IS NULL`,
				database.SanitizeText(answer), database.Millis(next), database.Millis(next), id)
			if err != nil {
				return fmt.Errorf("delivery %d: defer: %w", id, err)
			}
		}
		return nil
	})
}
