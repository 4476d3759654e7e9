package deliveries

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/parts"
)

// Changes are what the operator says of deliveries, by their ids.
type Changes struct {
	Resend, Release, Close []int64
	SendTo                 string // an address that what was made of Report and Period goes to too
	Report, Period         string
	Confirm                func(question string) bool
}

// A change is what the operator can say of a delivery.
type change struct {
	question string
	do       func(ctx context.Context, id int64, now time.Time, beside ...func(ledger.Tx) error) (ledger.Delivery, error)
	done     string
	mails    bool
}

// Apply carries out what the operator says of deliveries, after asking.
func (v View) Apply(ctx context.Context, all Changes, now time.Time) error {
	for _, c := range []struct {
		ids []int64
		change
	}{
		{all.Resend, change{"send it once more, as a new message", v.Ledger.Resend, "will be sent once more", true}},
		{all.Release, change{"let it go, the same message", v.Ledger.Release, "will be sent", true}},
		{all.Close, change{"call it delivered", v.Ledger.CloseDelivery, "counts as delivered", false}},
	} {
		for _, id := range c.ids {
			if err := v.applyOne(ctx, id, c.change, all.Confirm, now); err != nil {
				return err
			}
		}
	}
	if all.SendTo == "" {
		return nil
	}
	return v.sendToOneMore(ctx, all, now)
}

// sendToOneMore has a made report sent to an address that its entry got since.
func (v View) sendToOneMore(ctx context.Context, all Changes, now time.Time) error {
	if all.Report == "" || all.Period == "" {
		return refuse("deliveries: --send-to needs --report ID and --period P")
	}
	to, err := mail.ParseAddress(all.SendTo)
	if err != nil {
		return refuse("--send-to %q: %v", all.SendTo, err)
	}
	if !v.isRecipient(ctx, ledger.Delivery{Key: ledger.Key{Report: all.Report}, Recipient: to.Address}) {
		return refuse("--send-to %s: is not among the emails of report %s in %s, and nobody else is mailed — add it there first", to.Address, all.Report, v.Config.Path)
	}
	rows, err := v.Ledger.Periods(ctx, ledger.Filter{Account: v.Config.Account, Report: all.Report, Period: all.Period})
	if err != nil {
		return &LedgerError{err}
	}
	if len(rows) == 0 {
		return refuse("--period %s: nothing was made of it — rapport run --report %s --period %s makes it", all.Period, all.Report, all.Period)
	}
	if question := fmt.Sprintf("%s %s: send it to %s too?", all.Report, all.Period, to.Address); !all.Confirm(question) {
		return refuse("deliveries: nothing is sent to %s — answer yes, or use --yes", to.Address)
	}
	added, err := v.Ledger.AddRecipient(ctx, rows[len(rows)-1].ID, to.Address, now) // the first: what follows are its corrections
	var has *ledger.HasItError
	var state *ledger.StateError
	switch {
	case errors.As(err, &has):
		return refuse("deliveries: %v — rapport deliveries --resend %d sends it once more", has, has.Delivery.ID)
	case errors.As(err, &state) && state.Found == string(ledger.Made):
		return refuse("deliveries: %s %s: what it was made of is not kept any more", all.Report, all.Period)
	case errors.As(err, &state):
		return refuse("deliveries: %s %s: it is %s, and only what was made can be sent", all.Report, all.Period, state.Found)
	case err != nil:
		return &LedgerError{err}
	}
	if v.JSON {
		return json.NewEncoder(v.Stdout).Encode(deliveryLine(added))
	}
	_, err = fmt.Fprintf(v.Stdout, "delivery %d: %s %s to %s will be sent\n", added.ID, added.Report, added.Period, added.Recipient)
	return err
}

func (v View) applyOne(ctx context.Context, id int64, c change, confirm func(string) bool, now time.Time) error {
	found, err := v.Ledger.Delivery(ctx, id)
	if errors.Is(err, ledger.ErrNoDelivery) || err == nil && found.Account != v.Config.Account {
		return noDelivery(id, v.Config)
	}
	if err != nil {
		return &LedgerError{err}
	}
	if c.mails && !v.isRecipient(ctx, found) {
		return refuse("deliveries: delivery %d: %s is not a recipient of report %s any more, and nobody else is mailed", id, found.Recipient, found.Report)
	}
	question := fmt.Sprintf("delivery %d: %s %s to %s, %s: %s?", id, found.Report, found.Period, found.Recipient, found.State, c.question)
	if !confirm(question) {
		return refuse("deliveries: nothing was changed of delivery %d — answer yes, or use --yes", id)
	}
	var wrong *ledger.StateError
	changed, err := c.do(ctx, id, now)
	if errors.As(err, &wrong) {
		return refuse("deliveries: %v", err)
	} else if err != nil {
		return &LedgerError{err}
	}
	if v.JSON {
		return json.NewEncoder(v.Stdout).Encode(deliveryLine(changed))
	}
	_, err = fmt.Fprintf(v.Stdout, "delivery %d: %s %s to %s %s\n", id, changed.Report, changed.Period, changed.Recipient, c.done)
	return err
}

// isRecipient tells whether the configuration has the delivery's recipient still.
func (v View) isRecipient(ctx context.Context, row ledger.Delivery) bool {
	return parts.Directory(ctx, v.Config.Account, v.Config.Reports, v.Ledger).Entry(v.Config.Reports, row.Report).HasRecipient(row.Recipient)
}
