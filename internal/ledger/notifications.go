package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// The kinds of notifications.
const (
	NotificationPing  = "ping"
	NotificationAlarm = "alarm"
)

// PingStart is the signal that says that something begins: it is worth nothing once it is over.
const PingStart = "start"

// A Notification is a signal to somebody over HTTP: it is kept until it was heard, or given
// up. Where it goes is the configuration's, as an address may hold a secret.
type Notification struct {
	ID              int64
	Account, Config string
	Kind            string
	Target          string // the report's id, the alarm's id
	Body            string // the signal, the Alarm as JSON
	QueuedAt        time.Time
	Attempts        int
	Claim           Claim
}

// Notify queues a signal.
func (l Notifications) Notify(ctx context.Context, n Notification) error {
	if n.QueuedAt.IsZero() {
		return fmt.Errorf("notification %s %s: %w", n.Kind, n.Target, errNoInstant)
	}
	return l.writeGrouped(ctx, func(t tx) error { return notify(t, n) })
}

func notify(t tx, n Notification) error {
	if n.Kind == NotificationPing { // a start that was not heard until now
		_, err := t.exec(`DELETE FROM notification WHERE account = ? AND config = ? AND kind = ? AND target = ? AND body = ? AND attempts > 0 AND claimed_by IS NULL`,
			n.Account, n.Config, n.Kind, n.Target, PingStart)
		if err != nil {
			return err
		}
	}
	_, err := t.exec(`INSERT INTO notification (account, config, kind, target, body, queued_at) VALUES (?, ?, ?, ?, ?, ?)`,
		n.Account, n.Config, n.Kind, n.Target, n.Body, millis(n.QueuedAt))
	return err
}

const freeNotifications = ` FROM notification WHERE account = ? AND config = ? AND claimed_by IS NULL`

// ClaimNextNotification claims the signal that is to be given next: of those to one target the
// oldest, as a start must not come after its end. None is ready: found is false.
func (l Notifications) ClaimNextNotification(ctx context.Context, account, config string, now time.Time) (n Notification, found bool, err error) {
	if _, waits, err := l.NextNotification(ctx, account, config); err != nil || !waits {
		return n, false, err
	}
	err = l.claim(ctx, func(t tx, process string) error {
		err := t.row([]any{&n.ID, &n.Account, &n.Config, &n.Kind, &n.Target, &n.Body, instant{&n.QueuedAt}, &n.Attempts},
			`SELECT id, account, config, kind, target, body, queued_at, attempts`+freeNotifications+` AND next_try_at <= ?
			AND NOT EXISTS (SELECT 1 FROM notification older WHERE older.account = notification.account AND older.config = notification.config
				AND older.kind = notification.kind AND older.target = notification.target AND older.id < notification.id)
			ORDER BY next_try_at, id LIMIT 1`, account, config, millis(now))
		if errors.Is(err, sql.ErrNoRows) {
			return errNothingReady
		}
		if err != nil {
			return err
		}
		n.Claim = newClaim(n.ID)
		_, err = t.exec(`UPDATE notification SET claimed_by = ?, claim = ? WHERE id = ?`, process, n.Claim.Token, n.ID)
		return err
	})
	if errors.Is(err, errNothingReady) {
		return Notification{}, false, nil
	}
	if err != nil {
		return Notification{}, false, fmt.Errorf("next notification: claim: %w", err)
	}
	return n, true, nil
}

// NextNotification gives when the next free signal is to be given; without any, ok is false.
func (l Notifications) NextNotification(ctx context.Context, account, config string) (at time.Time, ok bool, err error) {
	err = l.read(ctx, func(t tx) error {
		return t.row([]any{instant{&at}}, `SELECT next_try_at`+freeNotifications+` ORDER BY next_try_at LIMIT 1`, account, config)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return at, err == nil, err
}

// EndNotification removes a claimed signal: it was heard, or is given up.
func (l Notifications) EndNotification(ctx context.Context, c Claim) error {
	return l.underNotification(ctx, c, `DELETE FROM notification WHERE id = ? AND claim = ?`)
}

// DeferNotification leaves a claimed signal to be given again.
func (l Notifications) DeferNotification(ctx context.Context, c Claim, next time.Time, answer string) error {
	return l.underNotification(ctx, c, `UPDATE notification SET attempts = attempts + 1, next_try_at = ?, answer = ?, claimed_by = NULL, claim = NULL WHERE id = ? AND claim = ?`,
		millis(next), sanitizeText(answer))
}

// underNotification runs a statement whose last arguments are the row and the claim.
func (l Notifications) underNotification(ctx context.Context, c Claim, statement string, args ...any) error {
	return l.writeGrouped(ctx, func(t tx) error {
		n, err := t.exec(statement, append(args[:len(args):len(args)], c.Row, c.Token)...)
		return requireRow(n, err, func() error { return fmt.Errorf("notification %d: %w", c.Row, ErrLost) })
	})
}

// Remember keeps that something was learned, so that the next process need not learn it again.
func (l History) Remember(ctx context.Context, account, topic, key string, at time.Time) error {
	return l.write(ctx, func(t tx) error {
		_, err := t.exec(`INSERT INTO remembered (account, topic, key, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (account, topic, key) DO UPDATE SET at = excluded.at`, account, topic, key, millis(at))
		return err
	})
}

// Remembered gives when something was learned; the zero time: it was not.
func (l History) Remembered(ctx context.Context, account, topic, key string) (at time.Time, err error) {
	err = l.read(ctx, func(t tx) error {
		err := t.row([]any{instant{&at}}, `SELECT at FROM remembered WHERE account = ? AND topic = ? AND key = ?`, account, topic, key)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	})
	return at, err
}

// PurgeRemembered forgets what was learned before an instant.
func (l Retention) PurgeRemembered(ctx context.Context, account string, before time.Time) error {
	return l.write(ctx, func(t tx) error {
		_, err := t.exec(`DELETE FROM remembered WHERE account = ? AND at < ?`, account, millis(before))
		return err
	})
}
