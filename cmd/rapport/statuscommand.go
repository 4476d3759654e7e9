package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/spf13/cobra"

	"rapport/internal/builder"
	"rapport/internal/runoutput"
	"rapport/internal/servicestate"
	"rapport/internal/status"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// statusFlags are the flags of rapport status.
type statusFlags struct {
	now          string
	json, health bool
}

func statusCommand(p *program) *cobra.Command {
	var f statusFlags
	cmd := &cobra.Command{
		Use:   "status CONFIG…",
		Short: "How it is: what is due, late, waiting and wrong, on one screen",
		Long: `Shows how each configuration is, out of its ledger: when each report is due next and was
last sent, what is late, what waits and why, which alarms are open, where ledger and archive
are, and whether a daemon answers. It asks neither Dintero nor the mail server.

Exit codes, for monitors: 0 all is well · 75 something is late or waits, and is tried again ·
1 a person must act, or it has lasted for a day · 78 wrong configuration, or an unusable
ledger. The worst of several counts: 78, then 1, then 75.`,
		Example: `  rapport status shop.yaml
  rapport status /etc/rapport/*.yaml --json
  rapport status --health shop.yaml              does the daemon work? 0 or 1, for a container's health check`,
		Args:              someConfigs,
		ValidArgsFunction: completeConfigs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.health {
				return p.daemonHealth(cmd.Context(), args)
			}
			return p.status(cmd.Context(), args, f)
		},
	}
	cmd.Flags().StringVar(&f.now, "now", "", "act as if it were this `time`")
	cmd.Flags().BoolVar(&f.json, "json", false, "print a JSON object for each configuration")
	cmd.Flags().BoolVar(&f.health, "health", false, "only ask the daemon at listen: whether it works, exit code 0 or 1")
	cmd.MarkFlagsMutuallyExclusive("health", "json")
	return cmd
}

func (p *program) status(ctx context.Context, paths []string, f statusFlags) error {
	worst := exitDone
	for i, path := range paths {
		line, config, err := p.statusOf(ctx, path, f.now)
		if err != nil {
			var coded *exit
			if !errors.As(err, &coded) || coded.code == exitUsage {
				return err
			}
			p.complain(coded)
			worst = worseStatus(worst, coded.code)
			continue
		}
		worst = worseStatus(worst, statusExit(line.Level))
		if f.json {
			err = json.NewEncoder(p.stdout).Encode(line)
		} else {
			if i > 0 {
				fmt.Fprintln(p.stdout)
			}
			err = line.Write(p.stdout, printable(runoutput.ShortPath(line.Config)), config)
		}
		if err != nil {
			return &exit{exitFailed, err}
		}
	}
	if worst != exitDone {
		return &exit{code: worst}
	}
	return nil
}

func statusExit(l status.Level) int {
	return map[status.Level]int{status.OK: exitDone, status.Waiting: exitWaiting, status.Failed: exitFailed}[l]
}

// worseStatus is the worse of two exit codes.
func worseStatus(a, b int) int {
	rank := map[int]int{exitWaiting: 1, exitFailed: 2, exitConfig: 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

func (p *program) statusOf(ctx context.Context, path, now string) (line status.Line, config *reportconfig.Config, err error) {
	if config, err = p.load(path); err != nil {
		return line, nil, err
	}
	at, err := p.instant(now, config.Location)
	if err != nil {
		return line, nil, err
	}
	line = status.Line{
		Type: "status", Config: servicestate.RealPath(path), Version: version(), Ledger: status.LedgerFile{Path: ledgerName(config)}, Archive: config.ArchiveName(),
		Source: status.SourceName(config), Relay: status.RelayName(config), Daemon: status.AskDaemon(ctx, config.Listen),
	}
	var known status.Ledger // nil: there is none
	l, err := p.openLedger(ctx, config, true)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := lostLedger(config); err != nil {
			return line, nil, err
		}
	case err != nil:
		return line, nil, err
	default:
		defer l.Close()
		known = l
		if err := addServed(ctx, p, config, l); err != nil {
			return line, nil, err
		}
		if line.Ledger.Size, err = l.Size(ctx); err != nil {
			return line, nil, ledgerExit(fmt.Errorf("ledger %s: %w", ledgerName(config), err), builder.Outcome{})
		}
	}
	if line.Status, err = status.Read(ctx, config, known, at); err != nil {
		return line, nil, ledgerExit(fmt.Errorf("ledger %s: %w", ledgerName(config), err), builder.Outcome{})
	}
	return line, config, nil
}

// daemonHealth asks the daemon of each configuration whether it works; a restart helps where it does not.
func (p *program) daemonHealth(ctx context.Context, paths []string) error {
	for _, path := range paths {
		config, err := p.load(path)
		if err != nil {
			return err
		}
		address := status.DialAddress(config.Listen)
		code, says, err := status.Get(ctx, "http://"+address+"/healthz")
		if err != nil {
			return &exit{exitFailed, fmt.Errorf("%s: the daemon does not answer: %w", path, err)}
		}
		fmt.Fprintf(p.stdout, "%s: %s\n", address, text.PrintableLine(says))
		if code != http.StatusOK {
			return &exit{code: exitFailed}
		}
	}
	return nil
}
