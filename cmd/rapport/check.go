package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"rapport/fetch"
	"rapport/reportconfig"
)

func (p *program) checkCommand() *cobra.Command {
	var online, schema bool
	var now string
	cmd := &cobra.Command{
		Use:   "check CONFIG…",
		Short: "Validates configuration files and prints when each report is due next",
		Long: `Validates configuration files, all faults at once, and prints when each report is due
next and for which period. With --online it also asks Dintero for a token and one page and
logs in to the relay; it sends no mail.`,
		Example: `  rapport check shop.yaml
  rapport check shop.yaml --online
  rapport check --schema > rapport.schema.json      for your editor`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && !schema {
				return usage("check: want at least one configuration file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				if _, err := p.stdout.Write(reportconfig.Schema()); err != nil {
					return err
				}
			}
			return p.check(cmd.Context(), args, now, online)
		},
	}
	cmd.Flags().BoolVar(&online, "online", false, "also ask Dintero and the relay")
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of the configuration file")
	cmd.Flags().StringVar(&now, "now", "", "act as if it were this `time`")
	return cmd
}

// check looks at every file before it ends with the worst of what it found.
func (p *program) check(ctx context.Context, paths []string, now string, online bool) error {
	log, err := p.logger("warn")
	if err != nil {
		return err
	}
	worst := exitDone
	var configs []*reportconfig.Config
	for _, path := range paths {
		config, err := p.checkOne(ctx, path, now, online, log)
		if config != nil {
			configs = append(configs, config)
		}
		if err != nil {
			var coded *exit
			if !errors.As(err, &coded) || coded.code == exitUsage {
				return err
			}
			p.complain(coded)
			worst = max(worst, coded.code)
		}
	}
	for _, fault := range conflicts(configs) {
		p.complain(fault)
		worst = exitConfig
	}
	if worst != exitDone {
		return &exit{code: worst}
	}
	return nil
}

func (p *program) checkOne(ctx context.Context, path, nowFlag string, online bool, log *slog.Logger) (*reportconfig.Config, error) {
	config, err := p.load(path)
	if err != nil {
		return config, err
	}
	now, err := p.instant(nowFlag, config.Location)
	if err != nil {
		return config, err
	}
	for _, w := range p.secretWarnings(config) {
		fmt.Fprintln(p.stderr, "rapport: warning: "+w)
	}
	fmt.Fprintf(p.stdout, "%s: account %s, %s, %s\n", path, config.Account, config.Timezone, counted(len(config.Reports), "report"))
	if err := dueTable(p.stdout, config, now); err != nil {
		return config, err
	}
	if _, err := p.wire(config, wiring{clock: func() time.Time { return now }, log: log, mails: config.Mail.From != nil}); err != nil {
		return config, err
	}
	if !online {
		return config, nil
	}
	return config, p.online(ctx, config, wiring{clock: func() time.Time { return now }, log: log})
}

// dueTable prints when each report is due next, in the account's zone.
func dueTable(w io.Writer, config *reportconfig.Config, now time.Time) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  REPORT\tDATA\tSCHEDULE\tNEXT DUE\tPERIOD\tRECIPIENTS")
	for i := range config.Reports {
		r := &config.Reports[i]
		next := r.Schedule.Latest(now, r.At, config.Location).Next()
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\t%d\n", r.ID, r.Data.DataType(), r.Schedule,
			next.Due(r.At).Format("2006-01-02 15:04 -07:00"), next, len(r.Emails))
	}
	return table.Flush()
}

// checkFigures warns when reports will not be reconciled. They are made all the same.
func (p *program) checkFigures(ctx context.Context, config *reportconfig.Config, client *fetch.Client, now time.Time) {
	wanted := slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return r.Reconcile != reportconfig.ReconcileOff })
	if !wanted {
		return
	}
	if _, err := client.Events(ctx, now.UTC().Truncate(24*time.Hour)); err != nil {
		fmt.Fprintf(p.stderr, "rapport: warning: %s: dintero: %v; reports will say that they are not reconciled\n", config.Path, err)
		return
	}
	fmt.Fprintln(p.stdout, "  dintero: key figures are there, to reconcile with")
}

// online asks Dintero for a token and a page, and logs in to the relay.
func (p *program) online(ctx context.Context, config *reportconfig.Config, w wiring) error {
	if config.Source.Dintero != nil {
		client, err := p.dintero(config, w)
		if err != nil {
			return configFault(err)
		}
		if err := client.Check(ctx); err != nil {
			return &exit{exitFailed, fmt.Errorf("%s: dintero: %w", config.Path, err)}
		}
		fmt.Fprintln(p.stdout, "  dintero: token and transactions are there")
		p.checkFigures(ctx, config, client, w.clock())
	}
	if config.Mail.SMTP != nil {
		relay, err := p.relay(config.Mail.SMTP)
		if err != nil {
			return configFault(err)
		}
		if err := relay.Check(ctx); err != nil {
			return &exit{exitFailed, fmt.Errorf("%s: smtp: %w", config.Path, err)}
		}
		fmt.Fprintf(p.stdout, "  smtp: %s:%d takes our mail\n", config.Mail.SMTP.Host, config.Mail.SMTP.Port)
	}
	return nil
}

// secretWarnings names secret files that others can read.
func (p *program) secretWarnings(config *reportconfig.Config) []string {
	var files []string
	if d := config.Source.Dintero; d != nil {
		files = append(files, d.ClientSecret.File)
	}
	if s := config.Mail.SMTP; s != nil {
		files = append(files, s.Password.File)
	}
	var out []string
	for _, f := range files {
		if f != "" {
			if w := warnOpenSecret(f); w != "" {
				out = append(out, w)
			}
		}
	}
	return out
}
