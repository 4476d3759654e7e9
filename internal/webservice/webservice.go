// Package webservice serves the API and the pages of all configurations with a web: block, those
// of one address together. It refuses configurations that say different things of one address,
// and listens before anything that leaves a trace is done.
package webservice

import (
	"context"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"rapport/internal/access"
	"rapport/internal/acmecert"
	"rapport/internal/engine"
	"rapport/internal/eventhook"
	"rapport/internal/insight"
	"rapport/internal/ledgerpool"
	"rapport/internal/webpage"
	"rapport/internal/webserver"
	"rapport/reportconfig"
)

// errClosed is of a ledger that a reload has taken away.
var errClosed = errors.New("the ledger is closed")

// A Service is what is served, and all that outlives a reload.
type Service struct {
	Server    *webserver.Server
	Now       func() time.Time
	Random    func() []byte // 32 bytes that nobody can guess
	Agent     string        // what it names itself to hooks
	User      string        // of the shell that serves
	Out       io.Writer     // where a person reads where the pages are; nil: nobody is there
	IsJournal bool          // Out is the journal of the machine
	Log       *slog.Logger

	Authority acmecert.Config // of certificates: zero, Let's Encrypt

	duties    duties
	sources   map[sourceKey]*acmecert.Source // of certificates, at work
	announced map[string]bool                // by configuration and address
}

// A Worker is a configuration at work.
type Worker struct {
	Engine *engine.Engine
	Config *reportconfig.Config
	Ledger *ledgerpool.Ledger
}

// A Plan is what is to be served, before any ledger is open.
type Plan struct {
	listeners    map[webserver.Address]*webserver.Listener
	certificates map[webserver.Address]*tls.Certificate // of files
	secrets      map[*reportconfig.Config]Secrets
}

// addressOf is where a configuration is served.
func addressOf(c *reportconfig.Config) webserver.Address {
	return webserver.Address{HostPort: c.Web.Listen, TLS: c.Web.TLS != nil}
}

// Plan reads what the API needs of files and environment, and listens. SecretOf reads a
// configuration's secrets.
func (s *Service) Plan(configs []*reportconfig.Config, secretOf func(*reportconfig.Config) func(reportconfig.Secret) (string, error)) (p Plan, err error) {
	p.certificates, p.secrets = map[webserver.Address]*tls.Certificate{}, map[*reportconfig.Config]Secrets{}
	var addresses []webserver.Address
	for _, c := range configs {
		if c.Web == nil {
			continue
		}
		if p.secrets[c], err = ReadSecrets(c, secretOf(c)); err != nil {
			return p, err
		}
		if t := c.Web.TLS; t != nil && t.ACME == "" {
			certificate, err := tls.LoadX509KeyPair(t.Cert, t.Key)
			if err != nil {
				return p, fmt.Errorf("%s: web.tls: %w", c.Path, err)
			}
			p.certificates[addressOf(c)] = &certificate
		}
		if !slices.Contains(addresses, addressOf(c)) {
			addresses = append(addresses, addressOf(c))
		}
	}
	if p.listeners, err = s.Server.Open(addresses); err != nil {
		return p, fmt.Errorf("web.listen: %w", err)
	}
	return p, nil
}

// Undo closes what Plan has opened.
func (s *Service) Undo(p Plan) { s.Server.Undo(p.listeners) }

// Serve begins to answer for the workers. Background is of what outlives a request.
func (s *Service) Serve(background context.Context, p Plan, workers []Worker) error {
	byAddress := map[webserver.Address][]Worker{}
	for _, w := range workers {
		if w.Config.Web != nil {
			byAddress[addressOf(w.Config)] = append(byAddress[addressOf(w.Config)], w)
		}
	}
	sites, sources := map[webserver.Address]webserver.Site{}, newSources(s)
	var tellers []*eventhook.Teller
	var figures []*insight.Server
	holder := hex.EncodeToString(s.Random()[:12])
	for a, list := range byAddress {
		url := PublicURL(list[0].Config.Web, p.listeners[a].Addr())
		handler, api, err := s.handler(background, p, list, url)
		if err != nil {
			return err
		}
		figures = append(figures, api)
		for _, w := range list {
			tellers = append(tellers, s.teller(w, p.secrets[w.Config].Hooks, api, holder))
		}
		sites[a] = webserver.Site{Handler: handler, Certificate: sources.certificate(list[0], p.certificates[a])}
		s.Log.Info("API and pages", "address", p.listeners[a].Addr(), "url", url)
	}
	sources.replace()
	s.Server.Replace(p.listeners, sites)
	s.duties.replace(background, tellers, figures, holder, s.Log)
	for a, list := range byAddress {
		for _, w := range list {
			listened := p.listeners[a].Addr()
			if err := s.announce(background, w, PublicURL(list[0].Config.Web, listened), listened); err != nil {
				s.Log.Warn("no link to sign in could be made", "account", w.Config.Account, "error", err)
			}
		}
	}
	return nil
}

// handler answers for the accounts of one address.
func (s *Service) handler(background context.Context, p Plan, workers []Worker, url string) (http.Handler, *insight.Server, error) {
	var accounts []insight.Account
	var shown []webpage.Account
	for _, w := range workers {
		a := s.accountOf(w, p.secrets[w.Config].Clients)
		accounts = append(accounts, a)
		current := func() []reportconfig.Report { return engine.CurrentReports(w.Engine) }
		shown = append(shown, webpage.Account{Config: w.Config, Path: a.Path, Archive: w.Engine.Archive, Ledger: a.Ledger, Reports: current, Use: a.Use, Poke: a.Poke, Shop: s.shop(w), Users: p.secrets[w.Config].Users})
	}
	attempts := access.NewAttempts(s.Now)
	api, err := insight.New(accounts, insight.Options{Now: s.Now, Attempts: attempts, Random: s.Random, URL: url, Proxy: workers[0].Config.Web.Proxy, Log: s.Log, Background: background})
	if err != nil {
		return nil, nil, err
	}
	pages, err := webpage.New(shown, webpage.Options{Providers: s.providers(background, p, workers, url), Now: s.Now, Attempts: attempts, Random: s.Random, Secure: strings.HasPrefix(url, "https:"), Address: api.AddressOf, Editor: api, Version: strings.TrimPrefix(s.Agent, "rapport/"), Log: s.Log})
	if err != nil {
		return nil, nil, err
	}
	both := func(w http.ResponseWriter, r *http.Request) { // a mux would redirect what the API refuses
		if r.URL.Path == "/v1" || strings.HasPrefix(r.URL.Path, "/v1/") {
			api.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	}
	return http.HandlerFunc(both), api, nil
}

func (s *Service) accountOf(w Worker, secrets []string) insight.Account {
	return insight.Account{
		Config: w.Config, Path: w.Engine.Path, Archive: w.Engine.Archive, Ledger: w.Ledger.Ledger, Source: w.Engine.Builder.Source, Secrets: secrets, Log: s.Log, Poke: w.Engine.Poke,
		Use:   useOf(w),
		Alarm: func(ctx context.Context, report, what string) { w.Engine.RaiseAltered(ctx, report, what, s.Now()) },
	}
}

// useOf runs what needs the ledger while it is open.
func useOf(w Worker) func(do func() error) error {
	return func(do func() error) error {
		ran := false
		err := w.Ledger.Use(func() error { ran = true; return do() })
		if !ran && err == nil {
			return errClosed
		}
		return err
	}
}

// PublicURL is how others reach what is listened at.
func PublicURL(web *reportconfig.Web, listened string) string {
	switch {
	case web.URL != "":
		return web.URL
	case web.TLS != nil && web.TLS.ACME != "":
		return "https://" + web.TLS.ACME
	case web.TLS != nil:
		return "https://" + listened
	}
	return "http://" + listened
}

// Conflicts names each configuration whose web block says otherwise than another's at the same address.
func Conflicts(configs []*reportconfig.Config) (faults []error) {
	first := map[string]*reportconfig.Config{}
	served := map[[2]string]string{}
	for _, c := range configs {
		if c.Web == nil {
			continue
		}
		at := c.Web.Listen
		if _, port, _ := net.SplitHostPort(at); port == "0" {
			continue
		}
		if other := served[[2]string{at, c.Account}]; other != "" && other != c.Path {
			faults = append(faults, fmt.Errorf("%s: web.listen: %s serves account %s at %s too — give one of them another address", c.Path, other, c.Account, at))
		}
		served[[2]string{at, c.Account}] = c.Path
		if first[at] == nil {
			first[at] = c
			continue
		}
		a, b := first[at].Web, c.Web
		sameTLS := (a.TLS == nil) == (b.TLS == nil) && (a.TLS == nil || *a.TLS == *b.TLS)
		if a.URL != b.URL || !sameTLS || !slices.Equal(a.Proxy, b.Proxy) {
			faults = append(faults, fmt.Errorf("%s: web: %s is served at %s too — url, tls and proxy of both must be the same", c.Path, first[at].Path, at))
		}
	}
	return faults
}
