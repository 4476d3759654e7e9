package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"rapport/internal/builder"
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

// A statusLine is how a configuration is, as --json shows it.
type statusLine struct {
	Type    string            `json:"type"` // status
	Config  string            `json:"config"`
	Version string            `json:"version"`
	Ledger  ledgerFile        `json:"ledger"`
	Archive string            `json:"archive"`
	Source  string            `json:"source"`
	Relay   string            `json:"relay"`
	Daemon  status.DaemonSays `json:"daemon"`
	*status.Status
}

type ledgerFile struct {
	Path string `json:"path"`
	Size int64  `json:"size"` // bytes; 0: there is none yet
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
			err = line.write(p.stdout, config)
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

func (p *program) statusOf(ctx context.Context, path, now string) (line statusLine, config *reportconfig.Config, err error) {
	if config, err = p.load(path); err != nil {
		return line, nil, err
	}
	at, err := p.instant(now, config.Location)
	if err != nil {
		return line, nil, err
	}
	line = statusLine{
		Type: "status", Config: servicestate.RealPath(path), Version: version(), Ledger: ledgerFile{Path: ledgerName(config)}, Archive: config.Archive,
		Source: sourceName(config), Relay: relayName(config), Daemon: status.AskDaemon(ctx, config.Listen),
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

// write is for a person.
func (s statusLine) write(w io.Writer, config *reportconfig.Config) error {
	fmt.Fprintf(w, "%s: %s\n\n", shortPath(s.Config), s.Sentence)
	if err := s.Status.Write(w, config.Location); err != nil {
		return err
	}
	last := func(name string, at *time.Time) string {
		if at == nil || name == "" {
			return name
		}
		return name + ", last " + at.In(config.Location).Format("2006-01-02 15:04")
	}
	ledger := s.Ledger.Path + ", not there yet"
	if s.Ledger.Size > 0 {
		ledger = fmt.Sprintf("%s, %.1f MB", s.Ledger.Path, float64(s.Ledger.Size)/1e6)
	}
	fmt.Fprintln(w)
	for _, row := range [][2]string{
		{"source", last(s.Source, s.LastRead)}, {"mail", last(s.Relay, s.LastSent)}, {"ledger", ledger}, {"archive", s.Archive},
		{"daemon", s.Daemon.String()}, {"version", s.Version},
	} {
		if row[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "  %-8s %s\n", row[0], row[1]); err != nil {
			return err
		}
	}
	return nil
}

func sourceName(config *reportconfig.Config) string {
	switch s := config.Source; {
	case s.Dintero != nil:
		return "Dintero, " + config.Account
	case s.Files != nil:
		return "files"
	}
	return "sandbox"
}

func relayName(config *reportconfig.Config) string {
	if smtp := config.Mail.SMTP; smtp != nil {
		return net.JoinHostPort(smtp.Host, fmt.Sprint(smtp.Port))
	}
	return config.Mail.Outbox
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
