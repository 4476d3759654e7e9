package ledger

import (
	"context"
	"fmt"
	"time"
)

// Raise makes an alarm stand. While it does, and when it comes back before anyone was told
// that it was well, only its text becomes the newest.
func (l *Ledger) Raise(ctx context.Context, account, kind, subject, text string, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("alarm %s %s: %w", kind, subject, errNoInstant)
	}
	return l.write(ctx, func(t tx) error {
		return raise(t, Alarm{Account: account, Kind: kind, Subject: subject, Text: text, Raised: at})
	})
}

func raise(t tx, a Alarm) error {
	_, err := t.exec(`INSERT INTO alarm (account, kind, subject, text, raised) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (account, kind, subject) DO UPDATE SET text = excluded.text, well = 0`,
		a.Account, a.Kind, a.Subject, plain(a.Text), millis(a.Raised))
	return err
}

// Clear says that what an alarm is about is well. One that nobody was told of is forgotten.
func (l *Ledger) Clear(ctx context.Context, account, kind, subject string, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("alarm %s %s: %w", kind, subject, errNoInstant)
	}
	stands := 0
	err := l.read(ctx, func(t tx) error {
		return t.row([]any{&stands}, `SELECT count(*) FROM alarm WHERE account = ? AND kind = ? AND subject = ? AND well = 0`, account, kind, subject)
	})
	if err != nil || stands == 0 {
		return err
	}
	return l.write(ctx, func(t tx) error {
		_, err := t.exec(`DELETE FROM alarm WHERE account = ? AND kind = ? AND subject = ? AND told = 0`, account, kind, subject)
		if err != nil {
			return err
		}
		_, err = t.exec(`UPDATE alarm SET well = ? WHERE account = ? AND kind = ? AND subject = ? AND well = 0`, millis(at), account, kind, subject)
		return err
	})
}

const selectAlarms = `SELECT id, account, kind, subject, text, raised, told, well FROM alarm`

func scanAlarm(row scanner) (a Alarm, err error) {
	return a, row.Scan(&a.ID, &a.Account, &a.Kind, &a.Subject, &a.Text, instant{&a.Raised}, instant{&a.Told}, instant{&a.Well})
}

// Untold gives the alarms that the operator has not heard of, or not that they are well.
func (l *Ledger) Untold(ctx context.Context, account string) ([]Alarm, error) {
	return list(ctx, l, scanAlarm, selectAlarms+` WHERE account = ? AND (told = 0 OR well > 0) ORDER BY raised, id`, account)
}

// Standing gives the alarms that are not well, the oldest first.
func (l *Ledger) Standing(ctx context.Context, account string) ([]Alarm, error) {
	return list(ctx, l, scanAlarm, selectAlarms+` WHERE account = ? AND well = 0 ORDER BY raised, id`, account)
}

// Told says that the operator was told of what Untold gave. An alarm that is well is then
// forgotten.
func (l *Ledger) Told(ctx context.Context, ids []int64, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("alarms told: %w", errNoInstant)
	}
	return l.writeFact(ctx, func(t tx) error {
		for _, id := range ids {
			if _, err := t.exec(`DELETE FROM alarm WHERE id = ? AND well > 0`, id); err != nil {
				return err
			}
			if _, err := t.exec(`UPDATE alarm SET told = ? WHERE id = ? AND told = 0`, millis(at), id); err != nil {
				return err
			}
		}
		return nil
	})
}
