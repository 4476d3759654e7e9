package deliveries

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/parts"
	"rapport/reportconfig"
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
	asked    string // as ledger.Possible has it
	question string
	do       func(ctx context.Context, id int64, now time.Time, beside ...func(ledger.Tx) error) (ledger.Delivery, error)
	done     string
	mails    bool
}

// A decision is a change of one delivery.
type decision struct {
	change
	of ledger.Delivery
}

// Apply carries out what the operator says of deliveries. All of it is looked at and asked about first: what cannot be
// leaves the rest as it was.
func (v View) Apply(ctx context.Context, all Changes, now time.Time) error {
	decisions, err := v.decisions(ctx, all)
	if err != nil {
		return err
	}
	var more addition
	if all.SendTo != "" {
		if more, err = v.addition(ctx, all); err != nil {
			return err
		}
	}
	for _, d := range decisions {
		if !all.Confirm(fmt.Sprintf("delivery %d: %s %s to %s, %s: %s?", d.of.ID, d.of.Report, d.of.Period, d.of.Recipient, d.of.State, d.question)) {
			return refuse("deliveries: nothing was changed of delivery %d, or any other — answer yes, or use --yes", d.of.ID)
		}
	}
	if all.SendTo != "" { // before the others: what it cannot be said of is known to the ledger alone
		if err := v.sendToOneMore(ctx, more, all.Confirm, now); err != nil {
			return err
		}
	}
	for _, d := range decisions {
		if err := v.carryOut(ctx, d, now); err != nil {
			return err
		}
	}
	return nil
}

// decisions are the changes, each found to be possible.
func (v View) decisions(ctx context.Context, all Changes) (decisions []decision, err error) {
	seen := map[int64]bool{}
	for _, c := range []struct {
		ids []int64
		change
	}{
		{all.Resend, change{"resend", "send it once more, as a new message", v.Ledger.Resend, "will be sent once more", true}},
		{all.Release, change{"release", "let it go, the same message", v.Ledger.Release, "will be sent", true}},
		{all.Close, change{"close", "call it delivered", v.Ledger.CloseDelivery, "counts as delivered", false}},
	} {
		for _, id := range c.ids {
			if seen[id] {
				return nil, refuse("deliveries: delivery %d is named twice — say one thing of it", id)
			}
			seen[id] = true
			found, err := v.changeable(ctx, id, c.change)
			if err != nil {
				return nil, err
			}
			decisions = append(decisions, decision{c.change, found})
		}
	}
	return decisions, nil
}

// changeable is the delivery of an id, if a change of it is possible.
func (v View) changeable(ctx context.Context, id int64, c change) (found ledger.Delivery, err error) {
	found, err = v.Ledger.Delivery(ctx, id)
	possible := ledger.Possible(found.State, found.Claimed)
	switch {
	case errors.Is(err, ledger.ErrNoDelivery), err == nil && found.Account != v.Config.Account:
		return found, noDelivery(id, v.Config)
	case err != nil:
		return found, &LedgerError{err}
	case c.mails && !v.isRecipient(ctx, found):
		return found, refuse("deliveries: delivery %d: %s is not a recipient of report %s any more, and nobody else is mailed", id, found.Recipient, found.Report)
	case !slices.Contains(possible, c.asked):
		return found, refuse("deliveries: delivery %d: %v", id, &ledger.StateError{Asked: c.asked, Found: string(found.State), Claimed: found.Claimed, Possible: possible})
	}
	return found, nil
}

// An addition is a made report that one more address gets.
type addition struct {
	to             *mail.Address
	report, period string
	id             int64 // of the period
}

// addition is what --send-to asks for.
func (v View) addition(ctx context.Context, all Changes) (a addition, err error) {
	if all.Report == "" || all.Period == "" {
		return a, refuse("deliveries: --send-to needs --report ID and --period P")
	}
	a.report, a.period = all.Report, all.Period
	if a.to, err = reportconfig.ParseAddress(all.SendTo); err != nil {
		return a, refuse("--send-to: %v", err)
	}
	if !v.isRecipient(ctx, ledger.Delivery{Key: ledger.Key{Report: a.report}, Recipient: a.to.Address}) {
		return a, refuse("--send-to %s: is not among the emails of report %s in %s, and nobody else is mailed — add it there first", a.to.Address, a.report, v.Config.Path)
	}
	rows, err := v.Ledger.Periods(ctx, ledger.Filter{Account: v.Config.Account, Report: a.report, Period: a.period})
	if err != nil {
		return a, &LedgerError{err}
	}
	if len(rows) == 0 {
		return a, refuse("--period %s: nothing was made of it — rapport run --report %s --period %s makes it", a.period, a.report, a.period)
	}
	a.id = rows[len(rows)-1].ID // the first: what follows are its corrections
	return a, nil
}

// sendToOneMore has a made report sent to an address that its entry got since.
func (v View) sendToOneMore(ctx context.Context, a addition, confirm func(string) bool, now time.Time) error {
	if question := fmt.Sprintf("%s %s: send it to %s too?", a.report, a.period, a.to.Address); !confirm(question) {
		return refuse("deliveries: nothing is sent to %s — answer yes, or use --yes", a.to.Address)
	}
	added, err := v.Ledger.AddRecipient(ctx, a.id, a.to.Address, now)
	var has *ledger.HasItError
	var state *ledger.StateError
	switch {
	case errors.As(err, &has):
		return refuse("deliveries: %v — rapport deliveries --resend %d sends it once more", has, has.Delivery.ID)
	case errors.As(err, &state) && state.Found == string(ledger.Made):
		return refuse("deliveries: %s %s: what it was made of is not kept any more", a.report, a.period)
	case errors.As(err, &state):
		return refuse("deliveries: %s %s: it is %s, and only what was made can be sent", a.report, a.period, state.Found)
	case err != nil:
		return &LedgerError{err}
	}
	return v.tell(added, "will be sent")
}

// carryOut makes a change. That the delivery is another than it was is wrong use too.
func (v View) carryOut(ctx context.Context, d decision, now time.Time) error {
	changed, err := d.do(ctx, d.of.ID, now)
	if errors.As(err, new(*ledger.StateError)) {
		return refuse("deliveries: %v", err)
	} else if err != nil {
		return &LedgerError{err}
	}
	return v.tell(changed, d.done)
}

// tell says what became of a delivery.
func (v View) tell(d ledger.Delivery, done string) error {
	if v.JSON {
		return json.NewEncoder(v.Stdout).Encode(deliveryLine(d))
	}
	_, err := fmt.Fprintf(v.Stdout, "delivery %d: %s %s to %s %s\n", d.ID, d.Report, d.Period, d.Recipient, done)
	return err
}

// isRecipient tells whether the configuration has the delivery's recipient still.
func (v View) isRecipient(ctx context.Context, row ledger.Delivery) bool {
	return parts.Directory(ctx, v.Config.Account, v.Config.Reports, v.Ledger).Entry(v.Config.Reports, row.Report).HasRecipient(row.Recipient)
}
