// Package alarms keeps in a ledger what its operator is told of, until he was told that it is well again.
// It refuses to tell of one twice, and knows of one kind only that it is never well again.
package alarms

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/notifications"
	"rapport/internal/ledger/processes"
)

// An Alarm is something that the operator is notified of once, and once more when it is
// resolved.
type Alarm struct {
	ID                           int64
	Account, Kind, Subject, Text string
	Args                         []string // fill the sentence of its kind, instants in RFC 3339; none: Text says it
	Raised, Notified, Resolved   time.Time
	MutedUntil                   time.Time
	Remind                       time.Time // when it is told again if it is open still
	Reminders                    int       // how often it was told while it was open
}

// Changed is the kind that is never resolved: a period has rows that it had not when its report was made.
const Changed = "changed"

// Alarms are those of one ledger. All methods may be called at any time, from any goroutine.
type Alarms struct {
	db      *database.DB
	process *processes.Process
}

// Of are those of a database, claimed by a process.
func Of(db *database.DB, process *processes.Process) Alarms { return Alarms{db, process} }

// How long an alarm stays open until it is told again: once, and from then on.
const (
	firstReminder = 24 * time.Hour
	nextReminder  = 7 * 24 * time.Hour
)

// Raise opens an alarm. While it is open, and when it comes back before anyone was notified
// that it was resolved, only its text becomes the newest.
func (l Alarms) Raise(ctx context.Context, a Alarm) error {
	return l.db.Write(ctx, func(t database.Tx) error { return Raise(t, a) })
}

// Raise is the Alarms', in the caller's transaction.
func Raise(t database.Tx, a Alarm) error {
	args, err := encodeArgs(a.Args)
	if a.Raised.IsZero() {
		err = database.ErrNoInstant
	}
	if err != nil {
		return fmt.Errorf("alarm %s %s: %w", a.Kind, a.Subject, err)
	}
	_, err = t.Exec(`INSERT INTO alarm (account, kind, subject, text, args, raised_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, kind, subject) DO UPDATE SET text = excluded.text, args = excluded.args, resolved_at = 0`,
		a.Account, a.Kind, a.Subject, database.SanitizeText(a.Text), args, database.Millis(a.Raised))
	return err
}

func encodeArgs(args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	clean := make([]string, len(args))
	for i, arg := range args {
		clean[i] = database.SanitizeText(arg)
	}
	text, err := json.Marshal(clean)
	return string(text), err
}

// Resolve says that what an alarm is about is well again. One of which nobody was notified, or
// is being notified just now, is deleted, unless somebody tried: then it is told that it was.
func (l Alarms) Resolve(ctx context.Context, account, kind, subject string, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("alarm %s %s: %w", kind, subject, database.ErrNoInstant)
	}
	open := 0
	err := l.db.Read(ctx, func(t database.Tx) error {
		return t.Row([]any{&open}, `SELECT count(*) FROM alarm WHERE account = ? AND kind = ? AND subject = ? AND resolved_at = 0`, account, kind, subject)
	})
	if err != nil || open == 0 {
		return err
	}
	return l.db.Write(ctx, func(t database.Tx) error {
		_, err := t.Exec(`DELETE FROM alarm WHERE account = ? AND kind = ? AND subject = ? AND notified_at = 0 AND undelivered = 0 AND posted = 0 AND claimed_by IS NULL`, account, kind, subject)
		if err != nil {
			return err
		}
		_, err = t.Exec(`UPDATE alarm SET resolved_at = ? WHERE account = ? AND kind = ? AND subject = ? AND resolved_at = 0`, database.Millis(at), account, kind, subject)
		return err
	})
}

const selectAlarms = `SELECT id, account, kind, subject, text, args, raised_at, notified_at, resolved_at, muted_until, remind_at, reminders, checksum FROM alarm`

func scanAlarm(row database.Scanner) (a Alarm, err error) {
	var sum int64
	args := ""
	err = row.Scan(&a.ID, &a.Account, &a.Kind, &a.Subject, &a.Text, &args, &a.Raised, &a.Notified, &a.Resolved, &a.MutedUntil, &a.Remind, &a.Reminders, &sum)
	if err == nil {
		err = database.RequireSum("alarm", sum, a.ID, a.Account, a.Kind, a.Subject, a.Text, args, database.Millis(a.Raised), database.Millis(a.Notified), database.Millis(a.Resolved), database.Millis(a.MutedUntil), a.Reminders)
	}
	if err == nil && args != "" {
		err = json.Unmarshal([]byte(args), &a.Args)
	}
	return a, err
}

// OpenAlarms gives the alarms that are not resolved, the oldest first.
func (l Alarms) OpenAlarms(ctx context.Context, account string) ([]Alarm, error) {
	return database.List(ctx, l.db, scanAlarm, selectAlarms+` WHERE account = ? AND resolved_at = 0 ORDER BY raised_at, id`, account)
}

// NextAlarm is when, after now, the operator is to be told of an alarm: again, or as it is muted
// until then. None: the zero time.
func (l Alarms) NextAlarm(ctx context.Context, account string, now time.Time) (next time.Time, err error) {
	err = l.db.Read(ctx, func(t database.Tx) error {
		return t.Row([]any{&next}, `SELECT coalesce(min(at), 0) FROM (
			SELECT CASE WHEN notified_at = 0 OR resolved_at > 0 OR muted_until > remind_at THEN muted_until ELSE remind_at END AS at
			FROM alarm WHERE account = ? AND (notified_at = 0 OR resolved_at > 0 OR remind_at > 0)) untold WHERE at > ?`, account, database.Millis(now))
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("next alarm: %w", err)
	}
	return next, nil
}

// What a mail says of an alarm, as long as it is claimed, and what was posted of it.
const (
	notifyingRaised   = 1
	notifyingResolved = 2
)

// ClaimAlarms claims the oldest alarms of which the operator was not notified, or not that
// they are resolved, or of which he is to be reminded, to be mailed. A muted one is not told.
// As long as somebody else has some of the account claimed there are none. With a config a
// notification to be posted for it is queued of each, once: its body is the Alarm as JSON.
func (l Alarms) ClaimAlarms(ctx context.Context, account, config string, now time.Time, most int) (pending []Alarm, c processes.Claim, err error) {
	find := func(t database.Tx) error {
		pending, err = database.Collect(t, scanAlarm, selectAlarms+` WHERE account = ? AND (notified_at = 0 OR resolved_at > 0 OR remind_at > 0 AND remind_at <= ?) AND muted_until <= ?
			AND NOT EXISTS (SELECT 1 FROM alarm other WHERE other.account = alarm.account AND other.claimed_by IS NOT NULL)
			ORDER BY raised_at, id LIMIT ?`, account, database.Millis(now), database.Millis(now), most)
		return err
	}
	if err := l.db.Read(ctx, find); err != nil || len(pending) == 0 {
		return nil, processes.Claim{}, err
	}
	c = processes.NewClaim(0)
	err = l.process.Claim(ctx, func(t database.Tx, process string) error {
		if err := find(t); err != nil { // somebody may have been faster
			return err
		}
		for _, a := range pending {
			says := notifyingRaised
			if !a.Resolved.IsZero() {
				says = notifyingResolved
			}
			if _, err := t.Exec(`UPDATE alarm SET claimed_by = ?, claim = ?, notifying = ? WHERE id = ?`, process, c.Token, says, a.ID); err != nil {
				return err
			}
			if config == "" {
				continue
			}
			if err := post(t, a, config, says, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(pending) == 0 {
		return nil, processes.Claim{}, err
	}
	return pending, c, nil
}

// post queues what is to be posted of an alarm, unless that was done.
func post(t database.Tx, a Alarm, config string, says int, now time.Time) error {
	n, err := t.Exec(`UPDATE alarm SET posted = ?, posted_at = ? WHERE id = ? AND (posted <> ? OR posted = ? AND remind_at > posted_at)`, says, database.Millis(now), a.ID, says, notifyingRaised)
	if err != nil || n == 0 {
		return err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("alarm %s %s: %w", a.Kind, a.Subject, err)
	}
	return notifications.Notify(t, notifications.Notification{Account: a.Account, Config: config, Kind: notifications.Alarm, Target: fmt.Sprint(a.ID), Body: string(body), QueuedAt: now})
}

// AlarmsNotified says that the operator got the mail of claimed alarms. What he was told is
// resolved is deleted; what has changed since is pending again.
func (l Alarms) AlarmsNotified(ctx context.Context, c processes.Claim, at time.Time) error {
	if at.IsZero() {
		return fmt.Errorf("alarms notified: %w", database.ErrNoInstant)
	}
	return l.endAlarms(ctx, c, "notified", func(t database.Tx) error {
		_, err := t.Exec(`DELETE FROM alarm WHERE claim = ? AND notifying = ? AND resolved_at > 0`, c.Token, notifyingResolved)
		if err != nil {
			return err
		}
		_, err = t.Exec(`UPDATE alarm SET claimed_by = NULL, claim = NULL, undelivered = 0,
			remind_at = CASE WHEN notifying = ? OR kind = ? THEN CAST(0 AS BIGINT) WHEN reminders = 0 THEN ? ELSE ? END,
			reminders = CASE WHEN notifying = ? THEN 0 ELSE reminders + 1 END,
			notified_at = CASE WHEN notifying = ? THEN 0 WHEN notified_at = 0 THEN ? ELSE notified_at END, notifying = 0 WHERE claim = ?`,
			notifyingResolved, Changed, database.Millis(at.Add(firstReminder)), database.Millis(at.Add(nextReminder)), notifyingResolved, notifyingResolved, database.Millis(at), c.Token)
		return err
	})
}

// ReturnAlarms says that no mail of claimed alarms left: they are pending again, and what gets
// well meanwhile is told all the same.
func (l Alarms) ReturnAlarms(ctx context.Context, c processes.Claim) error {
	return l.endAlarms(ctx, c, "return", func(t database.Tx) error {
		_, err := t.Exec(`UPDATE alarm SET claimed_by = NULL, claim = NULL, notifying = 0, undelivered = 1 WHERE claim = ?`, c.Token)
		return err
	})
}

// endAlarms writes under a claim of alarms.
func (l Alarms) endAlarms(ctx context.Context, c processes.Claim, what string, do func(database.Tx) error) error {
	err := l.db.WriteEvenWhenFull(ctx, func(t database.Tx) error {
		claimed := 0
		if err := t.Row([]any{&claimed}, `SELECT count(*) FROM alarm WHERE claim = ?`, c.Token); err != nil {
			return err
		}
		if claimed == 0 {
			return processes.ErrLost
		}
		return do(t)
	})
	return database.Wrap(err, "alarms: %s", what)
}
