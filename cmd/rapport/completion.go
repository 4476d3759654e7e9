package main

import (
	"slices"

	"github.com/spf13/cobra"

	"rapport/fetch/sandbox"
	"rapport/internal/split"
	"rapport/reportconfig"
)

// A completer gives what a shell may put in the place of a word that is being typed.
type completer = cobra.CompletionFunc

// completeConfigs offers YAML files.
func completeConfigs(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return []cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeFlags registers the completers of a command's flags, by the names of the flags. A name that the command does not
// have is a fault of the program.
func completeFlags(cmd *cobra.Command, completers map[string]completer) {
	for name, complete := range completers {
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err)
		}
	}
}

// words offers a fixed list.
func words(all ...string) completer {
	return cobra.FixedCompletions(all, cobra.ShellCompDirectiveNoFileComp)
}

// fromConfig offers what the configuration that was typed before holds; nothing without one that can be read.
func (p *program) fromConfig(list func(*reportconfig.Config, *cobra.Command) []cobra.Completion) completer {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		config, err := reportconfig.Load(args[0], p.host().Own)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return list(config, cmd), cobra.ShellCompDirectiveNoFileComp
	}
}

func completeReports(config *reportconfig.Config, _ *cobra.Command) (all []cobra.Completion) {
	for _, r := range split.All(config.Reports) {
		all = append(all, cobra.CompletionWithDesc(r.ID, r.Name))
	}
	return all
}

func completeRecipients(config *reportconfig.Config, _ *cobra.Command) (all []cobra.Completion) {
	for _, r := range config.Reports {
		for _, to := range r.Emails {
			if c := cobra.CompletionWithDesc(to.Address, to.Name); !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

// recentPeriods is how many periods of each schedule are offered.
const recentPeriods = 14

// completePeriods offers the periods that were over last, the newest first: of the reports that --report names, else of all.
func (p *program) completePeriods(config *reportconfig.Config, cmd *cobra.Command) (all []cobra.Completion) {
	named, _ := cmd.Flags().GetStringArray("report") // that of deliveries is no list; there all are offered
	for i := range config.Reports {
		r := &config.Reports[i]
		if len(named) > 0 && !slices.Contains(named, r.ID) {
			continue
		}
		for period, n := r.Timing().Latest(p.now(), config.Location), 0; n < recentPeriods; n++ {
			if c := cobra.CompletionWithDesc(period.String(), string(r.Schedule)); !slices.Contains(all, c) {
				all = append(all, c)
			}
			period = period.Previous()
		}
	}
	return all
}

func completeFaults(*cobra.Command, []string, string) (all []cobra.Completion, _ cobra.ShellCompDirective) {
	for _, fault := range sandbox.Faults() {
		all = append(all, cobra.CompletionWithDesc(fault.Name, fault.Does))
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}
