package served

import (
	"context"
	"time"

	"rapport/internal/ledger"
)

// The ways to sign in.
const (
	ByLink     = "link"
	ByPassword = "password"
	ByOIDC     = "oidc"
)

// How long a session lasts without use, and in all.
const (
	IdleLife    = 12 * time.Hour
	SessionLife = 7 * 24 * time.Hour
)

// A Session is a person who is signed in.
type Session struct {
	ID       string // the SHA-256 of what the browser holds, in hex
	Name     string // of the person; of a link who made it
	Proof    string // of what they proved themselves by: when that changes the session is over
	How      string
	Account  string // of a link: the one that it opens; "" of the others
	Created  time.Time
	Seen     time.Time
	Address  string
	Agent    string
	Settings string // what the person chose of the pages, theirs to read
}

// BeginSession signs somebody in.
func (t sessions) BeginSession(ctx context.Context, s Session, acts ...Act) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error { return insertSession(tx, s, acts) })
}

func insertSession(tx ledger.Tx, s Session, acts []Act) error {
	_, err := tx.Exec(`INSERT INTO session (id, name, proof, how, account, created_at, seen_at, address, agent, settings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, s.Name, s.Proof, s.How, s.Account, s.Created, s.Seen, clean(s.Address, 200), clean(s.Agent, 300), clean(s.Settings, 1000))
	for _, a := range acts {
		if err == nil {
			err = a.WriteDown(tx)
		}
	}
	return err
}

const selectSessions = `SELECT id, name, proof, how, account, created_at, seen_at, address, agent, settings FROM session`

func scanSession(columns func(dest ...any) error) (s Session, err error) {
	return s, columns(&s.ID, &s.Name, &s.Proof, &s.How, &s.Account, &s.Created, &s.Seen, &s.Address, &s.Agent, &s.Settings)
}

// Session gives the session of an id.
func (t sessions) Session(ctx context.Context, id string) (s Session, found bool, err error) {
	all, err := list(ctx, t.db, scanSession, selectSessions+` WHERE id = ?`, id)
	if err != nil || len(all) == 0 {
		return s, false, err
	}
	return all[0], true, nil
}

// Sessions gives all, the one that was seen last first.
func (t sessions) Sessions(ctx context.Context) ([]Session, error) {
	return list(ctx, t.db, scanSession, selectSessions+` ORDER BY seen_at DESC, id`)
}

// SeeSession notes when a session was seen last, and what its person chose.
func (t sessions) SeeSession(ctx context.Context, id string, at time.Time, settings string) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		_, err := tx.Exec(`UPDATE session SET seen_at = ?, settings = ? WHERE id = ?`, at, clean(settings, 1000), id)
		return err
	})
}

// EndSession signs somebody out.
func (t sessions) EndSession(ctx context.Context, id string, acts ...Act) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		n, err := tx.Exec(`DELETE FROM session WHERE id = ?`, id)
		for _, a := range acts {
			if err == nil && n > 0 {
				err = a.WriteDown(tx)
			}
		}
		return err
	})
}

// PurgeSessions forgets what was created or seen last before the instants, and links that are over.
func (t sessions) PurgeSessions(ctx context.Context, created, seen, now time.Time) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		_, err := tx.Exec(`DELETE FROM session WHERE created_at < ? OR seen_at < ?`, created, seen)
		if err == nil {
			_, err = tx.Exec(`DELETE FROM sign_in_link WHERE expires_at <= ?`, now)
		}
		return err
	})
}

// A Link signs in whoever has it, once.
type Link struct {
	ID            string // the SHA-256 of what the link holds, in hex
	Account, Role string
	MadeBy        string
	Expires       time.Time
}

// MakeLink keeps a link.
func (t sessions) MakeLink(ctx context.Context, l Link, acts ...Act) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		_, err := tx.Exec(`INSERT INTO sign_in_link (id, account, role, made_by, expires_at) VALUES (?, ?, ?, ?, ?)`, l.ID, l.Account, l.Role, clean(l.MadeBy, 200), l.Expires)
		for _, a := range acts {
			if err == nil {
				err = a.WriteDown(tx)
			}
		}
		return err
	})
}

// Link gives a link that can be used at an instant.
func (t sessions) Link(ctx context.Context, id string, now time.Time) (l Link, found bool, err error) {
	all, err := list(ctx, t.db, scanLink, selectLink, id, now)
	if err != nil || len(all) == 0 {
		return l, false, err
	}
	return all[0], true, nil
}

const selectLink = `SELECT id, account, role, made_by, expires_at FROM sign_in_link WHERE id = ? AND expires_at > ?`

func scanLink(columns func(dest ...any) error) (l Link, err error) {
	return l, columns(&l.ID, &l.Account, &l.Role, &l.MadeBy, &l.Expires)
}

// UseLink begins a session by a link, and ends the link: of two who use it at once one does. The
// session and what is noted of it are made of the link.
func (t sessions) UseLink(ctx context.Context, id string, now time.Time, session func(Link) (Session, Act)) (used bool, err error) {
	err = t.db.Write(ctx, func(tx ledger.Tx) error {
		used = false
		var all []Link
		if err := collect(tx, &all, scanLink, selectLink, id, now); err != nil || len(all) == 0 {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM sign_in_link WHERE id = ?`, id); err != nil {
			return err
		}
		s, act := session(all[0])
		used = true
		return insertSession(tx, s, []Act{act})
	})
	return used && err == nil, err
}
