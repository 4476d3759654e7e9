package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"rapport/internal/configfaults"
	"rapport/internal/exposure"
	"rapport/internal/objectstore"
	"rapport/internal/onlinecheck"
	"rapport/internal/renamed"
	"rapport/internal/runoutput"
	"rapport/internal/split"
	"rapport/internal/webservice"
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
			worst = worseStatus(worst, coded.code)
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
	fmt.Fprintf(c.stdout, "%s: account %s, %s, %s\n", printable(path), config.Account, config.Timezone, runoutput.Counted(len(config.Reports), "report"))
	if err := dueTable(c.stdout, config, now); err != nil {
		return config, err
	}
	listed, wrong := split.ReadAll(config.Path, config.Reports)
	fmt.Fprint(c.stdout, listed)
	for _, w := range configfaults.AbsentSources(config) {
		fmt.Fprintln(c.stderrAt(slog.LevelWarn), "rapport: warning: "+w.String())
	}
	c.warnRenamed(ctx, config)
	options := setupOptions{clock: func() time.Time { return now }, log: c.log, mails: config.Mail.From != nil}
	made, err := c.setup(config, options)
	if err := c.parts(config, wrong, made.Account.Organization.Logo, err); err != nil {
		return config, err
	}
	if !c.online {
		return config, nil
	}
	if store, ok := made.Archive.Objects.(*objectstore.Bucket); ok {
		if err := store.Try(ctx, rand.Text()); err != nil {
			return config, &exit{exitFailed, fmt.Errorf("%s: archive: %s: %w", config.Path, config.ArchiveName(), err)}
		}
		fmt.Fprintf(c.stdout, "  archive: %s takes, gives and deletes an object\n", config.ArchiveName())
	}
	ask := onlinecheck.Check{
		Config: config, Connections: c.connections(config, options), Stdout: c.stdout, Warnings: c.stderrAt(slog.LevelWarn),
		Database: func(ctx context.Context) error { return c.askDatabase(ctx, config) },
	}
	return config, onlineExit(ask.Ask(ctx, now))
}

// parts are the faults of what a configuration names: of its addresses, of what was set up, and of what only a check looks at.
func (c check) parts(config *reportconfig.Config, wrong reportconfig.Problems, logo []byte, setup error) error {
	faults := configfaults.Faults{Config: config, Found: wrong}
	var all reportconfig.Problems
	if errors.As(setup, &all) {
		faults.Found = append(faults.Found, all...)
	} else if setup != nil {
		return setup
	}
	faults.Kept()
	if config.Web != nil {
		_, err := webservice.ReadSecrets(config, secretOf(c.program)(config))
		if err != nil {
			faults.Found = append(faults.Found, reportconfig.Problem{File: config.Path, Message: strings.TrimPrefix(err.Error(), config.Path+": ")})
		}
	}
	if logo != nil { // a report does without it, and says so to the operator
		if err := render.CheckLogo(logo); err != nil {
			faults.Add("organization.logo", fmt.Errorf("%s: %w", config.Organization.Logo, err), "")
		}
	}
	if err := faults.Err(); err != nil {
		return configFault(err)
	}
	return nil
}

// onlineExit is the exit of a check that somebody said no to.
func onlineExit(err error) error {
	switch {
	case err == nil, errors.As(err, new(*exit)):
		return err
	case errors.As(err, new(*onlinecheck.ConfigError)):
		return configFault(err)
	case errors.As(err, new(*onlinecheck.WaitingError)):
		return &exit{exitWaiting, err}
	}
	return &exit{exitFailed, err}
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
	came, left, err := renamed.CameAndLeft(ctx, l, config)
	for _, r := range came {
		was := renamed.Likeliest(r, left, len(came) == 1)
		if was == "" {
			continue
		}
		left = slices.DeleteFunc(left, func(p renamed.Former) bool { return p.ID == was })
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
