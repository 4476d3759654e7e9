package served

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/ledger"
)

// The states of what a hook is told.
const (
	HookQueued  = "queued"
	HookHeard   = "heard"
	HookGivenUp = "given_up"
)

// HookBegins is the event of the first that a hook is told: that it will be told.
const HookBegins = "ping"

// A HookDelivery is one event that one hook is told of.
type HookDelivery struct {
	ID      string // event_delivery of what is posted
	Account string
	Hook    string // names the hook, without its address
	Event   string
	Subject string // what happened to which row, so that it is told once
	Queued  time.Time

	Attempts     int
	Tried, Ended time.Time
	NextTry      time.Time // zero: at once
	State        string
	Answer       string // the last one
}

// TellHook has a hook told of an event, unless it was.
func (d HookDelivery) TellHook(tx ledger.Tx) (told bool, err error) {
	n, err := tx.Exec(`INSERT INTO hook_delivery (id, account, hook, event, subject, queued_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, hook, event, subject) DO NOTHING`,
		d.ID, d.Account, d.Hook, d.Event, d.Subject, d.Queued)
	return n > 0, err
}

// TellHooks is TellHook of several at once.
func (t hooks) TellHooks(ctx context.Context, all []HookDelivery) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		for _, d := range all {
			if _, err := d.TellHook(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// A HookSubject is what an event happened to. Which of its fields are there is the event's.
type HookSubject struct {
	Period, Position, Edition int64 // of report_add a file, of report_failed a period
	Delivery, Revision        int64 // of delivery_failed
}

// String is how it is kept.
func (s HookSubject) String() string {
	if s.Delivery > 0 {
		return fmt.Sprintf("delivery %d revision %d", s.Delivery, s.Revision)
	}
	return fmt.Sprintf("period %d file %d edition %d", s.Period, s.Position, s.Edition)
}

// ReadHookSubject reads what String wrote.
func ReadHookSubject(text string) (s HookSubject, ok bool) {
	if n, err := fmt.Sscanf(text, "delivery %d revision %d", &s.Delivery, &s.Revision); n == 2 && err == nil {
		return s, true
	}
	n, err := fmt.Sscanf(text, "period %d file %d edition %d", &s.Period, &s.Position, &s.Edition)
	return s, n == 3 && err == nil
}

// untold are the queries for what happened since an instant and a hook was not told. Their
// arguments are the account, the configuration, the instant, the hook, the event and a limit.
func untold(event string) string {
	const unless = ` AND NOT EXISTS (SELECT 1 FROM hook_delivery h WHERE h.account = p.account AND h.hook = ? AND h.event = ? AND h.subject = `
	const period = `'period ' || p.id || ' file ' || a.position || ' edition ' || p.edition) `
	switch event {
	case "report_add":
		return `SELECT p.id, a.position, p.edition, 0, 0 FROM period p JOIN artifact a ON a.period_id = p.id AND a.edition = p.edition
			WHERE p.account = ? AND p.config = ? AND p.detailed = 1 AND p.made_at >= ?` + unless + period + `ORDER BY p.made_at, p.id, a.position LIMIT ?`
	case "report_failed":
		return `SELECT p.id, 0, p.edition, 0, 0 FROM period p
			WHERE p.account = ? AND p.config = ? AND p.state IN ('owed', 'failed') AND p.attempts > 0 AND p.first_try_at >= ?` + unless +
			`'period ' || p.id || ' file 0 edition ' || p.edition) ORDER BY p.first_try_at, p.id LIMIT ?`
	case "delivery_failed":
		return `SELECT p.id, 0, p.edition, d.id, d.revision FROM delivery d JOIN period p ON p.id = d.period_id
			WHERE d.account = ? AND p.config = ? AND d.state IN ('refused', 'expired') AND d.finished_at >= ?` + unless +
			`'delivery ' || d.id || ' revision ' || d.revision) ORDER BY d.finished_at, d.id LIMIT ?`
	}
	return ""
}

// HookUntold gives what happened since an instant to a configuration's reports and a hook was not
// told yet, the oldest first. An event that is unknown never happens.
func (t hooks) HookUntold(ctx context.Context, account, config, hook, event string, since time.Time, limit int) ([]HookSubject, error) {
	query := untold(event)
	if query == "" {
		return nil, nil
	}
	return list(ctx, t.db, func(columns func(dest ...any) error) (s HookSubject, err error) {
		return s, columns(&s.Period, &s.Position, &s.Edition, &s.Delivery, &s.Revision)
	}, query, account, config, since, hook, event, limit)
}

const selectHookDeliveries = `SELECT id, account, hook, event, subject, queued_at, attempts, tried_at, ended_at, next_try_at, state, answer FROM hook_delivery`

func scanHookDelivery(columns func(dest ...any) error) (d HookDelivery, err error) {
	return d, columns(&d.ID, &d.Account, &d.Hook, &d.Event, &d.Subject, &d.Queued, &d.Attempts, &d.Tried, &d.Ended, &d.NextTry, &d.State, &d.Answer)
}

// HookDelivery gives the one of an id.
func (t hooks) HookDelivery(ctx context.Context, id string) (d HookDelivery, found bool, err error) {
	all, err := list(ctx, t.db, scanHookDelivery, selectHookDeliveries+` WHERE id = ?`, id)
	if err != nil || len(all) == 0 {
		return d, false, err
	}
	return all[0], true, nil
}

// HookDeliveries gives what an account's hooks are told, the newest first.
func (t hooks) HookDeliveries(ctx context.Context, account string, limit int) ([]HookDelivery, error) {
	return list(ctx, t.db, scanHookDelivery, selectHookDeliveries+` WHERE account = ? ORDER BY queued_at DESC, id LIMIT ?`, account, limit)
}

// A FailedPeriod is one that could not be made.
type FailedPeriod struct {
	ledger.Key
	Name, Schedule, Error string
	Attempts              int
	Final                 bool // it is not tried again
	NextTry               time.Time
}

// FailedPeriod gives the period of an id; one that was made meanwhile, and one that is gone, is not found.
func (t hooks) FailedPeriod(ctx context.Context, id int64) (p FailedPeriod, found bool, err error) {
	state := ""
	err = t.db.Read(ctx, func(tx ledger.Tx) error {
		missing, err := none(tx.Row([]any{&p.Account, &p.Report, &p.From, &p.To, &p.Name, &p.Schedule, &p.Error, &p.Attempts, &p.NextTry, &state},
			`SELECT account, report, from_at, to_at, name, schedule, error, attempts, next_try_at, state FROM period WHERE id = ? AND state IN ('owed', 'failed')`, id))
		found = !missing
		return err
	})
	p.Final = state == string(ledger.Failed)
	return p, found && err == nil, err
}

// HookQueue gives what a hook is to be told, what is due first before what waits.
func (t hooks) HookQueue(ctx context.Context, account, hook string, limit int) ([]HookDelivery, error) {
	return list(ctx, t.db, scanHookDelivery, selectHookDeliveries+` WHERE account = ? AND hook = ? AND state = 'queued' ORDER BY next_try_at, queued_at, id LIMIT ?`, account, hook, limit)
}

// HookBegan gives when a hook was told first; zero: it was not yet.
func (t hooks) HookBegan(ctx context.Context, account, hook string) (at time.Time, err error) {
	err = t.db.Read(ctx, func(tx ledger.Tx) error {
		_, err := none(tx.Row([]any{&at}, `SELECT queued_at FROM hook_delivery WHERE account = ? AND hook = ? AND event = ?`, account, hook, HookBegins))
		return err
	})
	return at, err
}

// HookTried notes how a hook answered. State is HookQueued where it is told again, at next.
func (t hooks) HookTried(ctx context.Context, id, state, answer string, at, next time.Time) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		ended := time.Time{}
		if state != HookQueued {
			ended, next = at, time.Time{}
		}
		_, err := tx.Exec(`UPDATE hook_delivery SET attempts = attempts + 1, tried_at = ?, ended_at = ?, next_try_at = ?, state = ?, answer = ? WHERE id = ? AND state = 'queued'`,
			at, ended, next, state, clean(answer, 300), id)
		return err
	})
}

// PurgeHookDeliveries forgets what was queued before an instant, but for when each hook began.
func (t hooks) PurgeHookDeliveries(ctx context.Context, account string, before time.Time) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		_, err := tx.Exec(`DELETE FROM hook_delivery WHERE account = ? AND queued_at < ? AND state <> 'queued' AND event <> ?`, account, before, HookBegins)
		return err
	})
}
