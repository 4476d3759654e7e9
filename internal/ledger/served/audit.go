package served

import (
	"context"
	"fmt"
	"strings"
	"time"

	"rapport/internal/ledger"
)

// The ways that acts come by.
const (
	ViaPage  = "page"
	ViaAPI   = "api"
	ViaShell = "shell"
	ViaFile  = "file"
)

// An Actor is who does something, and from where.
type Actor struct {
	Name    string // of the person, the client, the user of the shell
	Via     string
	Address string // of the machine; "" where there is none
}

// An Act is something that somebody did. It is written in the transaction of what was done, and
// never changes.
type Act struct {
	ID      int64
	At      time.Time
	Account string
	Actor
	Action, Object string // "delete", "report 6f9c…"
	Before, After  string // what was and is of the object; no secret
}

// maxState bounds what is kept of an object, in bytes.
const maxState = 64 << 10

// WriteDown notes the act.
func (a Act) WriteDown(tx ledger.Tx) error {
	if a.At.IsZero() {
		return fmt.Errorf("act %s %s: it has no instant", a.Action, a.Object)
	}
	_, err := tx.Exec(`INSERT INTO audit (at, account, actor, via, address, action, object, state_before, state_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.At, a.Account, clean(a.Name, 200), a.Via, clean(a.Address, 200), a.Action, clean(a.Object, 1000), clean(a.Before, maxState), clean(a.After, maxState))
	return err
}

// clean makes text that every database takes.
func clean(s string, longest int) string {
	if len(s) > longest {
		s = s[:longest] + "…"
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// An ActFilter chooses acts; what is empty chooses all.
type ActFilter struct {
	Account, Actor, Via, Action, Object string
	OlderThan                           int64 // the ID of an act
	Limit                               int
}

// Acts gives what was done, the newest first.
func (t audit) Acts(ctx context.Context, f ActFilter) ([]Act, error) {
	where, args := ` WHERE account = ?`, []any{f.Account}
	for _, c := range []struct{ column, value string }{{"actor", f.Actor}, {"via", f.Via}, {"action", f.Action}, {"object", f.Object}} {
		if c.value != "" {
			where, args = where+` AND `+c.column+` = ?`, append(args, c.value)
		}
	}
	if f.OlderThan > 0 {
		where, args = where+` AND id < ?`, append(args, f.OlderThan)
	}
	return list(ctx, t.db, func(columns func(dest ...any) error) (a Act, err error) {
		return a, columns(&a.ID, &a.At, &a.Account, &a.Name, &a.Via, &a.Address, &a.Action, &a.Object, &a.Before, &a.After)
	}, `SELECT id, at, account, actor, via, address, action, object, state_before, state_after FROM audit`+where+` ORDER BY id DESC LIMIT ?`, append(args, max(f.Limit, 1))...)
}

// PurgeActs forgets what was done before an instant.
func (t audit) PurgeActs(ctx context.Context, account string, before time.Time) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		_, err := tx.Exec(`DELETE FROM audit WHERE account = ? AND at < ?`, account, before)
		return err
	})
}
