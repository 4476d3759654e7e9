package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// A change is what the operator can say of a delivery.
type change struct {
	question string
	do       func(ctx context.Context, id int64, now time.Time, beside ...func(ledger.Tx) error) (ledger.Delivery, error)
	done     string
	mails    bool
}

// apply carries out what the operator says of deliveries, after asking.
func (d *deliveries) apply(ctx context.Context, now time.Time) error {
	for _, c := range []struct {
		ids []int64
		change
	}{
		{d.resend, change{"send it once more, as a new message", d.ledger.Resend, "will be sent once more", true}},
		{d.release, change{"let it go, the same message", d.ledger.Release, "will be sent", true}},
		{d.close, change{"call it delivered", d.ledger.CloseDelivery, "counts as delivered", false}},
	} {
		for _, id := range c.ids {
			if err := d.applyOne(ctx, id, c.change, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *deliveries) applyOne(ctx context.Context, id int64, c change, now time.Time) error {
	found, err := d.ledger.Delivery(ctx, id)
	if errors.Is(err, ledger.ErrNoDelivery) || err == nil && found.Account != d.config.Account {
		return usage("deliveries: there is no delivery %d of account %s", id, d.config.Account)
	}
	if err != nil {
		return ledgerExit(err, builder.Outcome{})
	}
	if c.mails && !isRecipient(d.config, found) {
		return usage("deliveries: delivery %d: %s is not a recipient of report %s any more, and nobody else is mailed", id, found.Recipient, found.Report)
	}
	question := fmt.Sprintf("delivery %d: %s %s to %s, %s: %s?", id, found.Report, found.Period, found.Recipient, found.State, c.question)
	if !d.yes && !d.confirm(question) {
		return usage("deliveries: nothing was changed of delivery %d — answer yes, or use --yes", id)
	}
	var wrong *ledger.StateError
	changed, err := c.do(ctx, id, now)
	if errors.As(err, &wrong) {
		return usage("deliveries: %v", err)
	} else if err != nil {
		return ledgerExit(err, builder.Outcome{})
	}
	if d.json {
		return json.NewEncoder(d.stdout).Encode(deliveryLine(changed))
	}
	_, err = fmt.Fprintf(d.stdout, "delivery %d: %s %s to %s %s\n", id, changed.Report, changed.Period, changed.Recipient, c.done)
	return err
}

// isRecipient tells whether the configuration has the delivery's recipient still. The case
// of an address makes no other mailbox.
func isRecipient(config *reportconfig.Config, d ledger.Delivery) bool {
	return slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool {
		return r.ID == d.Report && slices.ContainsFunc(r.Emails, func(to mail.Address) bool { return strings.EqualFold(to.Address, d.Recipient) })
	})
}

// confirm asks on stderr and reads a line.
func (d *deliveries) confirm(question string) bool {
	fmt.Fprintf(d.stderr, "%s [y/N] ", question)
	line, err := d.answers.ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(d.stderr)
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "j", "ja":
		return true
	}
	return false
}
