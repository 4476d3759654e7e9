package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"rapport/fetch"
	"rapport/fetch/sandbox"
	"rapport/internal/builder"
	"rapport/internal/message"
	"rapport/mail"
	"rapport/reportconfig"
)

// connections lead to the two parties of a configuration: where its payments come from, and
// where its mail goes. Nothing is asked of either before it is used.
type connections struct {
	secrets secrets
	now     func() time.Time // the real clock
	log     *slog.Logger
	limiter *fetch.Limiter // shared by all that ask Dintero in this process; nil: none
}

// source is where the payments come from.
func (c connections) source(config *reportconfig.Config, clock func() time.Time) (builder.Source, error) {
	switch s := config.Source; {
	case s.Files != nil:
		return fetch.Files{TransactionsFile: s.Files.Transactions, OrdersFile: s.Files.Orders, WalletsFile: s.Files.Wallets, SettlementsFile: s.Files.Settlements}, nil
	case s.Sandbox != nil:
		simulated, err := sandbox.New(sandbox.Options{Seed: s.Sandbox.Seed, Now: clock})
		if err != nil {
			return nil, err
		}
		return fetch.New(fetch.Config{
			Account: config.Account, ClientID: "sandbox", Secret: func() (string, error) { return "sandbox", nil },
			APIURL: "http://sandbox.invalid/v1", CheckoutURL: "http://sandbox.invalid/v1", Audience: "http://sandbox.invalid/v1/accounts/" + config.Account,
			Transport: simulated.Transport(), Version: version(), Now: c.now, Log: c.log,
		}), nil
	}
	return c.dintero(config)
}

func (c connections) dintero(config *reportconfig.Config) (*fetch.Client, error) {
	d := config.Source.Dintero
	secret := c.secrets.reader(d.ClientSecret)
	if _, err := secret(); err != nil {
		return nil, fmt.Errorf("client_secret: %w", err)
	}
	fetching := fetch.Config{
		Account: config.Account, ClientID: d.ClientID, Secret: secret,
		APIURL: d.APIURL, CheckoutURL: d.CheckoutURL, Audience: d.Audience,
		Version: version(), Now: c.now, Log: c.log,
	}
	if c.limiter != nil {
		fetching.Transport = c.limiter.Transport(config.Account, nil)
	}
	return fetch.New(fetching), nil
}

// sender is where messages go.
func (c connections) sender(config *reportconfig.Config) (message.Sender, error) {
	if config.Mail.Outbox != "" {
		return outbox{mail.Outbox{Dir: config.Mail.Outbox}}, nil
	}
	relay, err := c.relay(config.Mail.SMTP)
	if err != nil {
		return nil, err
	}
	return smtpSender{mail.NewPool(relay, config.Mail.SMTP.Connections)}, nil
}

func (c connections) relay(s *reportconfig.SMTP) (*mail.SMTP, error) {
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
		relay.Password = c.secrets.reader(s.Password)
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
