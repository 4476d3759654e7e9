package access

import (
	"context"
	"encoding/base64"

	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

// vouchedRoles are those of an address by account, where its provider is asked for the account.
func (g *Gate) vouchedRoles(issuer, client, email string) map[string]reportconfig.Role {
	roles := map[string]reportconfig.Role{}
	for _, a := range g.accounts {
		if o := a.OIDC; o != nil && o.Issuer == issuer && o.ClientID == client && reportconfig.MatchesAddress(o.Allow, email) {
			roles[a.ID] = o.Role
		}
	}
	return roles
}

// SignInVouched begins a session of somebody for whose address a provider vouches, and gives what the
// browser is to hold. Who sees no account is ErrWrong.
func (g *Gate) SignInVouched(ctx context.Context, issuer, client, email, address, agent string) (secret string, err error) {
	roles := g.vouchedRoles(issuer, client, email)
	for i := range g.accounts {
		if a := &g.accounts[i]; roles[a.ID] != "" {
			return g.beginSession(ctx, a, served.Session{Name: email, Proof: g.proof(issuer+"\x00"+client, roles), How: served.ByOIDC, Address: address, Agent: agent})
		}
	}
	return "", ErrWrong
}

// vouched are the roles of a session that a provider's word began, as long as they are what they were.
func (g *Gate) vouched(s served.Session) map[string]reportconfig.Role {
	for _, a := range g.accounts {
		if a.OIDC == nil {
			continue
		}
		if roles := g.vouchedRoles(a.OIDC.Issuer, a.OIDC.ClientID, s.Name); len(roles) > 0 && g.proof(a.OIDC.Issuer+"\x00"+a.OIDC.ClientID, roles) == s.Proof {
			return roles
		}
	}
	return nil
}

// beginSession keeps a session in an account's ledger, and what is over goes.
func (g *Gate) beginSession(ctx context.Context, a *Account, s served.Session) (secret string, err error) {
	secret, now := base64.RawURLEncoding.EncodeToString(g.random()), g.now()
	s.ID, s.Created, s.Seen = Identify(secret), now, now
	err = a.Use(func() error {
		if err := a.Tables.PurgeSessions(ctx, now.Add(-served.SessionLife), now.Add(-served.IdleLife), now); err != nil {
			return err
		}
		return a.Tables.BeginSession(ctx, s, served.Act{At: now, Account: a.ID, Actor: served.Actor{Name: s.Name, Via: served.ViaPage, Address: s.Address}, Action: "sign in", Object: "session"})
	})
	return secret, err
}
