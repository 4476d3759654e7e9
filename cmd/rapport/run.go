package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/engine"
	"rapport/internal/exposure"
	"rapport/internal/ledger"
	"rapport/internal/parts"
	"rapport/internal/progress"
	"rapport/internal/report"
	"rapport/internal/runoutput"
	"rapport/internal/split"
	"rapport/internal/webhook"
	"rapport/reportconfig"
)

// runFlags are the flags of rapport run.
type runFlags struct {
	reports         []string
	period, now, to string
	dryRun, json    bool
	quiet           bool
}

func runCommand(p *program) *cobra.Command {
	r := reportRun{program: p}
	f := &r.flags
	cmd := &cobra.Command{
		Use:   "run CONFIG",
		Short: "Makes and mails what is owed, then exits",
		Long: `Makes every period that is due and not delivered yet, oldest first, mails it to each
recipient, and exits. A new report starts with its latest due period. What could not be
sent before is sent now; what was delivered is not sent again; nothing owed is exit code 0
at once. It may run beside the daemon.

Reports are written to <archive>/<report id>/<period>/. A trial (--to, --dry-run) goes to
trial/ below that and leaves no other mark.`,
		Example: `  rapport run shop.yaml
  rapport run shop.yaml --report oslo-daily --period 2026-11-19
  rapport run shop.yaml --report oslo-daily --period 2026-11-01..2026-11-19
  rapport run shop.yaml --dry-run --now 2026-12-01T06:00`,
		Args: oneConfig,
		RunE: func(cmd *cobra.Command, args []string) error {
			p.quiet = f.quiet
			return r.run(cmd.Context(), args[0])
		},
	}
	cmd.Flags().StringArrayVar(&f.reports, "report", nil, "only the report of this `id`; may be repeated")
	cmd.Flags().StringVar(&f.period, "period", "", "this `period`: 2026-11-19, 2026-W47, 2026-11, 2026-11-H1, 2026-T6, or a range A..B; without --report of the reports that have such periods")
	cmd.Flags().StringVar(&f.now, "now", "", "act as if it were this `time`: 2026-11-20, 2026-11-20T06:00, or RFC 3339")
	cmd.Flags().StringVar(&f.to, "to", "", "send to this `address` only, as a trial")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "send nothing; leave each mail as .eml and .html beside the report")
	cmd.Flags().BoolVar(&f.json, "json", false, "print a JSON object per line")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "say what was made, sent or failed and nothing else: for cron, which mails all that is said")
	cmd.ValidArgsFunction = completeConfigs
	completeFlags(cmd, map[string]completer{"report": p.fromConfig(completeReports), "period": p.fromConfig(p.completePeriods), "to": p.fromConfig(completeRecipients)})
	return cmd
}

// A reportRun makes and mails what is owed, or what the flags name, or a trial of either.
type reportRun struct {
	*program
	flags  runFlags
	log    *slog.Logger
	config *reportconfig.Config

	clock   func() time.Time
	to      *mail.Address // of a trial; nil: nobody
	reports []*reportconfig.Report
	jobs    []report.Job // nil: what is owed
}

func (r *reportRun) run(ctx context.Context, path string) (err error) {
	if r.log, err = r.logger("warn"); err != nil {
		return err
	}
	if r.config, err = r.load(path); err != nil {
		return err
	}
	if err := addServed(ctx, r.program, r.config, nil); err != nil {
		return err
	}
	if err := r.plan(); err != nil {
		return err
	}
	if !r.quiet {
		for _, w := range exposure.Warnings(r.config) {
			r.log.Warn(w)
		}
	}
	mails := !r.flags.dryRun && (r.to != nil || anyRecipients(r.reports) || !r.flags.trial() && r.config.Operator.Address != nil)
	c, err := r.setup(r.config, setupOptions{clock: r.clock, log: r.log, hooks: webhook.New("rapport/" + version()), mails: mails})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Archive.RemoveTemporary()) }()
	bar := progress.New(r.asides(slog.LevelInfo))
	out := &runoutput.Output{Stdout: r.stdout, Stderr: r.stderr, StderrAt: r.stderrAt, JSON: r.flags.json, Quiet: r.quiet, ClearBar: bar.Clear}
	if c.EventLog = r.log; r.logLevel == "" {
		c.EventLog = slog.New(slog.DiscardHandler) // out says it
	}
	c.Emit, c.Expect, c.Builder.Read, c.Finished = out.Event, bar.Expect, bar.Read, bar.Next
	var outcome builder.Outcome
	if r.flags.trial() {
		if outcome, err = r.try(ctx, c, bar); err != nil {
			bar.Clear()
			return err
		}
	} else if outcome, err = r.makeOwed(ctx, c); err != nil {
		bar.Clear()
		return errors.Join(ledgerExit(err, outcome), r.handOver(r.config, true))
	}
	bar.Clear()
	if err := r.handOver(r.config, out.Left()); err != nil {
		r.log.Warn("what root has made here is root's still: the service may not be able to go on", "error", err)
	}
	if err := out.Err(); err != nil {
		return &exit{exitFailed, err}
	}
	if !r.quiet {
		out.Summary(func() string { return nextDue(r.config, r.reports, r.clock()) }, outcome)
	}
	switch {
	case outcome.Failed:
		return &exit{code: exitFailed}
	case outcome.Waiting:
		return &exit{code: exitWaiting}
	}
	return nil
}

const futureRun = "days that are not over would be reported for good; add --dry-run or --to ADDRESS to look at them"

// plan finds out what the flags mean for the configuration.
func (r *reportRun) plan() (err error) {
	if r.clock, err = r.program.clock(r.flags.now, r.config.Location); err != nil {
		return err
	}
	if r.to, err = r.flags.recipient(); err != nil {
		return err
	}
	if !r.flags.trial() {
		if err := r.refuseFuture(r.flags.now, r.clock(), r.config, futureRun); err != nil {
			return err
		}
	}
	if r.reports, err = r.flags.choose(r.config); err != nil {
		return err
	}
	r.jobs, err = r.flags.periods(r.config, r.reports, r.clock())
	return err
}

// makeOwed makes and sends what the ledger says is owed.
func (r *reportRun) makeOwed(ctx context.Context, c engine.Config) (outcome builder.Outcome, err error) {
	if err := r.claimState(r.config); err != nil {
		return outcome, err
	}
	if c.Ledger, err = r.openLedger(context.WithoutCancel(ctx), r.config, false); err != nil {
		return outcome, err
	}
	defer func() { err = errors.Join(err, c.Ledger.Close()) }()
	if err := requireArchive(ctx, r.program, r.config, c); err != nil {
		return outcome, err
	}
	c.RealClock = r.flags.now == ""
	if err := r.findParts(ctx, c.Ledger); err != nil {
		return outcome, err
	}
	keepHouse(&c)
	return engine.New(c).Run(ctx, engine.Selection{Reports: r.flags.reports, Jobs: r.jobs})
}

// findParts finds out whose the parts are that --report names. Without a ledger the addresses tell.
func (r *reportRun) findParts(ctx context.Context, l *ledger.Ledger) error {
	switch err := parts.Identify(parts.Directory(ctx, r.config.Account, r.config.Reports, l), r.config.Reports, r.reports, r.jobs); {
	case errors.As(err, new(*parts.UnknownError)):
		return usage("--report %v", err)
	case err != nil:
		return &exit{exitWaiting, err}
	}
	return nil
}

// trial tells whether the run is only to be looked at.
func (f runFlags) trial() bool { return f.dryRun || f.to != "" }

// recipient reads --to; a dry run sends to nobody, whatever it says.
func (f runFlags) recipient() (*mail.Address, error) {
	if f.to == "" {
		return nil, nil
	}
	to, err := reportconfig.ParseAddress(f.to)
	if err != nil {
		return nil, usage("--to: %v", err)
	}
	if f.dryRun {
		return nil, nil
	}
	return to, nil
}

// choose gives the reports that --report names, or all.
func (f runFlags) choose(config *reportconfig.Config) (chosen []*reportconfig.Report, err error) {
	for _, id := range f.reports {
		if !split.Has(config.Reports, id) {
			return nil, usage("--report %s: there is no such report in %s — there are %s", id, config.Path, strings.Join(config.ReportIDs(), ", "))
		}
	}
	return split.Choose(config.Reports, f.reports), nil
}

// periods gives the jobs of the periods that --period names; none without it. Without --report it means the reports that
// have such periods, and no others: a day is no reason to make a weekly report daily.
func (f runFlags) periods(config *reportconfig.Config, chosen []*reportconfig.Report, now time.Time) (jobs []report.Job, err error) {
	if f.period == "" {
		return nil, nil
	}
	first, _, _ := strings.Cut(f.period, "..")
	named, err := calendar.ParsePeriod(first, config.Location)
	if err != nil {
		return nil, usage("--period %s: %v", f.period, err)
	}
	for _, entry := range chosen {
		if len(f.reports) == 0 && entry.Schedule != named.Schedule {
			continue
		}
		periods, err := entry.Timing().ParsePeriods(f.period, config.Location)
		if err != nil {
			return nil, usage("--period %s: report %s: %v", f.period, entry.ID, err)
		}
		for _, p := range periods {
			if p.To.After(now) {
				return nil, usage("--period %s: %s is not over before %s", f.period, p, p.To.Format("2006-01-02 15:04"))
			}
			jobs = append(jobs, report.Job{Report: entry, Period: p})
		}
	}
	if len(jobs) == 0 {
		return nil, usage("--period %s: no report in %s is %s — --report ID makes that period of any report", f.period, config.Path, named.Schedule)
	}
	return jobs, nil
}

// nextDue says which report is due next, and when.
func nextDue(config *reportconfig.Config, chosen []*reportconfig.Report, now time.Time) string {
	var first time.Time
	text := ""
	for _, report := range chosen {
		timing := report.Timing()
		period := timing.Latest(now, config.Location).Next()
		if due := timing.Due(period); first.IsZero() || due.Before(first) {
			first, text = due, fmt.Sprintf("%s %s is due %s", report.ID, period, due.Format("2006-01-02 15:04"))
		}
	}
	return text
}

// anyRecipients tells whether any of the reports has someone to send to.
func anyRecipients(chosen []*reportconfig.Report) bool {
	return slices.ContainsFunc(chosen, func(r *reportconfig.Report) bool { return r.Mails() })
}
