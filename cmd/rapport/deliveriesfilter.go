package main

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// states are those of deliveries and of periods, in the order of the alphabet.
func states() []string {
	all := []string{
		string(ledger.Archived), string(ledger.CancelledDelivery), string(ledger.Closed), string(ledger.Deferred), string(ledger.Expired),
		string(ledger.Failed), string(ledger.Held), string(ledger.Made), string(ledger.Owed), string(ledger.Queued), string(ledger.Refused),
		string(ledger.Sending), string(ledger.Sent), string(ledger.Skipped), string(ledger.Uncertain),
	}
	slices.Sort(all)
	return all
}

// knownState refuses a state that nothing is ever in: "nothing" would be no answer.
func (d *deliveries) knownState() error {
	if all := states(); d.state != "" && !slices.Contains(all, d.state) {
		return usage("--state %s: there is no state %s — there are %s", d.state, d.state, strings.Join(all, ", "))
	}
	return nil
}

// knownNames refuses a report and a recipient that neither the configuration nor the ledger knows. Without a ledger only
// the configuration is asked.
func (d *deliveries) knownNames(ctx context.Context) error {
	if d.report != "" && !slices.Contains(ids(d.config), d.report) {
		known, err := d.ledgerKnows(ctx, ledger.Filter{Account: d.config.Account, Report: d.report, Limit: 1})
		if err != nil {
			return err
		}
		if !known {
			return usage("--report %s: there is no report %s in %s or its ledger — there are %s", d.report, d.report, d.config.Path, strings.Join(ids(d.config), ", "))
		}
	}
	if d.recipient != "" && !isAnyRecipient(d.config, d.recipient) {
		known, err := d.ledgerKnows(ctx, ledger.Filter{Account: d.config.Account, Recipient: d.recipient, Limit: 1})
		if err != nil {
			return err
		}
		if !known {
			return usage("--recipient %s: %s is no recipient of a report in %s or its ledger", d.recipient, d.recipient, d.config.Path)
		}
	}
	return nil
}

// ledgerKnows tells whether the ledger has something that the filter chooses.
func (d *deliveries) ledgerKnows(ctx context.Context, f ledger.Filter) (bool, error) {
	if d.ledger == nil {
		return false, nil
	}
	rows, err := d.ledger.Deliveries(ctx, f)
	if err != nil {
		return false, ledgerExit(err, builder.Outcome{})
	}
	if len(rows) > 0 || f.Recipient != "" {
		return len(rows) > 0, nil
	}
	periods, err := d.ledger.Periods(ctx, f)
	if err != nil {
		return false, ledgerExit(err, builder.Outcome{})
	}
	return len(periods) > 0, nil
}

func isAnyRecipient(config *reportconfig.Config, address string) bool {
	return slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool {
		return slices.ContainsFunc(r.Emails, func(to mail.Address) bool { return strings.EqualFold(to.Address, address) })
	})
}
