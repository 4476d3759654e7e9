package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"rapport/fetch"
	"rapport/fetch/sandbox"
	"rapport/internal/builder"
	"rapport/internal/content"
	"rapport/internal/engine"
	"rapport/internal/message"
	"rapport/internal/statement"
	"rapport/mail"
	"rapport/reportconfig"
)

// wiring is what the flags say of a command.
type wiring struct {
	clock func() time.Time
	log   *slog.Logger
	pings *pinger // nil: nobody is told
	mails bool    // whether anything will be sent, and so needs its secret
	// limiter is shared by all that ask Dintero in this process; nil: none.
	limiter *fetch.Limiter
}

// wire makes what works for a configuration, but for its ledger. Every fault is one of the
// configuration: a secret, a logo or a certificate that is not there.
func (p *program) wire(config *reportconfig.Config, w wiring) (a engine.Config, err error) {
	source, err := p.source(config, w)
	if err != nil {
		return a, configFault(fmt.Errorf("%s: source: %w", config.Path, err))
	}
	organization := content.Organization{Name: config.Organization.Name, Number: config.Organization.Number}
	if config.Organization.Logo != "" {
		if organization.Logo, err = os.ReadFile(config.Organization.Logo); err != nil {
			return a, configFault(fmt.Errorf("%s: organization.logo: %w", config.Path, err))
		}
	}
	look, err := p.templates(config)
	if err != nil {
		return a, configFault(err)
	}
	account := statement.Account{ID: config.Account, Zone: config.Timezone, Location: config.Location, Organization: organization}
	a = engine.Config{
		Account: account, Archive: config.Archive, Operator: config.Operator, MaxMessage: defaultMaxMessage,
		Reports: config.Reports, Catchup: config.Catchup, Retention: config.Retention, Senders: outboxSenders,
		Builder: &builder.Builder{
			Account: account, Lapse: config.Lapse, Program: "Rapport " + version(), Source: source, Log: w.log, Render: make(chan struct{}, runtime.GOMAXPROCS(0)),
		},
		Composer: &message.Composer{Account: account, ReplyTo: config.Mail.ReplyTo, Envelope: config.Mail.EnvelopeFrom, Templates: look, Log: w.log},
		Clock:    w.clock, Log: w.log,
	}
	if w.pings != nil {
		a.Ping = w.pings.ping
	}
	if a.Path, err = filepath.Abs(config.Path); err != nil {
		return a, configFault(err)
	}
	if config.Mail.From != nil {
		a.Composer.From = *config.Mail.From
	}
	if smtp := config.Mail.SMTP; smtp != nil {
		a.MaxMessage, a.Senders = smtp.MaxMessage, 2*smtp.Connections // while one talks the next is read and the last is written down
	}
	if !w.mails {
		return a, nil
	}
	if a.Sender, err = p.sender(config); err != nil {
		return a, configFault(fmt.Errorf("%s: mail: %w", config.Path, err))
	}
	return a, nil
}

// outboxSenders is how many messages are written to an outbox at once.
const outboxSenders = 4

// defaultMaxMessage is what most relays take: Postfix's default, 10 MB.
const defaultMaxMessage = 10_000_000

// source is where the payments come from.
func (p *program) source(config *reportconfig.Config, w wiring) (builder.Source, error) {
	switch s := config.Source; {
	case s.Files != nil:
		return fetch.Files{TransactionsFile: s.Files.Transactions, OrdersFile: s.Files.Orders, WalletsFile: s.Files.Wallets}, nil
	case s.Sandbox != nil:
		simulated, err := sandbox.New(sandbox.Options{Seed: s.Sandbox.Seed, Now: w.clock})
		if err != nil {
			return nil, err
		}
		return fetch.New(fetch.Config{
			Account: config.Account, ClientID: "sandbox", Secret: func() (string, error) { return "sandbox", nil },
			APIURL: "http://sandbox.invalid/v1", CheckoutURL: "http://sandbox.invalid/v1", Audience: "http://sandbox.invalid/v1/accounts/" + config.Account,
			Transport: simulated.Transport(), Version: version(), Now: p.now, Log: w.log,
		}), nil
	}
	return p.dintero(config, w)
}

func (p *program) dintero(config *reportconfig.Config, w wiring) (*fetch.Client, error) {
	d := config.Source.Dintero
	secret := p.secret(d.ClientSecret)
	if _, err := secret(); err != nil {
		return nil, fmt.Errorf("client_secret: %w", err)
	}
	c := fetch.Config{
		Account: config.Account, ClientID: d.ClientID, Secret: secret,
		APIURL: d.APIURL, CheckoutURL: d.CheckoutURL, Audience: d.Audience,
		Version: version(), Now: p.now, Log: w.log,
	}
	if w.limiter != nil {
		c.Transport = w.limiter.Transport(config.Account, nil)
	}
	return fetch.New(c), nil
}

// secret reads a secret anew on each call, so that a rotated one is found.
func (p *program) secret(s reportconfig.Secret) func() (string, error) {
	return func() (string, error) {
		path := s.File
		switch {
		case s.Env != "":
			if value := p.getenv(s.Env); value != "" {
				return value, nil
			}
			return "", fmt.Errorf("the environment variable %s is not set", s.Env)
		case s.Credential != "":
			dir := p.getenv("CREDENTIALS_DIRECTORY")
			if dir == "" {
				return "", fmt.Errorf("credential %s: $CREDENTIALS_DIRECTORY is not set — is LoadCredential=%s in the unit?", s.Credential, s.Credential)
			}
			path = filepath.Join(dir, s.Credential)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		value := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
		if value == "" || len(value) > 64<<10 {
			return "", fmt.Errorf("%s: holds no secret", path)
		}
		return value, nil
	}
}

// sender is where messages go.
func (p *program) sender(config *reportconfig.Config) (message.Sender, error) {
	if config.Mail.Outbox != "" {
		return outbox{mail.Outbox{Dir: config.Mail.Outbox}}, nil
	}
	relay, err := p.relay(config.Mail.SMTP)
	if err != nil {
		return nil, err
	}
	return smtpSender{mail.NewPool(relay, config.Mail.SMTP.Connections)}, nil
}

func (p *program) relay(s *reportconfig.SMTP) (*mail.SMTP, error) {
	if s == nil {
		return nil, errors.New("neither smtp nor outbox")
	}
	relay := &mail.SMTP{Host: s.Host, Port: s.Port, Username: s.Username, Helo: s.Helo, MaxMessage: s.MaxMessage}
	switch s.TLS {
	case reportconfig.ImplicitTLS:
		relay.TLS = mail.Implicit
	case reportconfig.NoTLS:
		relay.TLS = mail.None
	}
	if relay.Helo == "" {
		name, err := os.Hostname()
		if err != nil {
			return nil, fmt.Errorf("smtp.helo: %w", err)
		}
		relay.Helo = name
	}
	if s.Username != "" {
		relay.Password = p.secret(s.Password)
		if _, err := relay.Password(); err != nil {
			return nil, fmt.Errorf("smtp.password: %w", err)
		}
	}
	if s.CA != "" {
		pem, err := os.ReadFile(s.CA)
		if err != nil {
			return nil, fmt.Errorf("smtp.ca: %w", err)
		}
		relay.RootCAs = x509.NewCertPool()
		if !relay.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("smtp.ca: %s: no certificate in it — is it PEM?", s.CA)
		}
	}
	return relay, nil
}

// An outbox writes the same file again without harm, so it needs no intent.
type outbox struct{ mail.Outbox }

func (o outbox) Send(_ context.Context, name string, f mail.Frozen, _ func() error) (string, error) {
	return o.Put(name, f)
}

type smtpSender struct{ *mail.Pool }

func (s smtpSender) Send(ctx context.Context, _ string, f mail.Frozen, intent func() error) (string, error) {
	return s.Pool.Send(ctx, f, intent)
}

// warnOpenSecret says when a secret's file can be read by others than its owner.
func warnOpenSecret(path string) string {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&(fs.FileMode(0o077)) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: others can read this secret — chmod 600 %s", path, path)
}
