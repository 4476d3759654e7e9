// Package onlinecheck asks the parties of a configuration whether they would do their part: Dintero, the
// database of the ledger and the relay. It refuses to send a mail and to leave anything behind.
package onlinecheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"rapport/fetch"
	"rapport/internal/connections"
	"rapport/mail"
	"rapport/reportconfig"
	"slices"
	"time"
)

// A Check asks for one configuration.
type Check struct {
	Config           *reportconfig.Config
	Connections      connections.Connections
	Database         func(ctx context.Context) error // looks at the ledger, and says what it saw
	Stdout, Warnings io.Writer
}

// A ConfigError is a fault of the configuration.
type ConfigError struct{ error }

func (e *ConfigError) Unwrap() error { return e.error }

// A WaitingError is one that another try may not have.
type WaitingError struct{ error }

func (e *WaitingError) Unwrap() error { return e.error }

// Ask asks Dintero for a token and a page, looks at the database, and asks the relay whether it would
// take a mail. It sends none.
func (c Check) Ask(ctx context.Context, now time.Time) error {
	config := c.Config
	if config.Source.Dintero != nil {
		client, err := c.Connections.Dintero(config)
		if err != nil {
			return &ConfigError{err}
		}
		if err := client.Check(ctx); err != nil {
			return fmt.Errorf("%s: dintero: %w", config.Path, err)
		}
		fmt.Fprintln(c.Stdout, "  dintero: token and transactions are there")
		c.askKeyFigures(ctx, client, now)
	}
	if err := c.Database(ctx); err != nil {
		return err
	}
	if config.Mail.SMTP == nil {
		return nil
	}
	relay, _, err := c.Connections.Relay(config.Mail.SMTP)
	if err != nil {
		return &ConfigError{err}
	}
	to := someRecipient(config)
	if err := relay.Check(ctx, config.Mail.EnvelopeFrom, to); err != nil {
		return refusal(fmt.Errorf("%s: smtp: %w", config.Path, err), to)
	}
	fmt.Fprintf(c.Stdout, "  smtp: %s:%d takes our mail\n", config.Mail.SMTP.Host, config.Mail.SMTP.Port)
	return nil
}

// someRecipient is whom the relay is asked about: the operator, else the first that a
// report has; empty without any. To ask about all would look like an address harvest.
func someRecipient(config *reportconfig.Config) string {
	if config.Operator.Address != nil {
		return config.Operator.Address.Address
	}
	for _, r := range config.Reports {
		for _, to := range r.Emails {
			return to.Address
		}
	}
	return ""
}

// refusal is the error of a relay that does not take our mail. One that only puts us off is no failure.
func refusal(err error, to string) error {
	var failed *mail.Error
	if !errors.As(err, &failed) {
		return err
	}
	if failed.Step == "recipient" {
		err = fmt.Errorf("%w (asked with %s)", err, to)
	}
	if failed.Code/100 == 4 {
		return &WaitingError{err}
	}
	return err
}

// askKeyFigures warns where reports will not be reconciled. They are made all the same.
func (c Check) askKeyFigures(ctx context.Context, client *fetch.Client, now time.Time) {
	wanted := slices.ContainsFunc(c.Config.Reports, func(r reportconfig.Report) bool { return r.Reconcile != reportconfig.ReconcileOff })
	if !wanted {
		return
	}
	if _, err := client.Events(ctx, now.UTC().Truncate(24*time.Hour)); err != nil {
		fmt.Fprintf(c.Warnings, "rapport: warning: %s: dintero: %v; reports will say that they are not reconciled\n", c.Config.Path, err)
		return
	}
	fmt.Fprintln(c.Stdout, "  dintero: key figures are there, to reconcile with")
}
