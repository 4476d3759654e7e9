package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// deliveries shows what the ledger knows, or changes it as the operator says.
type deliveries struct {
	*program
	resend, release, close           []int64
	report, period, recipient, state string
	sendTo                           string
	since, until, now                string
	page                             int
	yes, all, json                   bool
	answers                          *bufio.Reader

	config *reportconfig.Config
	ledger *ledger.Ledger
}

func deliveriesCommand(p *program) *cobra.Command {
	d := deliveries{program: p}
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
		"report": p.fromConfig(completeReports), "period": p.fromConfig(p.completePeriods), "recipient": p.fromConfig(completeRecipients), "send-to": p.fromConfig(completeRecipients), "state": words(states()...),
	})
	return cmd
}

func (d *deliveries) run(ctx context.Context, path string, which []string) (err error) {
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
	changes := len(d.resend)+len(d.release)+len(d.close) > 0 || d.sendTo != ""
	return withLedger(ctx, d.program, d.config, func() error {
		if changes || id != 0 {
			return usage("deliveries: there is no ledger %s yet, so nothing was delivered", ledgerName(d.config))
		}
		return d.knownNames(ctx)
	}, func(l *ledger.Ledger) error {
		d.ledger = l
		if err := addServed(ctx, d.program, d.config, l); err != nil {
			return err
		}
		if err := d.knownNames(ctx); err != nil {
			return err
		}
		switch {
		case id != 0:
			return d.show(ctx, id)
		case !changes:
			return d.list(ctx, filter)
		}
		if err := d.refuseFuture(d.now, clock(), d.config, "it would be written down"); err != nil {
			return err
		}
		return d.apply(ctx, clock())
	})
}

// asked reads what is to be shown: one delivery, or those that a filter chooses.
func (d *deliveries) asked(which []string) (id int64, f ledger.Filter, err error) {
	f = ledger.Filter{Account: d.config.Account, Report: d.report, Period: d.period, Recipient: d.recipient, State: d.state}
	if len(which) > 0 {
		if id, err = strconv.ParseInt(which[0], 10, 64); err != nil || id <= 0 {
			return 0, f, usage("deliveries: %q is not the id of a delivery", which[0])
		}
		if chosen := d.report + d.period + d.recipient + d.state + d.since + d.until + d.sendTo; chosen != "" || len(d.resend)+len(d.release)+len(d.close) > 0 {
			return 0, f, usage("deliveries: one delivery by its id, or those that flags choose")
		}
		return id, f, nil
	}
	if err := d.knownState(); err != nil {
		return 0, f, err
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
	if !d.all {
		f.Limit, f.Offset = newest+1, (d.page-1)*newest
	}
	return 0, f, nil
}

// bound reads --since or --until. A date is the beginning of the day of the one, and the end of that of the other.
func (d *deliveries) bound(flag, text string) (time.Time, error) {
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

// show shows one delivery: what it is, and each attempt with the server's words.
func (d *deliveries) show(ctx context.Context, id int64) error {
	row, err := d.ledger.Delivery(ctx, id)
	if errors.Is(err, ledger.ErrNoDelivery) || err == nil && row.Account != d.config.Account {
		return noDelivery(id, d.config)
	}
	var history []ledger.Attempt
	if err == nil {
		history, err = d.ledger.Attempts(ctx, id)
	}
	if err != nil {
		return ledgerExit(err, builder.Outcome{})
	}
	if d.json {
		out := json.NewEncoder(d.stdout)
		err := out.Encode(deliveryLine(row))
		for _, a := range history {
			if err == nil {
				err = out.Encode(attemptLine{"attempt", id, a.Revision, a.At, string(a.State), a.Answer})
			}
		}
		return err
	}
	local := localTime(d.config)
	fmt.Fprintf(d.stdout, "delivery %d: %s %s to %s: %s\n", id, row.Report, row.Period, row.Recipient, row.State)
	for _, fact := range [][2]string{
		{"due", local(row.Due)}, {"queued", local(row.QueuedAt)}, {"next try", local(row.NextTry)}, {"ended", local(row.FinishedAt)},
		{"Message-ID", row.MessageID}, {"SHA-256", row.SHA256}, {"size", fmt.Sprintf("%d bytes", row.Size)},
	} {
		if fact[1] != "" && fact[1] != "0 bytes" {
			fmt.Fprintf(d.stdout, "  %-10s  %s\n", fact[0], fact[1])
		}
	}
	if len(history) == 0 {
		_, err := fmt.Fprintln(d.stdout, "\nno attempt yet")
		return err
	}
	rows := [][]string{{"ATTEMPT", "MESSAGE", "ENDED"}}
	for _, a := range history {
		message := "the first"
		if a.Revision > 0 {
			message = fmt.Sprintf("sent anew, %d", a.Revision)
		}
		rows = append(rows, []string{local(a.At), message, string(a.State)})
	}
	fmt.Fprintln(d.stdout)
	for i, line := range text.AlignColumns(rows) {
		fmt.Fprintln(d.stdout, line)
		if i > 0 && history[i-1].Answer != "" {
			fmt.Fprintln(d.stdout, "    "+strings.Join(text.WrapWords(text.PrintableLine(history[i-1].Answer), text.ScreenWidth-4), "\n    "))
		}
	}
	return nil
}

// An attemptLine is an attempt of a delivery as --json shows it.
type attemptLine struct {
	Type     string    `json:"type"` // attempt
	Delivery int64     `json:"delivery"`
	Revision int       `json:"revision"`
	At       time.Time `json:"at"`
	State    string    `json:"state"` // that it ended in
	Answer   string    `json:"answer"`
}

func noDelivery(id int64, config *reportconfig.Config) error {
	return usage("deliveries: there is no delivery %d of account %s", id, config.Account)
}
