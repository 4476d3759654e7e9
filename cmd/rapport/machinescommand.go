package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/machines"
	"rapport/reportconfig"
)

func machinesCommand(p *program) *cobra.Command {
	var json bool
	var end string
	cmd := &cobra.Command{
		Use:   "machines CONFIG",
		Short: "Which machines share a ledger, what their processes hold, and whether they live",
		Long: `Shows each machine that has a process at work in the ledger or has its reports noted there:
since when, what it holds, when it gave its last sign of life, and how far its clock is from the
ledger's. A process is alive; suspect (its connection has ended: what it has not begun is free);
dead (also what it was sending is); or mute (connected, and silent: it is stopped, or hangs).

--end takes what a process had that is dead or mute: what it was sending is uncertain then.

Exit codes: 0 all are alive · 75 one is suspect · 1 one is dead or mute`,
		Example: "  rapport machines shop.yaml\n  rapport machines shop.yaml --json\n  rapport machines shop.yaml --end k5u2vq6w",
		Args:    oneConfig,
		RunE: func(cmd *cobra.Command, args []string) error {
			return showMachines(cmd.Context(), p, args[0], end, json)
		},
	}
	cmd.Flags().StringVar(&end, "end", "", "take what the process of this `id` had: it is dead, or mute")
	cmd.Flags().BoolVar(&json, "json", false, "print a JSON object per line")
	cmd.ValidArgsFunction = completeConfigs
	completeFlags(cmd, map[string]completer{"end": p.fromConfig(func(config *reportconfig.Config, cmd *cobra.Command) (all []cobra.Completion) {
		_ = withLedger(cmd.Context(), p, config, func() error { return nil }, func(l *ledger.Ledger) error {
			for id, what := range machines.Endable(cmd.Context(), l, config.Account, p.now()) {
				all = append(all, cobra.CompletionWithDesc(id, what))
			}
			return nil
		}) // what cannot be read is not offered
		return all
	})})
	return cmd
}

// showMachines shows the machines of a ledger, once it has taken what a process had that is to end.
func showMachines(ctx context.Context, p *program, path, end string, json bool) error {
	config, err := p.load(path)
	if err != nil {
		return err
	}
	return withLedger(ctx, p, config, func() error { return nil }, func(l *ledger.Ledger) error {
		worst, err := machines.Show(ctx, l, machines.Request{Account: config.Account, End: end, Now: p.now(), Zone: config.Location, JSON: json}, p.stdout, p.stderr)
		switch {
		case errors.As(err, new(*machines.RefusedError)):
			return usage("machines: %v", err)
		case err != nil:
			return ledgerExit(err, builder.Outcome{})
		case worst == machines.Suspect:
			return &exit{code: exitWaiting}
		case worst != machines.Alive:
			return &exit{code: exitFailed}
		}
		return nil
	})
}
