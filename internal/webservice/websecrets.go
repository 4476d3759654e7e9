package webservice

import (
	"fmt"

	"rapport/internal/access"
	"rapport/reportconfig"
)

// Secrets are those that a web: block names, in the order of the block.
type Secrets struct {
	Clients []string
	Users   []access.User
	OIDC    string // "": there is no provider
	Hooks   []string
}

// ReadSecrets reads those of a configuration with a web: block.
func ReadSecrets(c *reportconfig.Config, read func(reportconfig.Secret) (string, error)) (s Secrets, err error) {
	for _, client := range c.Web.Clients {
		text, err := read(client.Secret)
		if err != nil {
			return s, fmt.Errorf("%s: web.clients: %s: secret: %w", c.Path, client.ID, err)
		}
		s.Clients = append(s.Clients, text)
	}
	for _, user := range c.Web.Users {
		text, err := read(user.Password)
		var hash access.Hash
		if err == nil {
			if hash, err = access.ParseHash(text); err != nil {
				err = fmt.Errorf("%s %w", user.Password, err)
			}
		}
		if err != nil {
			return s, fmt.Errorf("%s: web.users: %s: password: %w", c.Path, user.Name, err)
		}
		s.Users = append(s.Users, access.User{Name: user.Name, Hash: hash, Role: user.Role})
	}
	if o := c.Web.OIDC; o != nil {
		if s.OIDC, err = read(o.ClientSecret); err != nil {
			return s, fmt.Errorf("%s: web.oidc: client_secret: %w", c.Path, err)
		}
	}
	for i, hook := range c.Web.Hooks {
		text, err := read(hook.Secret)
		if err != nil {
			return s, fmt.Errorf("%s: web.hooks[%d]: secret: %w", c.Path, i, err)
		}
		s.Hooks = append(s.Hooks, text)
	}
	return s, nil
}
