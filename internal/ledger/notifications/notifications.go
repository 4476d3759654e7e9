// Package notifications keeps in a ledger the signals to others over HTTP until they were heard. It refuses
// to know an address: that may hold a secret, and is the configuration's.
package notifications

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/processes"
)

// The kinds of notifications.
const (
	Ping  = "ping"
	Alarm = "alarm"
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
	Claim           processes.Claim
}

// Notifications are those of one ledger. All methods may be called at any time, from any goroutine.
type Notifications struct {
	db      *database.DB
	process *processes.Process
}

// Of are those of a database, claimed by a process.
func Of(db *database.DB, process *processes.Process) Notifications { return Notifications{db, process} }

var errNothingReady = errors.New("nothing is ready")

// Notify queues a signal.
func (l Notifications) Notify(ctx context.Context, n Notification) error {
	return l.db.WriteGrouped(ctx, func(t database.Tx) error { return Notify(t, n) })
}

// Notify is the Notifications', in the caller's transaction.
func Notify(t database.Tx, n Notification) error {
	if n.QueuedAt.IsZero() {
		return fmt.Errorf("notification %s %s: %w", n.Kind, n.Target, database.ErrNoInstant)
	}
	if n.Kind == Ping { // a start that was not heard until now
		_, err := t.Exec(`DELETE FROM notification WHERE account = ? AND config = ? AND kind = ? AND target = ? AND body = ? AND attempts > 0 AND claimed_by IS NULL`,
			n.Account, n.Config, n.Kind, n.Target, PingStart)
		if err != nil {
			return err
		}
	}
	_, err := t.Exec(`INSERT INTO notification (account, config, kind, target, body, queued_at) VALUES (?, ?, ?, ?, ?, ?)`,
		n.Account, n.Config, n.Kind, n.Target, n.Body, database.Millis(n.QueuedAt))
	return err
}

const freeNotifications = ` FROM notification WHERE account = ? AND config = ? AND claimed_by IS NULL`

// ClaimNextNotification claims the signal that is to be given next: of those to one target the
// oldest, as a start must not come after its end. None is ready: found is false.
func (l Notifications) ClaimNextNotification(ctx context.Context, account, config string, now time.Time) (n Notification, found bool, err error) {
	if at, waits, err := l.NextNotification(ctx, account, config); err != nil || !waits || at.After(now) {
		return n, false, err
	}
	err = l.process.Claim(ctx, func(t database.Tx, process string) error {
		err := t.Row([]any{&n.ID, &n.Account, &n.Config, &n.Kind, &n.Target, &n.Body, &n.QueuedAt, &n.Attempts},
			`SELECT id, account, config, kind, target, body, queued_at, attempts`+freeNotifications+` AND next_try_at <= ?
			AND NOT EXISTS (SELECT 1 FROM notification older WHERE older.account = notification.account AND older.config = notification.config
				AND older.kind = notification.kind AND older.target = notification.target AND older.id < notification.id)
			ORDER BY next_try_at, id LIMIT 1`, account, config, database.Millis(now))
		if errors.Is(err, sql.ErrNoRows) {
			return errNothingReady
		}
		if err != nil {
			return err
		}
		n.Claim = processes.NewClaim(n.ID)
		_, err = t.Exec(`UPDATE notification SET claimed_by = ?, claim = ? WHERE id = ?`, process, n.Claim.Token, n.ID)
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
	err = l.db.Read(ctx, func(t database.Tx) error {
		return t.Row([]any{&at}, `SELECT next_try_at`+freeNotifications+` ORDER BY next_try_at LIMIT 1`, account, config)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return at, err == nil, err
}

// EndNotification removes a claimed signal: it was heard, or is given up.
func (l Notifications) EndNotification(ctx context.Context, c processes.Claim) error {
	return l.underNotification(ctx, c, `DELETE FROM notification WHERE id = ? AND claim = ?`)
}

// DeferNotification leaves a claimed signal to be given again.
func (l Notifications) DeferNotification(ctx context.Context, c processes.Claim, next time.Time, answer string) error {
	return l.underNotification(ctx, c, `UPDATE notification SET attempts = attempts + 1, next_try_at = ?, answer = ?, claimed_by = NULL, claim = NULL WHERE id = ? AND claim = ?`,
		database.Millis(next), database.SanitizeText(answer))
}

// underNotification runs a statement whose last arguments are the row and the claim.
func (l Notifications) underNotification(ctx context.Context, c processes.Claim, statement string, args ...any) error {
	return l.db.WriteGrouped(ctx, func(t database.Tx) error {
		n, err := t.Exec(statement, append(args[:len(args):len(args)], c.Row, c.Token)...)
		return database.RequireRow(n, err, func() error { return fmt.Errorf("notification %d: %w", c.Row, processes.ErrLost) })
	})
}
