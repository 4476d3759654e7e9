package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"rapport/fetch"
	"rapport/internal/ledger"
	"rapport/internal/pipeline"
	"rapport/mail"
	"rapport/render"
	"rapport/reportconfig"
)

// setupOptions are what a command says beside the configuration.
type setupOptions struct {
	clock   func() time.Time
	log     *slog.Logger
	pings   *pingClient    // nil: nobody is pinged
	mails   bool           // something will be sent, and so needs its secret
	limiter *fetch.Limiter // see connections
}

// defaultMaxMessage is what most relays take, in bytes: Postfix's default.
const defaultMaxMessage = 10_000_000

func (p *program) connections(o setupOptions) connections {
	return connections{secrets: secrets{p.getenv}, now: p.now, log: o.log, limiter: o.limiter}
}

// setup makes a runner of a configuration. Every fault is one of the configuration: a
// secret, a logo or a certificate that is not there.
func (p *program) setup(config *reportconfig.Config, o setupOptions) (*pipeline.Runner, error) {
	conns := p.connections(o)
	source, err := conns.source(config, o.clock)
	if err != nil {
		return nil, configFault(fmt.Errorf("%s: source: %w", config.Path, err))
	}
	organization := render.Organization{Name: config.Organization.Name, Number: config.Organization.Number}
	if config.Organization.Logo != "" {
		if organization.Logo, err = os.ReadFile(config.Organization.Logo); err != nil {
			return nil, configFault(fmt.Errorf("%s: organization.logo: %w", config.Path, err))
		}
	}
	look, err := p.templates(config)
	if err != nil {
		return nil, configFault(err)
	}
	r := &pipeline.Runner{
		Account: config.Account, Zone: config.Timezone, Location: config.Location, Organization: organization,
		Archive: config.Archive, ReplyTo: config.Mail.ReplyTo, Envelope: config.Mail.EnvelopeFrom, Operator: config.Operator,
		MaxMessage: defaultMaxMessage, Templates: look, Lapse: config.Lapse, Program: "Rapport " + version(), Source: source, Clock: o.clock, Log: o.log,
		Render: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	if o.pings != nil {
		r.Ping = o.pings.ping
	}
	if r.Config, err = filepath.Abs(config.Path); err != nil {
		return nil, configFault(err)
	}
	if config.Mail.From != nil {
		r.From = *config.Mail.From
	}
	if config.Mail.SMTP != nil {
		r.MaxMessage = config.Mail.SMTP.MaxMessage
	}
	if !o.mails {
		return r, nil
	}
	if r.Sender, err = conns.sender(config); err != nil {
		return nil, configFault(fmt.Errorf("%s: mail: %w", config.Path, err))
	}
	return r, nil
}

// templates are the user's own; nil without any.
func (p *program) templates(config *reportconfig.Config) (*mail.Templates, error) {
	if config.Templates == "" {
		return nil, nil
	}
	look, err := mail.LoadTemplates(config.Templates)
	if err != nil {
		prefix := config.Path + ": templates: " // both files may be at fault, each on a line
		return nil, errors.New(prefix + strings.ReplaceAll(err.Error(), "\n", "\n"+prefix))
	}
	for _, name := range look.Unknown {
		fmt.Fprintf(p.stderr, "rapport: warning: %s: templates: %s is not used — body.txt.tmpl and body.html.tmpl are\n",
			config.Path, filepath.Join(config.Templates, name))
	}
	return look, nil
}

// newEngine is what plans, makes and sends the reports of a configuration. wake is called
// when it has more to do; nil: it is run once.
func newEngine(config *reportconfig.Config, runner *pipeline.Runner, l *ledger.Ledger, prune bool, wake func()) *pipeline.Desk {
	senders := 4
	if config.Mail.SMTP != nil {
		senders = 2 * config.Mail.SMTP.Connections // while one talks the next is read and the last is written down
	}
	return pipeline.NewDesk(pipeline.Assignment{
		Runner: runner, Ledger: l, Reports: config.Reports, Catchup: config.Catchup, Retention: config.Retention,
		Prune: prune, Senders: senders, Poke: wake,
	})
}
