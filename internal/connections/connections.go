// Package connections leads to the two parties of a configuration: where its payments come from, and
// where its mail goes. It refuses to ask either before it is used; what is said to them is of fetch and mail.
package connections

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"rapport/fetch"
	"rapport/fetch/sandbox"
	"rapport/internal/builder"
	"rapport/internal/message"
	"rapport/internal/regularfile"
	"rapport/internal/secrets"
	"rapport/mail"
	"rapport/reportconfig"
)

// Connections are made with what a process has for all its configurations.
type Connections struct {
	Secrets secrets.Source
	Now     func() time.Time // the real clock
	Log     *slog.Logger
	Limiter *fetch.Limiter // shared by all that ask Dintero in this process; nil: none
	Relays  *Relays        // shared by all that mail in this process; nil: none
	Version string         // of the program, for Dintero's log
}

// maxAuthorityFile is how many bytes of a file of certificates are read at most.
const maxAuthorityFile = 8 << 20

// Relays are the mail relays of a process: configurations that use one under one login
// share what it takes, and those that say the same of it its connections too.
type Relays struct {
	pools mail.Pools

	mu    sync.Mutex
	known map[relayKey]*mail.SMTP
}

type relayKey struct {
	settings  reportconfig.SMTP
	authority string // PEM of the CA file, which may change
}

// same is the relay that was made of the same settings before, else the one of now.
func (r *Relays) same(key relayKey, now *mail.SMTP) *mail.SMTP {
	r.mu.Lock()
	defer r.mu.Unlock()
	if before := r.known[key]; before != nil {
		return before
	}
	if r.known == nil {
		r.known = map[relayKey]*mail.SMTP{}
	}
	r.known[key] = now
	return now
}

// Source is where the payments come from.
func (c Connections) Source(config *reportconfig.Config, clock func() time.Time) (builder.Source, error) {
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
			Transport: simulated.Transport(), Version: c.Version, Now: c.Now, Log: c.Log,
		}), nil
	}
	return c.Dintero(config)
}

// Dintero is its client.
func (c Connections) Dintero(config *reportconfig.Config) (*fetch.Client, error) {
	d := config.Source.Dintero
	secret := c.Secrets.Reader(d.ClientSecret)
	if _, err := secret(); err != nil {
		return nil, fmt.Errorf("client_secret: %w", err)
	}
	fetching := fetch.Config{
		Account: config.Account, ClientID: d.ClientID, Secret: secret,
		APIURL: d.APIURL, CheckoutURL: d.CheckoutURL, Audience: d.Audience,
		Version: c.Version, Now: c.Now, Log: c.Log,
	}
	if c.Limiter != nil {
		fetching.Transport = c.Limiter.Transport(config.Account, nil)
	}
	return fetch.New(fetching), nil
}

// Sender is where messages go.
func (c Connections) Sender(config *reportconfig.Config) (message.Sender, error) {
	if config.Mail.Outbox != "" {
		return outbox{mail.Outbox{Dir: config.Mail.Outbox}}, nil
	}
	relay, authority, err := c.Relay(config.Mail.SMTP)
	if err != nil {
		return nil, err
	}
	shared := c.Relays
	if shared == nil {
		shared = new(Relays)
	}
	relay = shared.same(relayKey{*config.Mail.SMTP, authority}, relay)
	return smtpSender{shared.pools.Pool(relay, config.Mail.SMTP.Connections)}, nil
}

// Relay is the relay of a configuration, and the text of its CA file.
func (c Connections) Relay(s *reportconfig.SMTP) (relay *mail.SMTP, authority string, err error) {
	if s == nil {
		return nil, "", errors.New("neither smtp nor outbox")
	}
	relay = &mail.SMTP{Host: s.Host, Port: s.Port, Username: s.Username, Auth: s.Auth.Mechanism(), Helo: s.Helo, MaxMessage: s.MaxMessage}
	switch s.TLS {
	case reportconfig.ImplicitTLS:
		relay.TLS = mail.Implicit
	case reportconfig.NoTLS:
		relay.TLS = mail.None
	}
	if relay.Helo == "" {
		if relay.Helo, err = os.Hostname(); err != nil {
			return nil, "", fmt.Errorf("smtp.helo: %w", err)
		}
	}
	if s.Username != "" {
		relay.Password = c.Secrets.Reader(s.Password)
		if _, err := relay.Password(); err != nil {
			return nil, "", fmt.Errorf("smtp.password: %w", err)
		}
	}
	if s.CA != "" {
		if relay.RootCAs, authority, err = Authority(s.CA); err != nil {
			return nil, "", fmt.Errorf("smtp.ca: %w", err)
		}
	}
	return relay, authority, nil
}

// Authority is what a CA file says, and its text.
func Authority(path string) (pool *x509.CertPool, text string, err error) {
	pem, err := regularfile.Read(path, maxAuthorityFile)
	if err != nil {
		return nil, "", err
	}
	pool = x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, "", fmt.Errorf("%s: no certificate in it — is it PEM?", path)
	}
	return pool, string(pem), nil
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
