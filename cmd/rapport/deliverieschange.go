package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/parts"
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
	if d.sendTo == "" {
		return nil
	}
	return d.sendToOneMore(ctx, now)
}

// sendToOneMore has a made report sent to an address that its entry got since.
func (d *deliveries) sendToOneMore(ctx context.Context, now time.Time) error {
	if d.report == "" || d.period == "" {
		return usage("deliveries: --send-to needs --report ID and --period P")
	}
	to, err := mail.ParseAddress(d.sendTo)
	if err != nil {
		return usage("--send-to %q: %v", d.sendTo, err)
	}
	if !d.isRecipient(ctx, ledger.Delivery{Key: ledger.Key{Report: d.report}, Recipient: to.Address}) {
		return usage("--send-to %s: is not among the emails of report %s in %s, and nobody else is mailed — add it there first", to.Address, d.report, d.config.Path)
	}
	rows, err := d.ledger.Periods(ctx, ledger.Filter{Account: d.config.Account, Report: d.report, Period: d.period})
	if err != nil {
		return ledgerExit(err, builder.Outcome{})
	}
	if len(rows) == 0 {
		return usage("--period %s: nothing was made of it — rapport run --report %s --period %s makes it", d.period, d.report, d.period)
	}
	if question := fmt.Sprintf("%s %s: send it to %s too?", d.report, d.period, to.Address); !d.yes && !d.confirm(question) {
		return usage("deliveries: nothing is sent to %s — answer yes, or use --yes", to.Address)
	}
	added, err := d.ledger.AddRecipient(ctx, rows[len(rows)-1].ID, to.Address, now) // the first: what follows are its corrections
	var has *ledger.HasItError
	var state *ledger.StateError
	switch {
	case errors.As(err, &has):
		return usage("deliveries: %v — rapport deliveries --resend %d sends it once more", has, has.Delivery.ID)
	case errors.As(err, &state) && state.Found == string(ledger.Made):
		return usage("deliveries: %s %s: what it was made of is not kept any more", d.report, d.period)
	case errors.As(err, &state):
		return usage("deliveries: %s %s: it is %s, and only what was made can be sent", d.report, d.period, state.Found)
	case err != nil:
		return ledgerExit(err, builder.Outcome{})
	}
	if d.json {
		return json.NewEncoder(d.stdout).Encode(deliveryLine(added))
	}
	_, err = fmt.Fprintf(d.stdout, "delivery %d: %s %s to %s will be sent\n", added.ID, added.Report, added.Period, added.Recipient)
	return err
}

func (d *deliveries) applyOne(ctx context.Context, id int64, c change, now time.Time) error {
	found, err := d.ledger.Delivery(ctx, id)
	if errors.Is(err, ledger.ErrNoDelivery) || err == nil && found.Account != d.config.Account {
		return noDelivery(id, d.config)
	}
	if err != nil {
		return ledgerExit(err, builder.Outcome{})
	}
	if c.mails && !d.isRecipient(ctx, found) {
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

// isRecipient tells whether the configuration has the delivery's recipient still.
func (d *deliveries) isRecipient(ctx context.Context, row ledger.Delivery) bool {
	return parts.Directory(ctx, d.config.Account, d.config.Reports, d.ledger).Entry(d.config.Reports, row.Report).HasRecipient(row.Recipient)
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
