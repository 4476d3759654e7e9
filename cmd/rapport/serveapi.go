package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rapport/internal/engine"
	"rapport/internal/insight"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
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
		sites[a] = webserver.Site{Handler: api, Certificate: p.certificates[a]}
		s.log.Info("API", "address", p.listeners[a].Addr(), "url", url)
	}
	s.web.Replace(p.listeners, sites)
	return nil
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

// moreReports gives an engine the reports that were made over HTTP; nil where nothing is served.
func moreReports(config *reportconfig.Config, path string, l *ledger.Ledger, log *slog.Logger) func(context.Context, string) ([]reportconfig.Report, string, error) {
	if config.Web == nil {
		return nil
	}
	return func(ctx context.Context, known string) ([]reportconfig.Report, string, error) {
		return insight.ReportsOf(ctx, served.Of(l), config, path, known, func(report, what string) {
			log.Error("a report that was made over HTTP is not as it was", "account", config.Account, "report", report, "error", what)
		})
	}
}

// adopt makes the account's reports that were made over HTTP this configuration's, and refuses
// one of the file whose id is theirs.
func (s *server) adopt(ctx context.Context, config *reportconfig.Config, c engine.Config) error {
	if config.Web == nil {
		return nil
	}
	tables := served.Of(c.Ledger)
	for _, r := range config.Reports {
		row, found, err := tables.Report(ctx, config.Account, r.ID)
		if err != nil {
			return ledgerFault(config, err)
		}
		if found && row.DeletedAt.IsZero() {
			return configFault(fmt.Errorf("%s: report %s was made over HTTP and has this id already — delete it there, or give this one another id", config.Path, r.ID))
		}
	}
	if err := tables.AdoptReports(ctx, config.Account, c.Path); err != nil {
		return ledgerFault(config, err)
	}
	return nil
}

func ledgerFault(config *reportconfig.Config, err error) error {
	return &exit{exitWaiting, fmt.Errorf("ledger %s: %w", config.State, err)}
}

// addServed adds the reports that were made over HTTP to those of the file, for a command that
// looks once.
func (p *program) addServed(ctx context.Context, config *reportconfig.Config, l *ledger.Ledger) error {
	if config.Web == nil {
		return nil
	}
	if l == nil {
		opened, err := p.openLedger(ctx, config.State, true)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		defer opened.Close()
		l = opened
	}
	path, err := absolute(config)
	if err != nil {
		return err
	}
	more, _, err := insight.ReportsOf(ctx, served.Of(l), config, path, "", func(report, what string) {
		fmt.Fprintf(p.asides(), "rapport: warning: report %s, made over HTTP: %s\n", report, what)
	})
	if err != nil {
		return ledgerFault(config, err)
	}
	config.Reports = append(config.Reports, more...)
	return nil
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
			l, err := p.openLedger(cmd.Context(), config.State, true)
			if errors.Is(err, fs.ErrNotExist) {
				return usage("keys: there is no ledger %s yet", config.State)
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
