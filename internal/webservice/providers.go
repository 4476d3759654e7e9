package webservice

import (
	"context"
	"fmt"
	"slices"

	"rapport/internal/singlesignon"
)

// providers are those by whose word people sign in at an address: one that several configurations
// name as the same client is one.
func (s *Service) providers(background context.Context, p Plan, workers []Worker, url string) (all []*singlesignon.Client) {
	for _, w := range workers {
		o := w.Config.Web.OIDC
		if o == nil || slices.ContainsFunc(all, func(c *singlesignon.Client) bool { return c.Issuer == o.Issuer && c.ID == o.ClientID }) {
			continue
		}
		all = append(all, &singlesignon.Client{
			Issuer: o.Issuer, ID: o.ClientID, Secret: p.secrets[w.Config].OIDC, ReturnTo: fmt.Sprint(url, "/sign-in/oidc/", len(all)), Now: s.Now, Background: background,
		})
	}
	return all
}
