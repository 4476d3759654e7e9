package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"rapport/fetch"
	"rapport/internal/exposure"
	"rapport/internal/split"
	"rapport/internal/webservice"
	"rapport/mail"
	"rapport/render"
	"rapport/reportconfig"
)

// A check validates configuration files.
type check struct {
	*program
	online bool // ask Dintero and the relay too
	now    string
	log    *slog.Logger
}

func checkCommand(p *program) *cobra.Command {
	c := check{program: p}
	var schema bool
	cmd := &cobra.Command{
		Use:   "check CONFIG…",
		Short: "Validates configuration files and prints when each report is due next",
		Long: `Validates configuration files, all faults at once, and prints when each report is due
next and for which period. With --online it also asks Dintero for a token and one page, looks whether the database of the ledger lets it in, says hello to the relay, logs in,
names a sender and a recipient, and takes them back; it sends no mail.`,
		Example: `  rapport check shop.yaml
  rapport check shop.yaml --online
  rapport check --schema > rapport.schema.json      for your editor`,
		Args: func(cmd *cobra.Command, args []string) error {
			if schema {
				return nil
			}
			return someConfigs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				if _, err := p.stdout.Write(reportconfig.Schema()); err != nil {
					return err
				}
			}
			return c.files(cmd.Context(), args)
		},
	}
	cmd.Flags().BoolVar(&c.online, "online", false, "also ask Dintero, the database and the relay")
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of the configuration file")
	cmd.Flags().StringVar(&c.now, "now", "", "act as if it were this `time`")
	return cmd
}

// files checks every file before it ends with the worst of what it found.
func (c check) files(ctx context.Context, paths []string) (err error) {
	if c.log, err = c.logger("warn"); err != nil {
		return err
	}
	worst := exitDone
	var configs []*reportconfig.Config
	for _, path := range paths {
		config, err := c.file(ctx, path)
		if config != nil {
			configs = append(configs, config)
		}
		if err != nil {
			var coded *exit
			if !errors.As(err, &coded) || coded.code == exitUsage {
				return err
			}
			c.complain(coded)
			worst = max(worst, coded.code)
		}
	}
	for _, fault := range append(conflicts(configs), webservice.Conflicts(configs)...) {
		c.complain(fault)
		worst = exitConfig
	}
	if worst != exitDone {
		return &exit{code: worst}
	}
	return nil
}

func (c check) file(ctx context.Context, path string) (*reportconfig.Config, error) {
	config, err := c.load(path)
	if err != nil {
		return config, err
	}
	now, err := c.instant(c.now, config.Location)
	if err != nil {
		return config, err
	}
	for _, w := range exposure.Warnings(config) {
		fmt.Fprintln(c.stderrAt(slog.LevelWarn), "rapport: warning: "+w)
	}
	fmt.Fprintf(c.stdout, "%s: account %s, %s, %s\n", path, config.Account, config.Timezone, counted(len(config.Reports), "report"))
	if err := dueTable(c.stdout, config, now); err != nil {
		return config, err
	}
	listed, err := split.ReadAll(config.Reports)
	if fmt.Fprint(c.stdout, listed); err != nil {
		return config, configFault(err)
	}
	c.warnRenamed(ctx, config)
	options := setupOptions{clock: func() time.Time { return now }, log: c.log, mails: config.Mail.From != nil}
	made, err := c.setup(config, options)
	if err != nil {
		return config, err
	}
	if config.Web != nil {
		if _, err := webservice.ReadSecrets(config, secretOf(c.program)(config)); err != nil {
			return config, configFault(err)
		}
	}
	if logo := made.Account.Organization.Logo; logo != nil { // a report does without it, and says so to the operator
		if err := render.CheckLogo(logo); err != nil {
			return config, configFault(fmt.Errorf("%s: organization.logo: %s: %w", config.Path, config.Organization.Logo, err))
		}
	}
	if !c.online {
		return config, nil
	}
	return config, c.askBoth(ctx, config, c.connections(config, options), now)
}

// warnRenamed says of each report that is new to the ledger while one like it has left the file how it goes on. Of a ledger
// that cannot be read nothing is known. A service's own check does not open the ledger: an older daemon may be at
// it; nor is a server asked without --online.
func (c check) warnRenamed(ctx context.Context, config *reportconfig.Config) {
	if c.host().Own != "" || config.Database != nil && !c.online {
		return
	}
	l, err := c.openLedger(ctx, config, true)
	if err != nil {
		return
	}
	came, left, err := newAndLeft(ctx, l, config)
	for _, r := range came {
		was := likeliest(r, left, len(came) == 1)
		if was == "" {
			continue
		}
		left = slices.DeleteFunc(left, func(p formerReport) bool { return p.id == was })
		fmt.Fprintf(c.stderr, "rapport: warning: %s: report %s is new, and %s has left the file — if it is the same report, add to its entry: was: %s; else its latest period is mailed again, and its numbers begin at 1\n",
			config.Path, r.ID, was, was)
	}
	if err := errors.Join(err, l.Close(), c.handOver(config, false)); err != nil {
		c.log.Warn("the ledger was looked into for reports that have another id now", "error", err)
	}
}

// dueTable prints when each report is due next, in the account's zone.
func dueTable(w io.Writer, config *reportconfig.Config, now time.Time) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  REPORT\tDATA\tSCHEDULE\tNEXT DUE\tPERIOD\tRECIPIENTS")
	for i := range config.Reports {
		r := &config.Reports[i]
		timing := r.Timing()
		next := timing.Latest(now, config.Location).Next()
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\t%d\n", r.ID, r.Data.DataType(), r.Schedule,
			timing.Due(next).Format("2006-01-02 15:04 -07:00"), next, len(r.Emails))
	}
	return table.Flush()
}

// askBoth asks Dintero for a token and a page, and the relay whether it would take a mail.
// It sends none.
func (c check) askBoth(ctx context.Context, config *reportconfig.Config, conns connections, now time.Time) error {
	if config.Source.Dintero != nil {
		client, err := conns.dintero(config)
		if err != nil {
			return configFault(err)
		}
		if err := client.Check(ctx); err != nil {
			return &exit{exitFailed, fmt.Errorf("%s: dintero: %w", config.Path, err)}
		}
		fmt.Fprintln(c.stdout, "  dintero: token and transactions are there")
		c.askKeyFigures(ctx, config, client, now)
	}
	if err := c.askDatabase(ctx, config); err != nil {
		return err
	}
	if config.Mail.SMTP == nil {
		return nil
	}
	relay, _, err := conns.relay(config.Mail.SMTP)
	if err != nil {
		return configFault(err)
	}
	to := someRecipient(config)
	if err := relay.Check(ctx, config.Mail.EnvelopeFrom, to); err != nil {
		return relayExit(fmt.Errorf("%s: smtp: %w", config.Path, err), to)
	}
	fmt.Fprintf(c.stdout, "  smtp: %s:%d takes our mail\n", config.Mail.SMTP.Host, config.Mail.SMTP.Port)
	return nil
}

// askDatabase looks whether the database of the ledger lets us in; a ledger in a file is there or is made.
func (c check) askDatabase(ctx context.Context, config *reportconfig.Config) error {
	if config.Database == nil {
		return nil
	}
	l, err := c.openLedger(ctx, config, true)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fmt.Fprintf(c.stdout, "  ledger: %s answers, and the first run makes it\n", ledgerName(config))
	case err != nil:
		return err
	default:
		fmt.Fprintf(c.stdout, "  ledger: %s is there\n", ledgerName(config))
		if err := l.Close(); err != nil {
			return &exit{exitFailed, err}
		}
	}
	return nil
}

// someRecipient is whom the relay is asked about: the operator, else the first that a
// report has; empty without any. To ask about all would look like an address harvest.
func someRecipient(config *reportconfig.Config) string {
	if config.Operator.Address != nil {
		return config.Operator.Address.Address
	}
	for _, r := range config.Reports {
		for _, to := range r.Emails {
			return to.Address
		}
	}
	return ""
}

// relayExit is the end of a check whose relay does not take our mail. One that only puts
// us off is no failure.
func relayExit(err error, to string) error {
	var failed *mail.Error
	if !errors.As(err, &failed) {
		return &exit{exitFailed, err}
	}
	if failed.Step == "recipient" {
		err = fmt.Errorf("%w (asked with %s)", err, to)
	}
	if failed.Code/100 == 4 {
		return &exit{exitWaiting, err}
	}
	return &exit{exitFailed, err}
}

// askKeyFigures warns where reports will not be reconciled. They are made all the same.
func (c check) askKeyFigures(ctx context.Context, config *reportconfig.Config, client *fetch.Client, now time.Time) {
	wanted := slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return r.Reconcile != reportconfig.ReconcileOff })
	if !wanted {
		return
	}
	if _, err := client.Events(ctx, now.UTC().Truncate(24*time.Hour)); err != nil {
		fmt.Fprintf(c.stderrAt(slog.LevelWarn), "rapport: warning: %s: dintero: %v; reports will say that they are not reconciled\n", config.Path, err)
		return
	}
	fmt.Fprintln(c.stdout, "  dintero: key figures are there, to reconcile with")
}
