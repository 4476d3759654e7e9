package served

import (
	"context"
	"time"

	"rapport/internal/ledger"
)

// The states of what a hook is told.
const (
	HookQueued  = "queued"
	HookHeard   = "heard"
	HookGivenUp = "given_up"
)

// KindHook is the kind of the ledger's notifications that hooks are told by; their target is the
// ID of a HookDelivery.
const KindHook = "hook"

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
	State        string
	Answer       string // the last one
}

// TellHook has a hook told of an event, unless it was. The notification goes down with it.
func (d HookDelivery) TellHook(tx ledger.Tx, config string) (told bool, err error) {
	n, err := tx.Exec(`INSERT INTO hook_delivery (id, account, hook, event, subject, queued_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, hook, event, subject) DO NOTHING`,
		d.ID, d.Account, d.Hook, d.Event, d.Subject, d.Queued)
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.Notify(ledger.Notification{Account: d.Account, Config: config, Kind: KindHook, Target: d.ID, Body: d.Event, QueuedAt: d.Queued})
}

const selectHookDeliveries = `SELECT id, account, hook, event, subject, queued_at, attempts, tried_at, ended_at, state, answer FROM hook_delivery`

func scanHookDelivery(columns func(dest ...any) error) (d HookDelivery, err error) {
	return d, columns(&d.ID, &d.Account, &d.Hook, &d.Event, &d.Subject, &d.Queued, &d.Attempts, &d.Tried, &d.Ended, &d.State, &d.Answer)
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

// HookTried notes how a hook answered. State is HookQueued where it is told again.
func (t hooks) HookTried(ctx context.Context, id, state, answer string, at time.Time) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		ended := time.Time{}
		if state != HookQueued {
			ended = at
		}
		_, err := tx.Exec(`UPDATE hook_delivery SET attempts = attempts + 1, tried_at = ?, ended_at = ?, state = ?, answer = ? WHERE id = ?`, at, ended, state, clean(answer, 300), id)
		return err
	})
}

// PurgeHookDeliveries forgets what was queued before an instant.
func (t hooks) PurgeHookDeliveries(ctx context.Context, account string, before time.Time) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		_, err := tx.Exec(`DELETE FROM hook_delivery WHERE account = ? AND queued_at < ? AND state <> 'queued'`, account, before)
		return err
	})
}
