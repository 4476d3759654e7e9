package webservice

import (
	"context"
	"fmt"
	"net/netip"

	"rapport/internal/ledger/served"
	"rapport/internal/webpage"
)

// announce tells where the pages of an account are, once, and how to get in: by a link where only
// this machine reaches them and a person reads it, else by the command that makes one.
func (s *Service) announce(ctx context.Context, w Worker, url, listened string) error {
	if s.Out == nil || s.announced[w.Config.Path+"\n"+url] {
		return nil
	}
	if s.announced == nil {
		s.announced = map[string]bool{}
	}
	s.announced[w.Config.Path+"\n"+url] = true
	at, err := netip.ParseAddrPort(listened)
	if err != nil || !at.Addr().IsLoopback() || len(w.Config.Web.Proxy) > 0 || s.IsJournal { // which others read
		_, err := fmt.Fprintf(s.Out, "%s: %s (rapport sign-in %s makes a link)\n", w.Config.Account, url, w.Config.Path)
		return err
	}
	path := ""
	err = w.Ledger.Use(func() (err error) {
		by := served.Actor{Name: s.User, Via: served.ViaShell}
		path, err = webpage.MakeLink(ctx, w.Ledger.Ledger, w.Config.Account, by, s.Random(), s.Now())
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%s: %s\n  sign in, once, within ten minutes: %s%s\n", w.Config.Account, url, url, path)
	return err
}
