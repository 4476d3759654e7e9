package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// deliveriesFlags are the flags of rapport deliveries.
type deliveriesFlags struct {
	resend, release, close           []int64
	report, period, recipient, state string
	yes, all, json                   bool
	now                              string
}

func (p *program) deliveriesCommand() *cobra.Command {
	var f deliveriesFlags
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
		Args: exactlyOneConfig,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.deliveries(cmd.Context(), args[0], f, cmd.InOrStdin())
		},
	}
	flags := cmd.Flags()
	flags.Int64SliceVar(&f.resend, "resend", nil, "send the delivery of this `id` once more, as a new message")
	flags.Int64SliceVar(&f.release, "release", nil, "let the held delivery of this `id` go")
	flags.Int64SliceVar(&f.close, "close", nil, "the delivery of this `id` did arrive")
	flags.StringVar(&f.report, "report", "", "only of the report of this `id`")
	flags.StringVar(&f.period, "period", "", "only of this `period`, as in 2026-11-19")
	flags.StringVar(&f.recipient, "recipient", "", "only to this `address`")
	flags.StringVar(&f.state, "state", "", "only in this `state`")
	flags.BoolVar(&f.all, "all", false, "all, not only the newest 100")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	flags.BoolVar(&f.json, "json", false, "print a JSON object per line")
	flags.StringVar(&f.now, "now", "", "act as if it were this `time`")
	return cmd
}

func (p *program) deliveries(ctx context.Context, path string, f deliveriesFlags, in io.Reader) error {
	config, err := p.load(path)
	if err != nil {
		return err
	}
	clock, err := p.clock(f.now, config.Location)
	if err != nil {
		return err
	}
	book, err := p.ledger(ctx, config.State, true)
	if errors.Is(err, fs.ErrNotExist) {
		if len(f.resend)+len(f.release)+len(f.close) > 0 {
			return usage("deliveries: there is no ledger %s yet, so nothing was delivered", config.State)
		}
		fmt.Fprintf(p.stderr, "rapport: there is no ledger %s yet: nothing was made\n", config.State)
		return nil
	}
	if err != nil {
		return err
	}
	defer book.Close()
	if len(f.resend)+len(f.release)+len(f.close) > 0 {
		return p.decide(ctx, book, config, f, clock(), in)
	}
	return p.listDeliveries(ctx, book, config, f)
}

// decide carries out what the operator says of deliveries, after asking.
func (p *program) decide(ctx context.Context, book *ledger.Ledger, config *reportconfig.Config, f deliveriesFlags, now time.Time, in io.Reader) error {
	answers := bufio.NewReader(in)
	for _, act := range []struct {
		ids      []int64
		question string
		do       func(context.Context, int64, time.Time) (ledger.Delivery, error)
		done     string
		mails    bool
	}{
		{f.resend, "send it once more, as a new message", book.Resend, "will be sent once more", true},
		{f.release, "let it go, the same message", book.Release, "will be sent", true},
		{f.close, "call it delivered", book.CloseDelivery, "counts as delivered", false},
	} {
		for _, id := range act.ids {
			d, err := book.Delivery(ctx, id)
			if errors.Is(err, ledger.ErrNoDelivery) || err == nil && d.Account != config.Account {
				return usage("deliveries: there is no delivery %d of account %s", id, config.Account)
			}
			if err != nil {
				return p.ledgerExit(err, noOutcome)
			}
			what := fmt.Sprintf("delivery %d: %s %s to %s, %s", d.ID, d.Report, d.Period, d.Recipient, d.State)
			if act.mails && !isRecipient(config, d) {
				return usage("deliveries: delivery %d: %s is not a recipient of report %s any more, and nobody else is mailed", id, d.Recipient, d.Report)
			}
			if !f.yes && !p.agreed(answers, what+": "+act.question+"?") {
				return usage("deliveries: nothing was changed of delivery %d — answer yes, or use --yes", id)
			}
			var wrong *ledger.StateError
			if d, err = act.do(ctx, id, now); errors.As(err, &wrong) {
				return usage("deliveries: %v", err)
			} else if err != nil {
				return p.ledgerExit(err, noOutcome)
			}
			if err := p.showDecided(d, act.done, f.json); err != nil {
				return err
			}
		}
	}
	return nil
}

// isRecipient tells whether the configuration has the delivery's recipient still.
func isRecipient(config *reportconfig.Config, d ledger.Delivery) bool {
	return slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool {
		return r.ID == d.Report && slices.ContainsFunc(r.Emails, func(to mail.Address) bool { return to.Address == d.Recipient })
	})
}

func (p *program) showDecided(d ledger.Delivery, done string, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(p.stdout).Encode(deliveryLine(d))
	}
	_, err := fmt.Fprintf(p.stdout, "delivery %d: %s %s to %s %s\n", d.ID, d.Report, d.Period, d.Recipient, done)
	return err
}

// agreed asks on stderr and reads a line.
func (p *program) agreed(in *bufio.Reader, question string) bool {
	fmt.Fprintf(p.stderr, "%s [y/N] ", question)
	line, err := in.ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(p.stderr)
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "j", "ja":
		return true
	}
	return false
}

// newest is how many lines are shown unless all are asked for.
const newest = 100

func (p *program) listDeliveries(ctx context.Context, book *ledger.Ledger, config *reportconfig.Config, f deliveriesFlags) error {
	filter := ledger.Filter{Account: config.Account, Report: f.report, Period: f.period, Recipient: f.recipient, State: f.state}
	if !f.all {
		filter.Limit = newest + 1
	}
	rows, err := book.Deliveries(ctx, filter)
	if err != nil {
		return p.ledgerExit(err, noOutcome)
	}
	var periods []ledger.Period
	if f.recipient == "" {
		if periods, err = book.Periods(ctx, filter); err != nil {
			return p.ledgerExit(err, noOutcome)
		}
	}
	more := false
	if !f.all {
		more = len(rows) > newest || len(periods) > newest
		rows, periods = rows[:min(len(rows), newest)], periods[:min(len(periods), newest)]
	}
	if f.json {
		err = writeJSON(p.stdout, rows, periods)
	} else {
		err = writeTable(p.stdout, config, rows, periods)
	}
	if err == nil && more {
		fmt.Fprintf(p.stderr, "rapport: the newest %d; --all shows all\n", newest)
	}
	return err
}

// writeTable is for a person: the deliveries, then the periods that were not made.
func writeTable(w io.Writer, config *reportconfig.Config, rows []ledger.Delivery, periods []ledger.Period) error {
	local := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(config.Location).Format("2006-01-02 15:04")
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(rows) > 0 {
		fmt.Fprintln(table, "ID\tREPORT\tPERIOD\tRECIPIENT\tSTATE\tWHEN\tTRIES\tNEXT TRY\tANSWER")
	}
	for _, d := range rows {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", d.ID, d.Report, d.Period, d.Recipient, d.State, local(when(d)), d.Attempts, local(d.NextTry), oneLine(d.Answer))
	}
	periods = unmade(periods)
	if len(periods) > 0 {
		if len(rows) > 0 {
			fmt.Fprintln(table)
		}
		fmt.Fprintln(table, "REPORT\tPERIOD\tSTATE\tDUE\tTRIES\tNEXT TRY\tWHY")
	}
	for _, period := range periods {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", period.Report, period.Name, period.State, local(period.Due), period.Attempts, local(period.NextTry), oneLine(period.Error))
	}
	if len(rows)+len(periods) == 0 {
		fmt.Fprintln(table, "nothing")
	}
	return table.Flush()
}

func unmade(periods []ledger.Period) (out []ledger.Period) {
	for _, p := range periods {
		if p.State != ledger.Made {
			out = append(out, p)
		}
	}
	return out
}

// when is the instant at which a delivery came to its state.
func when(d ledger.Delivery) time.Time {
	switch {
	case !d.FinishedAt.IsZero():
		return d.FinishedAt
	case !d.LastTry.IsZero():
		return d.LastTry
	}
	return d.QueuedAt
}

// oneLine is a server's answer as far as a table has room for it.
func oneLine(s string) string {
	const room = 100
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > room {
		return string(runes[:room-1]) + "…"
	}
	return s
}
