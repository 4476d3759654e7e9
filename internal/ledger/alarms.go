package ledger

import (
	"context"
	"fmt"
	"time"
)

// The operator is notified of an Alarm once, and once more when it is resolved.
type Alarm struct {
	ID                           int64
	Account, Kind, Subject, Text string
	Raised, Notified, Resolved   time.Time
}

// Stats are the numbers of one account.
type Stats struct {
	Owed                int
	Deliveries          map[DeliveryState]int
	Attempts, Uncertain int64
	// LastSuccess, by report: when its newest delivered period was complete.
	LastSuccess map[string]time.Time
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

// Resolve says that what an alarm is about is well again. One that nobody was notified of is
// deleted.
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
		_, err := t.exec(`DELETE FROM alarm WHERE account = ? AND kind = ? AND subject = ? AND notified_at = 0`, account, kind, subject)
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

// PendingAlarms gives the alarms that the operator was not notified of, or not that they are
// resolved.
func (l Alarms) PendingAlarms(ctx context.Context, account string) ([]Alarm, error) {
	return list(ctx, l.store, scanAlarm, selectAlarms+` WHERE account = ? AND (notified_at = 0 OR resolved_at > 0) ORDER BY raised_at, id`, account)
}

// OpenAlarms gives the alarms that are not resolved, the oldest first.
func (l Alarms) OpenAlarms(ctx context.Context, account string) ([]Alarm, error) {
	return list(ctx, l.store, scanAlarm, selectAlarms+` WHERE account = ? AND resolved_at = 0 ORDER BY raised_at, id`, account)
}

// AlarmsNotified says that the operator was notified of what PendingAlarms gave. An alarm that
// is resolved is deleted then.
func (l Alarms) AlarmsNotified(ctx context.Context, ids []int64, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("alarms notified: %w", errNoInstant)
	}
	return l.writeEvenWhenFull(ctx, func(t tx) error {
		for _, id := range ids {
			if _, err := t.exec(`DELETE FROM alarm WHERE id = ? AND resolved_at > 0`, id); err != nil {
				return err
			}
			if _, err := t.exec(`UPDATE alarm SET notified_at = ? WHERE id = ? AND notified_at = 0`, millis(at), id); err != nil {
				return err
			}
		}
		return nil
	})
}
