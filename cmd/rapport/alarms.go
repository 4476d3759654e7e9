package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"rapport/internal/alarm"
	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// alarms shows what the operator was told and what is not well again, or mutes it.
type alarms struct {
	*program
	mute, unmute []int64
	until, now   string
	json         bool

	config *reportconfig.Config
}

func alarmsCommand(p *program) *cobra.Command {
	a := alarms{program: p}
	cmd := &cobra.Command{
		Use:   "alarms CONFIG",
		Short: "What is wrong and since when, and what the operator need not hear of again",
		Long: `Shows the alarms that stand: since when, when the operator was told and will be told again,
and until when they are muted. An alarm goes by itself when what it is about is well again.

--mute keeps one from being told until a time, also that it is well again; it stands
nevertheless, and nobody is told that all is well. --unmute ends that.`,
		Example: `  rapport alarms shop.yaml
  rapport alarms shop.yaml --mute 7 --until 2026-12-01
  rapport alarms shop.yaml --json`,
		Args: oneConfig,
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	flags.Int64SliceVar(&a.mute, "mute", nil, "do not tell of the alarm of this `id`; with --until")
	flags.Int64SliceVar(&a.unmute, "unmute", nil, "tell of the alarm of this `id` again")
	flags.StringVar(&a.until, "until", "", "mute until this `time`: 2026-12-01, 2026-12-01T06:00, or RFC 3339")
	flags.BoolVar(&a.json, "json", false, "print a JSON object per line")
	flags.StringVar(&a.now, "now", "", "act as if it were this `time`")
	cmd.ValidArgsFunction = completeConfigs
	byID := p.fromConfig(a.completeIDs)
	completeFlags(cmd, map[string]completer{"mute": byID, "unmute": byID})
	return cmd
}

func (a *alarms) run(ctx context.Context, path string) (err error) {
	if a.config, err = a.load(path); err != nil {
		return err
	}
	until, err := a.mutedUntil()
	if err != nil {
		return err
	}
	changes := append(slices.Clone(a.mute), a.unmute...)
	return withLedger(ctx, a.program, a.config, func() error {
		if len(changes) > 0 {
			return usage("alarms: there is no ledger %s yet, so there is no alarm", ledgerName(a.config))
		}
		return nil
	}, func(l *ledger.Ledger) error { return a.change(ctx, l, changes, until) })
}

// change mutes those that are to be, and shows those that changed, or all.
func (a *alarms) change(ctx context.Context, l *ledger.Ledger, changes []int64, until time.Time) error {
	open, err := l.OpenAlarms(ctx, a.config.Account)
	if err != nil {
		return ledgerExit(fmt.Errorf("ledger: %w", err), builder.Outcome{})
	}
	for _, id := range changes {
		if !slices.ContainsFunc(open, func(one ledger.Alarm) bool { return one.ID == id }) {
			return usage("alarms: there is no alarm %d of account %s, or it is well again", id, a.config.Account)
		}
	}
	for i := range open {
		one := &open[i]
		switch {
		case slices.Contains(a.mute, one.ID):
			one.MutedUntil = until
		case slices.Contains(a.unmute, one.ID):
			one.MutedUntil = time.Time{}
		default:
			continue
		}
		if err := l.Mute(ctx, a.config.Account, one.ID, one.MutedUntil); err != nil {
			return ledgerExit(fmt.Errorf("ledger: %w", err), builder.Outcome{})
		}
	}
	if len(changes) > 0 {
		open = slices.DeleteFunc(open, func(one ledger.Alarm) bool { return !slices.Contains(changes, one.ID) })
	}
	return alarm.Write(a.stdout, open, a.config.Location, a.json)
}

// mutedUntil reads --until, and holds it to what else was asked for.
func (a *alarms) mutedUntil() (until time.Time, err error) {
	now, err := a.instant(a.now, a.config.Location)
	switch {
	case err != nil:
		return until, err
	case len(a.mute) > 0 && a.until == "":
		return until, usage("alarms: --mute needs --until TIME")
	case len(a.mute) == 0 && a.until != "":
		return until, usage("alarms: --until needs --mute ID")
	case slices.ContainsFunc(a.unmute, func(id int64) bool { return slices.Contains(a.mute, id) }):
		return until, usage("alarms: one alarm cannot be both muted and not")
	case a.until == "":
		return until, nil
	}
	if until, err = a.instant(a.until, a.config.Location); err != nil {
		return until, usage("--until %q: want 2026-12-01, 2026-12-01T06:00 or 2026-12-01T06:00:00+01:00", a.until)
	}
	if !until.After(now) {
		return until, usage("--until %s: is over already", a.until)
	}
	return until.UTC(), nil
}

// completeIDs offers the alarms that stand.
func (a *alarms) completeIDs(config *reportconfig.Config, cmd *cobra.Command) (all []cobra.Completion) {
	l, err := a.openLedger(cmd.Context(), config, true)
	if err != nil {
		return nil
	}
	defer l.Close()
	open, _ := l.OpenAlarms(cmd.Context(), config.Account) // what cannot be read is not offered
	for _, one := range open {
		all = append(all, cobra.CompletionWithDesc(fmt.Sprint(one.ID), one.Kind+" "+one.Subject))
	}
	return all
}
