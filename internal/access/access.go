// Package access knows the people who use the pages: what they prove themselves by, which role
// each has in which account, who is signed in, and how often anybody may try. It refuses to tell
// a name that it does not know from a password that is wrong, and knows no page.
package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

// A User signs in with a password.
type User struct {
	Name string
	Hash Hash
	Role reportconfig.Role
}

// An Account is one that people see.
type Account struct {
	ID     string
	Users  []User
	OIDC   *reportconfig.OIDC // nil: nobody is vouched for
	Tables served.Tables
	// Use runs do while the ledger is open; a ledger that is closed is an error.
	Use func(do func() error) error
}

// A Gate knows who is signed in to the accounts of one address.
type Gate struct {
	accounts []Account
	now      func() time.Time
	random   func() []byte
	attempts Attempts
	hashing  chan struct{} // one for each password that is hashed at once
	nobody   Hash          // is tried for a name that is unknown
}

const hashedAtOnce = 2

// NewGate makes a gate. Random gives 32 bytes that nobody can guess.
func NewGate(accounts []Account, now func() time.Time, random func() []byte, attempts Attempts) *Gate {
	nobody := Hash{memory: memoryKiB, passes: passes, threads: 1, salt: random()[:saltBytes], key: random()}
	return &Gate{accounts: accounts, now: now, random: random, attempts: attempts, hashing: make(chan struct{}, hashedAtOnce), nobody: nobody}
}

// HasPasswords tells whether anybody can sign in with one.
func (g *Gate) HasPasswords() bool {
	for _, a := range g.accounts {
		if len(a.Users) > 0 {
			return true
		}
	}
	return false
}

// ErrWrong says that nobody has the name and the password.
var ErrWrong = errors.New("the name or the password is wrong")

// A TooManyError says that somebody tried too often.
type TooManyError struct{ RetryAfter time.Duration }

func (e *TooManyError) Error() string {
	return fmt.Sprintf("too many attempts: wait %s", e.RetryAfter.Round(time.Second))
}

// Identify is how a secret of a browser or a link is kept.
func Identify(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Attempt counts an attempt to sign in by somebody at an address; too many are a *TooManyError.
func (g *Gate) Attempt(address, name string) error {
	if pause := g.attempts.Pause(address, name); pause > 0 {
		return &TooManyError{pause}
	}
	return nil
}

// SignIn begins a session, and gives what the browser is to hold. Address and agent are the browser's.
func (g *Gate) SignIn(ctx context.Context, name, password, address, agent string) (secret string, err error) {
	if err := g.Attempt(address, name); err != nil {
		return "", err
	}
	hash, err := g.prove(ctx, name, password)
	if err != nil {
		return "", err
	}
	roles := g.roles(name, hash)
	for i := range g.accounts {
		a := &g.accounts[i]
		if roles[a.ID] == "" {
			continue
		}
		return g.beginSession(ctx, a, served.Session{Name: name, Proof: g.proof(hash, roles), How: served.ByPassword, Address: address, Agent: agent})
	}
	return "", ErrWrong
}

// prove gives the hash that a person proved to know the password of. It takes as long for a name
// that is unknown.
func (g *Gate) prove(ctx context.Context, name, password string) (found string, err error) {
	select {
	case g.hashing <- struct{}{}:
		defer func() { <-g.hashing }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	tried := map[string]bool{}
	for _, a := range g.accounts {
		for _, u := range a.Users {
			if u.Name == name && !tried[u.Hash.text] {
				tried[u.Hash.text] = true
				if u.Hash.Matches(password) && found == "" {
					found = u.Hash.text
				}
			}
		}
	}
	if len(tried) == 0 {
		g.nobody.Matches(password)
	}
	if found == "" {
		return "", ErrWrong
	}
	return found, nil
}

// roles are those of a person by account: where the name has the same hash.
func (g *Gate) roles(name, hash string) map[string]reportconfig.Role {
	roles := map[string]reportconfig.Role{}
	for _, a := range g.accounts {
		for _, u := range a.Users {
			if u.Name == name && u.Hash.text == hash {
				roles[a.ID] = u.Role
			}
		}
	}
	return roles
}

// proof changes with a person's password and roles.
func (g *Gate) proof(hash string, roles map[string]reportconfig.Role) string {
	return Identify(fmt.Sprintf("%s\x00%v", hash, roles)) // a map is printed in the order of its keys
}

// A Person is somebody who is signed in.
type Person struct {
	Session served.Session
	Home    int                          // of the accounts: whose ledger has the session
	Roles   map[string]reportconfig.Role // by account
}

// Who gives the person of what a browser holds.
func (g *Gate) Who(ctx context.Context, secret string) (p Person, found bool, err error) {
	if secret == "" {
		return p, false, nil
	}
	now := g.now()
	for i := range g.accounts {
		a := &g.accounts[i]
		err := a.Use(func() (err error) {
			p.Session, found, err = a.Tables.Session(ctx, Identify(secret))
			if err != nil || !found {
				return err
			}
			p.Home, p.Roles = i, g.rolesOf(a, p.Session)
			found = len(p.Roles) > 0 && now.Sub(p.Session.Seen) < served.IdleLife && now.Sub(p.Session.Created) < served.SessionLife
			if found && now.Sub(p.Session.Seen) > time.Minute {
				err = a.Tables.SeeSession(ctx, p.Session.ID, now, p.Session.Settings)
			}
			return err
		})
		if err != nil || found {
			return p, found && err == nil, err
		}
	}
	return Person{}, false, nil
}

// rolesOf are what a session that an account's ledger has gives now: none when the person has
// gone, or has another password or another role.
func (g *Gate) rolesOf(a *Account, s served.Session) map[string]reportconfig.Role {
	switch s.How {
	case served.ByLink:
		if s.Account == a.ID {
			return map[string]reportconfig.Role{a.ID: reportconfig.RoleAdmin}
		}
	case served.ByOIDC:
		return g.vouched(s)
	case served.ByPassword:
		for _, other := range g.accounts {
			for _, u := range other.Users {
				if u.Name != s.Name {
					continue
				}
				if roles := g.roles(u.Name, u.Hash.text); g.proof(u.Hash.text, roles) == s.Proof {
					return roles
				}
			}
		}
	}
	return nil
}

// Sessions gives those by which an account can be seen now: all, or those of one person.
func (g *Gate) Sessions(ctx context.Context, account string, of *Person) (all []served.Session, err error) {
	seen, now := map[string]bool{}, g.now()
	for i := range g.accounts {
		a := &g.accounts[i]
		err := a.Use(func() error {
			list, err := a.Tables.Sessions(ctx)
			for _, s := range list {
				mine := of == nil || s.Name == of.Session.Name && s.How == of.Session.How
				over := now.Sub(s.Seen) >= served.IdleLife || now.Sub(s.Created) >= served.SessionLife
				if mine && !over && !seen[s.ID] && g.rolesOf(a, s)[account] != "" {
					seen[s.ID] = true
					all = append(all, s)
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// End ends a session, of whichever account's ledger has it, and writes the act down beside it.
func (g *Gate) End(ctx context.Context, id string, act served.Act) error {
	for i := range g.accounts {
		a := &g.accounts[i]
		if err := a.Use(func() error { return a.Tables.EndSession(ctx, id, act) }); err != nil {
			return err
		}
	}
	return nil
}
