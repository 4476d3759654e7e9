package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// deliveries shows what the ledger knows, or changes it as the operator says.
type deliveries struct {
	*program
	resend, release, close           []int64
	report, period, recipient, state string
	yes, all, json                   bool
	now                              string
	answers                          *bufio.Reader

	config *reportconfig.Config
	ledger *ledger.Ledger
}

func deliveriesCommand(p *program) *cobra.Command {
	d := deliveries{program: p}
	cmd := &cobra.Command{
		Use:   "deliveries CONFIG",
		Short: "What went to whom, when, and the server's answer",
		Long: `Shows what the ledger knows: each delivery with its state and the mail server's own words,
and the periods that were not made. The newest come first.

  queued     made, not tried yet          sent       the mail server has taken it
  sending    being sent just now          refused    it will never be taken
  deferred   not sent; tried again        expired    tried for five days
  uncertain  sent, no answer is known     held       uncertain, and waits for you
  cancelled  left the configuration       closed     you said that it did arrive

--resend sends a delivery that is over once more, as a new message; --release lets a held
one go, the same message; --close says of one that it did arrive. The next run, or the
daemon, does the sending.`,
		Example: `  rapport deliveries shop.yaml
  rapport deliveries shop.yaml --state refused
  rapport deliveries shop.yaml --report oslo-daily --period 2026-11-19 --json
  rapport deliveries shop.yaml --resend 17`,
		Args: oneConfig,
		RunE: func(cmd *cobra.Command, args []string) error {
			d.answers = bufio.NewReader(cmd.InOrStdin())
			return d.run(cmd.Context(), args[0])
		},
	}
	flags := cmd.Flags()
	flags.Int64SliceVar(&d.resend, "resend", nil, "send the delivery of this `id` once more, as a new message")
	flags.Int64SliceVar(&d.release, "release", nil, "let the held delivery of this `id` go")
	flags.Int64SliceVar(&d.close, "close", nil, "the delivery of this `id` did arrive")
	flags.StringVar(&d.report, "report", "", "only of the report of this `id`")
	flags.StringVar(&d.period, "period", "", "only of this `period`, as in 2026-11-19")
	flags.StringVar(&d.recipient, "recipient", "", "only to this `address`")
	flags.StringVar(&d.state, "state", "", "only in this `state`")
	flags.BoolVar(&d.all, "all", false, "all, not only the newest 100")
	flags.BoolVar(&d.yes, "yes", false, "do not ask")
	flags.BoolVar(&d.json, "json", false, "print a JSON object per line")
	flags.StringVar(&d.now, "now", "", "act as if it were this `time`")
	cmd.ValidArgsFunction = completeConfigs
	completeFlags(cmd, map[string]completer{
		"report": p.fromConfig(completeReports), "period": p.fromConfig(p.completePeriods), "recipient": p.fromConfig(completeRecipients), "state": words(states()...),
	})
	return cmd
}

func (d *deliveries) run(ctx context.Context, path string) (err error) {
	if d.config, err = d.load(path); err != nil {
		return err
	}
	clock, err := d.clock(d.now, d.config.Location)
	if err != nil {
		return err
	}
	if err := d.knownState(); err != nil {
		return err
	}
	if d.period != "" {
		if _, err := calendar.ParsePeriod(d.period, d.config.Location); err != nil {
			return usage("--period %s: %v", d.period, err)
		}
	}
	changes := len(d.resend)+len(d.release)+len(d.close) > 0
	d.ledger, err = d.openLedger(ctx, d.config.State, true)
	if errors.Is(err, fs.ErrNotExist) {
		if err := lostLedger(d.config); err != nil {
			return err
		}
		if changes {
			return usage("deliveries: there is no ledger %s yet, so nothing was delivered", d.config.State)
		}
		if err := d.knownNames(ctx); err != nil {
			return err
		}
		fmt.Fprintf(d.stderr, "rapport: there is no ledger %s yet: nothing was made\n", d.config.State)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() {
		if closed := errors.Join(d.ledger.Close(), d.handOver(d.config, false)); err == nil && closed != nil {
			err = &exit{exitFailed, closed}
		}
	}()
	if err := d.knownNames(ctx); err != nil {
		return err
	}
	if !changes {
		return d.list(ctx)
	}
	if err := d.refuseFuture(d.now, clock(), d.config, "it would be written down"); err != nil {
		return err
	}
	return d.apply(ctx, clock())
}
