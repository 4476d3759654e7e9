package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/deliveries"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// deliveriesRun shows what the ledger knows, or changes it as the operator says.
type deliveriesRun struct {
	*program
	resend, release, close           []int64
	report, period, recipient, state string
	sendTo                           string
	since, until, now                string
	page                             int
	yes, all, json                   bool
	answers                          *bufio.Reader

	config *reportconfig.Config
}

func deliveriesCommand(p *program) *cobra.Command {
	d := deliveriesRun{program: p}
	cmd := &cobra.Command{
		Use:   "deliveries CONFIG [ID]",
		Short: "What went to whom, when, and the server's answer",
		Long: `Shows what the ledger knows: each delivery with its state and the mail server's own words,
and the periods that were not made. The newest come first. With the id of a delivery it shows
that one: each attempt, and all that the server said.

  queued     made, not tried yet          sent       the mail server has taken it
  sending    being sent just now          refused    it will never be taken
  deferred   not sent; tried again        expired    tried for five days
  uncertain  sent, no answer is known     held       uncertain, and waits for you
  cancelled  left the configuration       closed     you said that it did arrive

--resend sends a delivery that is over once more, as a new message; --release lets a held
one go, the same message; --close says of one that it did arrive. --send-to sends what was
made of a --report and --period to an address that its report got since. The next run, or
the daemon, does the sending.`,
		Example: `  rapport deliveries shop.yaml
  rapport deliveries shop.yaml --state refused
  rapport deliveries shop.yaml --report oslo-daily --period 2026-11-19 --json
  rapport deliveries shop.yaml --since 2026-11-01 --until 2026-11-30 --page 2
  rapport deliveries shop.yaml 17
  rapport deliveries shop.yaml --resend 17
  rapport deliveries shop.yaml --send-to new@example.com --report oslo-daily --period 2026-11-19`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				args = args[:1]
			}
			return oneConfig(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			d.answers = bufio.NewReader(cmd.InOrStdin())
			return d.run(cmd.Context(), args[0], args[1:])
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
	flags.StringVar(&d.sendTo, "send-to", "", "send what was made of --report and --period to this `address` too")
	flags.StringVar(&d.since, "since", "", "only what was due at this `time` or later: 2026-11-01, 2026-11-01T06:00, or RFC 3339")
	flags.StringVar(&d.until, "until", "", "only what was due before this `time`; a date counts whole")
	flags.IntVar(&d.page, "page", 1, "this `page` of 100, the newest on the first")
	flags.BoolVar(&d.all, "all", false, "all, not only a page")
	flags.BoolVar(&d.yes, "yes", false, "do not ask")
	flags.BoolVar(&d.json, "json", false, "print a JSON object per line")
	flags.StringVar(&d.now, "now", "", "act as if it were this `time`")
	cmd.MarkFlagsMutuallyExclusive("page", "all")
	cmd.ValidArgsFunction = completeConfigs
	completeFlags(cmd, map[string]completer{
		"report": p.fromConfig(completeReports), "period": p.fromConfig(p.completePeriods), "recipient": p.fromConfig(completeRecipients), "send-to": p.fromConfig(completeRecipients), "state": words(deliveries.States()...),
	})
	return cmd
}

func (d *deliveriesRun) run(ctx context.Context, path string, which []string) (err error) {
	if d.config, err = d.load(path); err != nil {
		return err
	}
	clock, err := d.clock(d.now, d.config.Location)
	if err != nil {
		return err
	}
	id, filter, err := d.asked(which)
	if err != nil {
		return err
	}
	view := deliveries.View{Config: d.config, Stdout: d.stdout, Stderr: d.stderr, JSON: d.json}
	page := d.page
	if d.all {
		page = 0
	}
	return withLedger(ctx, d.program, d.config, func() error {
		if d.changes() || id != 0 {
			return usage("deliveries: there is no ledger %s yet, so nothing was delivered", ledgerName(d.config))
		}
		return deliveriesExit(view.KnownNames(ctx, d.report, d.recipient))
	}, func(l *ledger.Ledger) error {
		view.Ledger = l
		if err := addServed(ctx, d.program, d.config, l); err != nil {
			return err
		}
		if err := view.KnownNames(ctx, d.report, d.recipient); err != nil {
			return deliveriesExit(err)
		}
		switch {
		case id != 0:
			return deliveriesExit(view.Show(ctx, id))
		case !d.changes():
			return deliveriesExit(view.List(ctx, filter, page))
		}
		if err := d.refuseFuture(d.now, clock(), d.config, "it would be written down"); err != nil {
			return err
		}
		return deliveriesExit(view.Apply(ctx, deliveries.Changes{Resend: d.resend, Release: d.release, Close: d.close, SendTo: d.sendTo, Report: d.report, Period: d.period, Confirm: d.confirm}, clock()))
	})
}

// deliveriesExit is the exit of what became of looking at deliveries, or of changing them.
func deliveriesExit(err error) error {
	var stopped *deliveries.LedgerError
	switch {
	case errors.As(err, new(*deliveries.RefusedError)):
		return &exit{exitUsage, err}
	case errors.As(err, &stopped):
		return ledgerExit(stopped.Err, builder.Outcome{})
	}
	return err
}

// confirm asks on stderr and reads a line, unless nobody is to be asked.
func (d *deliveriesRun) confirm(question string) bool {
	if d.yes {
		return true
	}
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

// changes tells whether something is to be changed, and not only shown.
func (d *deliveriesRun) changes() bool {
	return len(d.resend)+len(d.release)+len(d.close) > 0 || d.sendTo != ""
}

// filterBesideChange refuses what chooses lines to show where ids say what is changed.
func (d *deliveriesRun) filterBesideChange() error {
	chosen := d.recipient + d.state + d.since + d.until
	if d.sendTo == "" {
		chosen += d.report + d.period
	}
	if d.changes() && (chosen != "" || d.page != 1 || d.all) {
		return usage("deliveries: a change is of the deliveries whose ids are named; --report and --period go with --send-to, and the other flags choose what is shown")
	}
	return nil
}

// asked reads what is to be shown: one delivery, or those that a filter chooses.
func (d *deliveriesRun) asked(which []string) (id int64, f ledger.Filter, err error) {
	f = ledger.Filter{Account: d.config.Account, Report: d.report, Period: d.period, Recipient: d.recipient, State: d.state}
	if len(which) > 0 {
		if id, err = strconv.ParseInt(which[0], 10, 64); err != nil || id <= 0 {
			return 0, f, usage("deliveries: %q is not the id of a delivery", which[0])
		}
		if chosen := d.report + d.period + d.recipient + d.state + d.since + d.until; chosen != "" || d.changes() {
			return 0, f, usage("deliveries: one delivery by its id, or those that flags choose")
		}
		return id, f, nil
	}
	if err := d.filterBesideChange(); err != nil {
		return 0, f, err
	}
	if err := deliveries.KnownState(d.state); err != nil {
		return 0, f, deliveriesExit(err)
	}
	if d.period != "" {
		if _, err := calendar.ParsePeriod(d.period, d.config.Location); err != nil {
			return 0, f, usage("--period %s: %v", d.period, err)
		}
	}
	if f.Since, err = d.bound("since", d.since); err != nil {
		return 0, f, err
	}
	if f.Until, err = d.bound("until", d.until); err != nil {
		return 0, f, err
	}
	if !f.Since.IsZero() && !f.Until.IsZero() && !f.Since.Before(f.Until) {
		return 0, f, usage("--until %s: is not after --since %s", d.until, d.since)
	}
	if d.page < 1 {
		return 0, f, usage("--page %d: the first is 1", d.page)
	}
	return 0, f, nil
}

// bound reads --since or --until. A date is the beginning of the day of the one, and the end of that of the other.
func (d *deliveriesRun) bound(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := d.instant(text, d.config.Location)
	if err != nil {
		return at, usage("--%s %q: want 2026-11-20, 2026-11-20T06:00 or 2026-11-20T06:00:00+01:00", flag, text)
	}
	if _, err := time.Parse(time.DateOnly, text); err == nil && flag == "until" {
		at = at.AddDate(0, 0, 1)
	}
	return at, nil
}
