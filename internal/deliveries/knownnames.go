package deliveries

import (
	"context"
	"rapport/internal/ledger"
	"rapport/reportconfig"
	"slices"
	"strings"
)

// States are those of deliveries and of periods, in the order of the alphabet.
func States() []string {
	all := []string{
		string(ledger.Archived), string(ledger.CancelledDelivery), string(ledger.Closed), string(ledger.Deferred), string(ledger.Expired),
		string(ledger.Failed), string(ledger.Held), string(ledger.Made), string(ledger.Owed), string(ledger.Queued), string(ledger.Refused),
		string(ledger.Sending), string(ledger.Sent), string(ledger.Skipped), string(ledger.Uncertain),
	}
	slices.Sort(all)
	return all
}

// KnownState refuses a state that nothing is ever in: "nothing" would be no answer.
func KnownState(state string) error {
	if all := States(); state != "" && !slices.Contains(all, state) {
		return refuse("--state %s: there is no state %s — there are %s", state, state, strings.Join(all, ", "))
	}
	return nil
}

// KnownNames refuses a report and a recipient that neither the configuration nor the ledger knows. Without a ledger only
// the configuration is asked.
func (v View) KnownNames(ctx context.Context, report, recipient string) error {
	if report != "" && !slices.Contains(v.Config.ReportIDs(), report) {
		known, err := v.ledgerKnows(ctx, ledger.Filter{Account: v.Config.Account, Report: report, Limit: 1})
		if err != nil {
			return err
		}
		if !known {
			for _, r := range v.Config.Reports {
				if r.Was == report {
					return refuse("--report %s: it goes on as %s, with all that was delivered", report, r.ID)
				}
			}
			return refuse("--report %s: there is no report %s in %s or its ledger — there are %s", report, report, v.Config.Path, strings.Join(v.Config.ReportIDs(), ", "))
		}
	}
	if recipient != "" && !isAnyRecipient(v.Config, recipient) {
		known, err := v.ledgerKnows(ctx, ledger.Filter{Account: v.Config.Account, Recipient: recipient, Limit: 1})
		if err != nil {
			return err
		}
		if !known {
			return refuse("--recipient %s: %s is no recipient of a report in %s or its ledger", recipient, recipient, v.Config.Path)
		}
	}
	return nil
}

// ledgerKnows tells whether the ledger has something that the filter chooses.
func (v View) ledgerKnows(ctx context.Context, f ledger.Filter) (bool, error) {
	if v.Ledger == nil {
		return false, nil
	}
	rows, err := v.Ledger.Deliveries(ctx, f)
	if err != nil {
		return false, &LedgerError{err}
	}
	if len(rows) > 0 || f.Recipient != "" {
		return len(rows) > 0, nil
	}
	periods, err := v.Ledger.Periods(ctx, f)
	if err != nil {
		return false, &LedgerError{err}
	}
	return len(periods) > 0, nil
}

func isAnyRecipient(config *reportconfig.Config, address string) bool {
	return slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return r.HasRecipient(address) })
}
