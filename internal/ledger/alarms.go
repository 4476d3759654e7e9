package ledger

import (
	"context"
	"fmt"
	"time"
)

// The kinds of alarms.
const (
	AlarmFailed    = "failed"    // a report was given up
	AlarmLate      = "late"      // a report is due for more than an hour and could not be made
	AlarmSkipped   = "skipped"   // a period was due longer than catchup ago
	AlarmRefused   = "refused"   // an address takes nothing, or was tried for five days
	AlarmWaiting   = "waiting"   // a message could not be sent for a day
	AlarmRelay     = "relay"     // the relay refuses us
	AlarmSource    = "source"    // Dintero refuses us
	AlarmUncertain = "uncertain" // nobody knows whether a message arrived
	AlarmHeld      = "held"      // and a person must say what to do
	AlarmTooLarge  = "too_large" // a file had no room in a mail
	AlarmReconcile = "reconcile" // a report differs from Dintero's own figures, and is held back
	AlarmVoucher   = "voucher"   // the numbers of a report's vouchers are used up
	AlarmChanged   = "changed"   // a period has rows that it had not when its report was made
	AlarmClock     = "clock"     // the clock jumped further than catchup
)

// An Alarm is something that the operator is notified of once, and once more when it is
// resolved.
type Alarm struct {
	ID                           int64
	Account, Kind, Subject, Text string
	Raised, Notified, Resolved   time.Time
}

// Raise opens an alarm. While it is open, and when it comes back before anyone was notified
// that it was resolved, only its text becomes the newest.
func (l Alarms) Raise(ctx context.Context, account, kind, subject, text string, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("alarm %s %s: %w", kind, subject, errNoInstant)
	}
	return l.write(ctx, func(t tx) error {
		return raise(t, Alarm{Account: account, Kind: kind, Subject: subject, Text: text, Raised: at})
	})
}

func raise(t tx, a Alarm) error {
	_, err := t.exec(`INSERT INTO alarm (account, kind, subject, text, raised_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (account, kind, subject) DO UPDATE SET text = excluded.text, resolved_at = 0`,
		a.Account, a.Kind, a.Subject, sanitizeText(a.Text), millis(a.Raised))
	return err
}

// Resolve says that what an alarm is about is well again. One of which nobody was notified, or
// is being notified just now, is deleted.
func (l Alarms) Resolve(ctx context.Context, account, kind, subject string, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("alarm %s %s: %w", kind, subject, errNoInstant)
	}
	open := 0
	err := l.read(ctx, func(t tx) error {
		return t.row([]any{&open}, `SELECT count(*) FROM alarm WHERE account = ? AND kind = ? AND subject = ? AND resolved_at = 0`, account, kind, subject)
	})
	if err != nil || open == 0 {
		return err
	}
	return l.write(ctx, func(t tx) error {
		_, err := t.exec(`DELETE FROM alarm WHERE account = ? AND kind = ? AND subject = ? AND notified_at = 0 AND claimed_by IS NULL`, account, kind, subject)
		if err != nil {
			return err
		}
		_, err = t.exec(`UPDATE alarm SET resolved_at = ? WHERE account = ? AND kind = ? AND subject = ? AND resolved_at = 0`, millis(at), account, kind, subject)
		return err
	})
}

const selectAlarms = `SELECT id, account, kind, subject, text, raised_at, notified_at, resolved_at FROM alarm`

func scanAlarm(row scanner) (a Alarm, err error) {
	return a, row.Scan(&a.ID, &a.Account, &a.Kind, &a.Subject, &a.Text, instant{&a.Raised}, instant{&a.Notified}, instant{&a.Resolved})
}

// OpenAlarms gives the alarms that are not resolved, the oldest first.
func (l Alarms) OpenAlarms(ctx context.Context, account string) ([]Alarm, error) {
	return list(ctx, l.store, scanAlarm, selectAlarms+` WHERE account = ? AND resolved_at = 0 ORDER BY raised_at, id`, account)
}

// What a mail says of an alarm, as long as it is claimed.
const (
	notifyingRaised   = 1
	notifyingResolved = 2
)

// ClaimAlarms claims the oldest alarms of which the operator was not notified, or not that
// they are resolved, to be mailed. As long as somebody else has some of the account claimed
// there are none.
func (l Alarms) ClaimAlarms(ctx context.Context, account string, most int) (pending []Alarm, c Claim, err error) {
	find := func(t tx) error {
		pending, err = collect(t, scanAlarm, selectAlarms+` WHERE account = ? AND (notified_at = 0 OR resolved_at > 0)
			AND NOT EXISTS (SELECT 1 FROM alarm other WHERE other.account = alarm.account AND other.claimed_by IS NOT NULL)
			ORDER BY raised_at, id LIMIT ?`, account, most)
		return err
	}
	if err := l.read(ctx, find); err != nil || len(pending) == 0 {
		return nil, Claim{}, err
	}
	c = newClaim(0)
	err = l.claim(ctx, func(t tx, process string) error {
		if err := find(t); err != nil { // somebody may have been faster
			return err
		}
		for _, a := range pending {
			says := notifyingRaised
			if !a.Resolved.IsZero() {
				says = notifyingResolved
			}
			if _, err := t.exec(`UPDATE alarm SET claimed_by = ?, claim = ?, notifying = ? WHERE id = ?`, process, c.Token, says, a.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(pending) == 0 {
		return nil, Claim{}, err
	}
	return pending, c, nil
}

// AlarmsNotified says that the operator got the mail of claimed alarms. What he was told is
// resolved is deleted; what has changed since is pending again.
func (l Alarms) AlarmsNotified(ctx context.Context, c Claim, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("alarms notified: %w", errNoInstant)
	}
	return l.endAlarms(ctx, c, "notified", func(t tx) error {
		_, err := t.exec(`DELETE FROM alarm WHERE claim = ? AND notifying = ? AND resolved_at > 0`, c.Token, notifyingResolved)
		if err != nil {
			return err
		}
		_, err = t.exec(`UPDATE alarm SET claimed_by = NULL, claim = NULL, notifying = 0,
			notified_at = CASE WHEN notifying = ? THEN 0 WHEN notified_at = 0 THEN ? ELSE notified_at END WHERE claim = ?`, notifyingResolved, millis(at), c.Token)
		return err
	})
}

// ReturnAlarms says that no mail of claimed alarms left: they are pending again.
func (l Alarms) ReturnAlarms(ctx context.Context, c Claim) error {
	return l.endAlarms(ctx, c, "return", func(t tx) error {
		_, err := t.exec(`DELETE FROM alarm WHERE claim = ? AND notified_at = 0 AND resolved_at > 0`, c.Token)
		if err != nil {
			return err
		}
		_, err = t.exec(`UPDATE alarm SET claimed_by = NULL, claim = NULL, notifying = 0 WHERE claim = ?`, c.Token)
		return err
	})
}

// endAlarms writes under a claim of alarms.
func (l Alarms) endAlarms(ctx context.Context, c Claim, what string, do func(tx) error) error {
	err := l.writeEvenWhenFull(ctx, func(t tx) error {
		claimed := 0
		if err := t.row([]any{&claimed}, `SELECT count(*) FROM alarm WHERE claim = ?`, c.Token); err != nil {
			return err
		}
		if claimed == 0 {
			return ErrLost
		}
		return do(t)
	})
	if err != nil {
		return fmt.Errorf("alarms: %s: %w", what, err)
	}
	return nil
}
