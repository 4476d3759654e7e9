package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rapport/internal/builder"
	"rapport/internal/durable"
	"rapport/internal/evidence"
	"rapport/internal/ledger"
	"rapport/internal/progress"
	"rapport/internal/verify"
	"rapport/reportconfig"
)

func verifyCommand(p *program) *cobra.Command {
	var reports []string
	var json bool
	cmd := &cobra.Command{
		Use:   "verify CONFIG",
		Short: "Are all reports there, unaltered and without a gap?",
		Long: `Reads the digests in the ledger and every file in the archive, and prints a line for each
series and each fault. It changes nothing and may run while the daemon does.

  gap      time that no report is of             altered  a file, or what the ledger says of it
  overlap  time that two reports are of          foreign  a file that no report has
  missing  a file, or a row of the ledger        broken   a digest that does not follow from the one
  order    a report at another place than it had          before it

What retention removed is no fault. Exit codes: 0 whole and unaltered · 1 it is not.`,
		Example: `  rapport verify shop.yaml
  rapport verify shop.yaml --report oslo-daily --json`,
		Args:              oneConfig,
		ValidArgsFunction: completeConfigs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runVerify(cmd.Context(), p, args[0], reports, verify.Printer{W: p.stdout, JSON: json})
		},
	}
	cmd.Flags().StringArrayVar(&reports, "report", nil, "only the report of this `id`; may be given again")
	cmd.Flags().BoolVar(&json, "json", false, "print a JSON object per line")
	completeFlags(cmd, map[string]completer{"report": p.fromConfig(completeReports)})
	return cmd
}

func runVerify(ctx context.Context, p *program, path string, reports []string, out verify.Printer) error {
	config, err := p.load(path)
	if err != nil {
		return err
	}
	return withLedger(ctx, p, config, func() error { return nil }, func(l *ledger.Ledger) (err error) {
		scope, err := verify.ScopeOf(ctx, l, config.Account, config.Path, config.ReportIDs(), reports)
		if errors.Is(err, verify.ErrUnknown) {
			return usage("%v — there are %s", err, strings.Join(config.ReportIDs(), ", "))
		}
		if err != nil {
			return ledgerExit(err, builder.Outcome{})
		}
		bar := progress.New(p.asides(slog.LevelInfo))
		out.Before = bar.Clear
		files, err := archiveOf(p, config)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, files.RemoveTemporary()) }()
		job := verify.Job{Ledger: l, Archive: files, Account: config.Account, Location: config.Location, Scope: scope}
		job.Progress = func(done, total int64) { bar.Show(done, total, "reports") }
		sum, err := job.Run(ctx, out.Series, out.Fault)
		bar.Clear()
		if err == nil {
			err = out.Summary(sum)
		}
		if err != nil || sum.Faults > 0 {
			return &exit{exitFailed, err}
		}
		return nil
	})
}

func evidenceCommand(p *program) *cobra.Command {
	var report, period, output string
	cmd := &cobra.Command{
		Use:   "evidence CONFIG --report ID --period P",
		Short: "One ZIP of what was sent to whom, and from which data",
		Long: `Writes a ZIP of one report: its files, each message as it was sent, what became of it at the
mail server, the entry of the configuration, and a manifest with the SHA-256 of everything, the
report's digest and the one before it. The same report gives the same bytes each time.`,
		Example:           `  rapport evidence shop.yaml --report oslo-daily --period 2026-11-19`,
		Args:              oneConfig,
		ValidArgsFunction: completeConfigs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if report == "" || period == "" {
				return usage("evidence: want --report and --period")
			}
			return runEvidence(cmd.Context(), p, args[0], report, period, output)
		},
	}
	cmd.Flags().StringVar(&report, "report", "", "the `id` of the report")
	cmd.Flags().StringVar(&period, "period", "", "the `period`, as in 2026-11-19")
	cmd.Flags().StringVar(&output, "output", "", "write it to this `file` (default evidence_ID_PERIOD.zip)")
	completeFlags(cmd, map[string]completer{"report": p.fromConfig(completeReports), "period": p.fromConfig(p.completePeriods)})
	return cmd
}

func runEvidence(ctx context.Context, p *program, path, report, period, output string) error {
	config, err := p.load(path)
	if err != nil {
		return err
	}
	if output == "" {
		output = evidence.FileName(report, period)
	}
	unknown := func() error { return unknownReport(config, report, period) }
	return withLedger(ctx, p, config, unknown, func(l *ledger.Ledger) (err error) {
		files, err := archiveOf(p, config)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, files.RemoveTemporary()) }()
		err = writeWhole(output, func(w io.Writer) error {
			return evidence.Write(ctx, w, evidence.Request{Ledger: l, Archive: files, Account: config.Account, Report: report, Period: period})
		})
		if errors.Is(err, evidence.ErrNotMade) {
			return unknown()
		}
		if err != nil {
			return &exit{exitFailed, err}
		}
		_, err = fmt.Fprintln(p.stdout, output)
		return err
	})
}

func unknownReport(config *reportconfig.Config, report, period string) error {
	if !slices.Contains(config.ReportIDs(), report) {
		return usage("--report %s: there is no such report in %s, nor was one made — there are %s", report, config.Path, strings.Join(config.ReportIDs(), ", "))
	}
	return usage("--period %s: report %s has none that was made — rapport deliveries %s --report %s shows those that were", period, report, config.Path, report)
}

// writeWhole writes a file that is there whole or not at all. One that was there is replaced.
func writeWhole(path string, write func(io.Writer) error) error {
	beside := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	err := durable.RemoveIfThere(beside)
	if err == nil {
		err = durable.Create(beside, write)
	}
	if err == nil {
		err = os.Rename(beside, path)
	}
	if err != nil {
		return errors.Join(err, durable.RemoveIfThere(beside))
	}
	return nil
}
