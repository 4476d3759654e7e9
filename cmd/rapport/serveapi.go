package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rapport/internal/engine"
	"rapport/internal/insight"
	"rapport/internal/ledger/served"
	"rapport/internal/webpage"
	"rapport/internal/webserver"
	"rapport/reportconfig"
)

// errClosed is of a ledger that a reload has taken away.
var errClosed = errors.New("the ledger is closed")

// randomBytes are 32 that nobody can guess.
func randomBytes() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it never fails
	return b
}

// webAddress is where a configuration is served over HTTP.
func webAddress(c *reportconfig.Config) webserver.Address {
	return webserver.Address{HostPort: c.Web.Listen, TLS: c.Web.TLS != nil}
}

// A webPlan is what is to be served over HTTP, before anything is open.
type webPlan struct {
	listeners    map[webserver.Address]*webserver.Listener
	certificates map[webserver.Address]*tls.Certificate
	secrets      map[*reportconfig.Config][]string // of the clients
}

// planWeb reads what the API needs of files and environment, and listens.
func (s *server) planWeb(configs []*reportconfig.Config) (p webPlan, err error) {
	p.certificates, p.secrets = map[webserver.Address]*tls.Certificate{}, map[*reportconfig.Config][]string{}
	var addresses []webserver.Address
	for _, c := range configs {
		if c.Web == nil {
			continue
		}
		read := secrets{s.environmentOf(c)}
		for _, client := range c.Web.Clients {
			secret, err := read.reader(client.Secret)()
			if err != nil {
				return p, configFault(fmt.Errorf("%s: web.clients: %s: secret: %w", c.Path, client.ID, err))
			}
			p.secrets[c] = append(p.secrets[c], secret)
		}
		if t := c.Web.TLS; t != nil {
			certificate, err := tls.LoadX509KeyPair(t.Cert, t.Key)
			if err != nil {
				return p, configFault(fmt.Errorf("%s: web.tls: %w", c.Path, err))
			}
			p.certificates[webAddress(c)] = &certificate
		}
		if !slices.Contains(addresses, webAddress(c)) {
			addresses = append(addresses, webAddress(c))
		}
	}
	if p.listeners, err = s.web.Open(addresses); err != nil {
		return p, listenExit(fmt.Errorf("web.listen: %w", err))
	}
	return p, nil
}

// webConflicts names each configuration whose web block says otherwise than another's at the same address.
func webConflicts(configs []*reportconfig.Config) (faults []error) {
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

// serveWeb begins to answer for the workers.
func (s *server) serveWeb(p webPlan, workers []worker) error {
	accounts := map[webserver.Address][]insight.Account{}
	web := map[webserver.Address]*reportconfig.Web{}
	for _, w := range workers {
		if w.config.Web != nil {
			a := webAddress(w.config)
			accounts[a], web[a] = append(accounts[a], s.accountOf(w, p.secrets[w.config])), w.config.Web
		}
	}
	sites := map[webserver.Address]webserver.Site{}
	for a, list := range accounts {
		url := publicURL(web[a], p.listeners[a].Addr())
		api, err := insight.New(list, insight.Options{Now: s.now, Random: randomBytes, URL: url, Proxy: web[a].Proxy, Log: s.log, Background: s.background})
		if err != nil {
			return configFault(err)
		}
		pages, err := webpage.New(s.pagesOf(a, workers), webpage.Options{Now: s.now, Random: randomBytes, Secure: strings.HasPrefix(url, "https:"), Address: api.AddressOf, Log: s.log})
		if err != nil {
			return err
		}
		both := http.NewServeMux()
		both.Handle("/v1/", api)
		both.Handle("/", pages)
		sites[a] = webserver.Site{Handler: both, Certificate: p.certificates[a]}
		s.log.Info("API and pages", "address", p.listeners[a].Addr(), "url", url)
	}
	s.web.Replace(p.listeners, sites)
	return nil
}

// pagesOf are the accounts whose pages are served at an address.
func (s *server) pagesOf(a webserver.Address, workers []worker) (all []webpage.Account) {
	for _, w := range workers {
		if w.config.Web != nil && webAddress(w.config) == a {
			api := s.accountOf(w, nil)
			all = append(all, webpage.Account{Config: w.config, Ledger: api.Ledger, Reports: func() []reportconfig.Report { return engine.CurrentReports(w.Engine) }, Use: api.Use, Poke: w.Poke})
		}
	}
	return all
}

// publicURL is how others reach what is listened at.
func publicURL(web *reportconfig.Web, listened string) string {
	switch {
	case web.URL != "":
		return web.URL
	case web.TLS != nil:
		return "https://" + listened
	}
	return "http://" + listened
}

func (s *server) accountOf(w worker, secrets []string) insight.Account {
	return insight.Account{
		Config: w.config, Path: w.Path, Ledger: w.ledger.Ledger, Source: w.Builder.Source, Secrets: secrets, Log: s.log, Poke: w.Poke,
		Use: func(do func() error) error {
			ran := false
			err := w.ledger.use(func() error { ran = true; return do() })
			if !ran && err == nil {
				return errClosed
			}
			return err
		},
		Alarm: func(ctx context.Context, report, what string) { w.RaiseAltered(ctx, report, what, s.now()) },
	}
}

func signInCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "sign-in CONFIG", Short: "Prints a link that signs in to the pages, once, within ten minutes", Args: oneConfig,
		Long: `Prints a link to the pages of a configuration with web:. Whoever opens it within ten minutes
is signed in, once. It needs the ledger, so it is made on the machine of the daemon.`,
		Example: `  rapport sign-in shop.yaml`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			config, err := p.load(args[0])
			if err != nil {
				return err
			}
			if config.Web == nil {
				return usage("sign-in: %s has no web: block, so there are no pages", config.Path)
			}
			if _, port, _ := net.SplitHostPort(config.Web.Listen); port == "0" && config.Web.URL == "" {
				return usage("sign-in: web.listen of %s is any free port, and there is no web.url: nobody knows where the pages are", config.Path)
			}
			l, err := p.openLedger(cmd.Context(), config, true)
			if errors.Is(err, fs.ErrNotExist) {
				return usage("sign-in: there is no ledger %s yet: start rapport serve first", ledgerName(config))
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, l.Close(), p.handOver(config, false)) }()
			by := served.Actor{Name: shellUser(p.getenv), Via: served.ViaShell}
			path, err := webpage.MakeLink(cmd.Context(), l, config.Account, by, randomBytes(), p.now())
			if err != nil {
				return ledgerFault(config, err)
			}
			_, err = fmt.Fprintln(p.stdout, publicURL(config.Web, dialAddress(config.Web.Listen))+path)
			return err
		},
		ValidArgsFunction: completeConfigs,
	}
}

func clientCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "client", Short: "Makes a secret for a program that uses the API", Args: noArgs,
		Long: `Prints a secret that nobody can guess, for a client under web.clients: put it into a file
or a credential, and its place into the configuration. It is not kept anywhere else.`,
		Example: `  rapport client > bi.secret && chmod 600 bi.secret`,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.stdout, strings.TrimRight(base64.RawURLEncoding.EncodeToString(randomBytes()), "="))
			return err
		},
	}
}

func keysCommand(p *program) *cobra.Command {
	renew := false
	cmd := &cobra.Command{
		Use: "keys CONFIG --renew", Short: "Ends all access tokens and links to files that the API gave", Args: oneConfig,
		Long: `Forgets the keys that sign access tokens and links to files; new ones are made when they
are needed. A daemon at work uses the old ones until it reads its configuration again: send
it SIGHUP.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if !renew {
				return usage("keys: say --renew")
			}
			config, err := p.load(args[0])
			if err != nil {
				return err
			}
			l, err := p.openLedger(cmd.Context(), config, true)
			if errors.Is(err, fs.ErrNotExist) {
				return usage("keys: there is no ledger %s yet", ledgerName(config))
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, l.Close(), p.handOver(config, false)) }()
			act := served.Act{At: p.now(), Account: config.Account, Actor: served.Actor{Name: shellUser(p.getenv), Via: served.ViaShell}, Action: "renew", Object: "keys"}
			if err := served.Of(l).RenewKeys(cmd.Context(), act); err != nil {
				return ledgerFault(config, err)
			}
			_, err = fmt.Fprintln(p.stdout, "all access tokens and links to files have ended")
			return err
		},
		ValidArgsFunction: completeConfigs,
	}
	cmd.Flags().BoolVar(&renew, "renew", false, "make new keys")
	return cmd
}

// shellUser is who sits at the shell.
func shellUser(getenv func(string) string) string {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if u := getenv(name); u != "" {
			return u
		}
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}
