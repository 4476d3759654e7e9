package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"time"

	"rapport/fetch"
	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/configfaults"
	"rapport/internal/connections"
	"rapport/internal/content"
	"rapport/internal/engine"
	"rapport/internal/message"
	"rapport/internal/objectstore"
	"rapport/internal/regularfile"
	"rapport/internal/renderslots"
	"rapport/internal/secrets"
	"rapport/internal/statement"
	"rapport/mail"
	"rapport/reportconfig"
)

// setupOptions are what a command says beside the configuration.
type setupOptions struct {
	clock   func() time.Time
	log     *slog.Logger
	lasting *slog.Logger        // of what asks Dintero: a daemon says once what lasts; nil: log
	hooks   engine.Hooks        // nil: nobody is told over HTTP
	mails   bool                // something will be sent, and so needs its secret
	limiter *fetch.Limiter      // see connections
	relays  *connections.Relays // see connections
}

// defaultMaxMessage is what most relays take, in bytes: Postfix's default.
const defaultMaxMessage = 10_000_000

func (p *program) connections(config *reportconfig.Config, o setupOptions) connections.Connections {
	return connections.Connections{Secrets: secrets.Source{Getenv: p.environmentOf(config)}, Now: p.now, Log: cmp.Or(o.lasting, o.log), Limiter: o.limiter, Relays: o.relays, Version: version()}
}

// setup makes the engine's configuration but for its ledger. Every fault is one of the
// configuration: a secret, a logo or a certificate that is not there.
func (p *program) setup(config *reportconfig.Config, o setupOptions) (c engine.Config, err error) {
	conns := p.connections(config, o)
	faults := configfaults.Faults{Config: config}
	faults.Secrets(conns.Secrets, o.mails)
	organization := content.Organization{Name: config.Organization.Name, Number: config.Organization.Number}
	if config.Organization.Logo != "" {
		organization.Logo, err = regularfile.Read(config.Organization.Logo, maxLogoFile)
		faults.Add("organization.logo", err, configfaults.RelativeHint)
	}
	look, err := p.templates(config)
	faults.Add("templates", err, configfaults.RelativeHint)
	if o.mails {
		faults.Relay()
	}
	c.Account.Organization = organization
	if err := faults.Err(); err != nil {
		return c, configFault(err)
	}
	source, err := conns.Source(config, o.clock)
	if err != nil {
		return c, configFault(fmt.Errorf("%s: source: %w", config.Path, err))
	}
	account := statement.Account{ID: config.Account, Zone: config.Timezone, Location: config.Location, Organization: organization, Contact: config.Mail.Contact()}
	files, err := archiveOf(p, config)
	if err != nil {
		return c, err
	}
	c = engine.Config{
		Account: account, Archive: files, Operator: config.Operator, MaxMessage: defaultMaxMessage,
		Reports: config.Reports, Catchup: config.Catchup, Retention: config.Retention, Senders: outboxSenders,
		Builder: &builder.Builder{
			Account: account, Lapse: config.Lapse, Program: "Rapport " + version(), Source: source, Archive: files, Log: o.log, Render: renderslots.New(runtime.GOMAXPROCS(0)),
		},
		Composer: &message.Composer{Account: account, ReplyTo: config.Mail.ReplyTo, Envelope: config.Mail.EnvelopeFrom, Templates: look, Log: o.log},
		Clock:    o.clock, Log: o.log, Hooks: o.hooks,
	}
	others := &otherConfigs{program: p}
	c.HasReport = func(path, id string) bool { return others.hasReport(config, path, id) }
	if c.Path, err = absolute(config); err != nil {
		return c, err
	}
	if config.Mail.From != nil {
		c.Composer.From = *config.Mail.From
	}
	if smtp := config.Mail.SMTP; smtp != nil {
		c.MaxMessage, c.Senders = smtp.MaxMessage, 2*smtp.Connections // while one talks the next is read and the last is written down
	}
	if !o.mails {
		return c, nil
	}
	if c.Sender, err = conns.Sender(config); err != nil {
		return c, configFault(fmt.Errorf("%s: mail: %w", config.Path, err))
	}
	return c, nil
}

// archiveOf is a configuration's archive. A store is asked nothing; secrets that are not there are a fault.
func archiveOf(p *program, config *reportconfig.Config) (a archive.Archive, err error) {
	if config.ObjectStore == nil {
		return archive.Archive{Dir: config.Archive}, nil
	}
	read := secrets.Source{Getenv: p.environmentOf(config)}.Read
	if a, err = objectstore.Archive(context.Background(), config.ObjectStore, p.getenv("CACHE_DIRECTORY"), read); err != nil {
		return a, configFault(fmt.Errorf("%s: archive.s3: %w", config.Path, err))
	}
	if a.Temporary {
		if err := archive.RemoveStaleTemporary(p.now()); err != nil {
			fmt.Fprintf(p.stderrAt(slog.LevelWarn), "rapport: warning: what killed processes left of the archive's store stays: %v\n", err)
		}
	}
	return a, nil
}

// absolute is the path of a configuration as the ledger names it.
func absolute(config *reportconfig.Config) (string, error) {
	path, err := filepath.Abs(config.Path)
	if err != nil {
		return "", configFault(err)
	}
	return path, nil
}

// maxLogoFile is how many bytes of a logo's file are read at most.
const maxLogoFile = 32 << 20

// outboxSenders is how many messages are written to an outbox at once.
const outboxSenders = 4

// templates are the user's own; nil without any.
func (p *program) templates(config *reportconfig.Config) (*mail.Templates, error) {
	if config.Templates == "" {
		return nil, nil
	}
	look, err := mail.LoadTemplates(config.Templates)
	if err != nil {
		return nil, err // both files may be at fault, each on a line
	}
	for _, name := range look.Unknown {
		fmt.Fprintf(p.stderrAt(slog.LevelWarn), "rapport: warning: %s: templates: %s is not used — body.txt.tmpl and body.html.tmpl are\n",
			config.Path, filepath.Join(config.Templates, name))
	}
	return look, nil
}
