package main

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rapport/internal/pipeline"
	"rapport/reportconfig"
)

// runFlags are the flags of rapport run.
type runFlags struct {
	reports         []string
	period, now, to string
	dryRun, json    bool
}

func (p *program) runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run CONFIG",
		Short: "Makes and mails what is due, then exits",
		Long: `Makes the latest due period of each report, mails it to each recipient, and exits.
What was made before is not sent again; what could not be sent before is sent first.

Reports are written to <archive>/<report id>/<period>/. A trial (--to, --dry-run) goes to
trial/ below that and leaves no other mark.`,
		Example: `  rapport run shop.yaml
  rapport run shop.yaml --report oslo-daily --period 2026-11-19
  rapport run shop.yaml --report oslo-daily --period 2026-11-01..2026-11-19
  rapport run shop.yaml --dry-run --now 2026-12-01T06:00`,
		Args: exactlyOneConfig,
		RunE: func(cmd *cobra.Command, args []string) error { return p.run(cmd.Context(), args[0], f) },
	}
	cmd.Flags().StringArrayVar(&f.reports, "report", nil, "only the report of this `id`; may be repeated")
	cmd.Flags().StringVar(&f.period, "period", "", "this `period`: 2026-11-19, 2026-W47, 2026-11, 2026-11-H1, or a range A..B")
	cmd.Flags().StringVar(&f.now, "now", "", "act as if it were this `time`: 2026-11-20, 2026-11-20T06:00, or RFC 3339")
	cmd.Flags().StringVar(&f.to, "to", "", "send to this `address` only, as a trial")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "send nothing; leave each mail as .eml and .html beside the report")
	cmd.Flags().BoolVar(&f.json, "json", false, "print a JSON object per line")
	return cmd
}

func exactlyOneConfig(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("%s: want one configuration file, got %d", cmd.Name(), len(args))
	}
	return nil
}

// run makes and mails the reports of one configuration.
func (p *program) run(ctx context.Context, path string, f runFlags) error {
	log, err := p.logger()
	if err != nil {
		return err
	}
	config, err := p.load(path)
	if err != nil {
		return err
	}
	now, err := p.instant(f.now, config.Location)
	if err != nil {
		return err
	}
	jobs, err := jobsOf(config, f, now)
	if err != nil {
		return err
	}
	out := &output{w: p.stdout, stderr: p.stderr, json: f.json}
	bar := newProgress(p.stderr, len(jobs))
	out.before = bar.clear
	runner, err := p.wire(config, wiring{now: now, log: log, mails: !f.dryRun && mailed(jobs)})
	if err != nil {
		return err
	}
	runner.Emit, runner.Progress = out.event, bar.read
	var outcome pipeline.Outcome
	for _, job := range jobs {
		if ctx.Err() != nil {
			outcome.Waiting = true
			break
		}
		outcome.Add(runner.Run(ctx, job))
		bar.next()
	}
	bar.clear()
	if out.err != nil {
		return &exit{exitFailed, out.err}
	}
	out.summary(p.stderr)
	switch {
	case outcome.Failed:
		return &exit{code: exitFailed}
	case outcome.Waiting:
		return &exit{code: exitWaiting}
	}
	return nil
}

// jobsOf lists what to make: the periods asked for, else what is left to send of earlier
// ones and the latest due one.
func jobsOf(config *reportconfig.Config, f runFlags, now time.Time) ([]pipeline.Job, error) {
	trial := pipeline.Job{DryRun: f.dryRun}
	if f.to != "" {
		to, err := mail.ParseAddress(f.to)
		if err != nil {
			return nil, usage("--to %q: %v", f.to, err)
		}
		trial.To = to
	}
	var jobs []pipeline.Job
	for i := range config.Reports {
		report := &config.Reports[i]
		if len(f.reports) > 0 && !slices.Contains(f.reports, report.ID) {
			continue
		}
		periods, err := periodsOf(config, report, f, now)
		if err != nil {
			return nil, err
		}
		for _, period := range periods {
			job := trial
			job.Report, job.Period = report, period
			jobs = append(jobs, job)
		}
	}
	for _, id := range f.reports {
		if !slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return r.ID == id }) {
			return nil, usage("--report %s: there is no such report in %s — there are %s", id, config.Path, strings.Join(ids(config), ", "))
		}
	}
	return jobs, nil
}

func periodsOf(config *reportconfig.Config, report *reportconfig.Report, f runFlags, now time.Time) ([]reportconfig.Period, error) {
	if f.period == "" {
		latest := report.Schedule.Latest(now, report.At, config.Location)
		if f.dryRun || f.to != "" {
			return []reportconfig.Period{latest}, nil
		}
		unsent, err := pipeline.Unsent(config.Archive, report.ID, config.Location)
		if err != nil {
			return nil, &exit{exitWaiting, err}
		}
		unsent = slices.DeleteFunc(unsent, func(p reportconfig.Period) bool { return p.String() == latest.String() })
		return append(unsent, latest), nil
	}
	periods, err := reportconfig.ParsePeriods(f.period, report.Schedule, config.Location)
	if err != nil {
		return nil, usage("--period %s: report %s: %v", f.period, report.ID, err)
	}
	for _, p := range periods {
		if p.To.After(now) {
			return nil, usage("--period %s: %s is not over before %s", f.period, p, p.To.Format("2006-01-02 15:04"))
		}
	}
	return periods, nil
}

// mailed tells whether any of the jobs has someone to send to.
func mailed(jobs []pipeline.Job) bool {
	return slices.ContainsFunc(jobs, func(j pipeline.Job) bool { return j.To != nil || len(j.Report.Emails) > 0 })
}

func ids(config *reportconfig.Config) []string {
	var out []string
	for _, r := range config.Reports {
		out = append(out, r.ID)
	}
	return out
}
