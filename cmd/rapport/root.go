package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rapport/reportconfig"
)

// The exit codes are an interface: scripts and systemd rely on them.
const (
	exitDone    = 0  // done, or nothing owed
	exitFailed  = 1  // a report or a delivery failed for good
	exitUsage   = 2  // wrong use
	exitWaiting = 75 // something will be tried again (EX_TEMPFAIL)
	exitConfig  = 78 // wrong configuration, or a secret that is missing (EX_CONFIG)
)

// An exit is an error that carries its exit code. Its text may be empty when all was said.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(format, args...)}
}

func configFault(err error) error { return &exit{exitConfig, err} }

// A program is what every command needs of the outside.
type program struct {
	getenv         func(string) string
	stdout, stderr io.Writer
	now            func() time.Time
	logFormat      string
	logLevel       string
}

// run is the whole program as a function: arguments, environment and streams in, exit code out.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	p := &program{getenv: getenv, stdout: stdout, stderr: stderr, now: time.Now}
	root := p.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var coded *exit
	if !errors.As(err, &coded) {
		coded = &exit{exitFailed, err}
	}
	p.complain(coded)
	if coded.code == exitUsage {
		fmt.Fprintln(stderr, "rapport: try: rapport help")
	}
	return coded.code
}

// complain says an error on stderr; faults of a configuration begin with their place, so
// that an editor can jump there.
func (p *program) complain(err error) {
	var faults reportconfig.Problems
	switch text := err.Error(); {
	case text == "":
	case errors.As(err, &faults):
		fmt.Fprintln(p.stderr, text)
	default:
		fmt.Fprintln(p.stderr, "rapport: "+text)
	}
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "rapport",
		Short: "Makes payment reports from Dintero and mails them",
		Long: `Rapport makes payment reports and mails them: it reads a configuration file, fetches
the transactions from Dintero, renders Norwegian or English PDF and CSV, and sends each
recipient a message of their own.`,
		Example: `  rapport check shop.yaml                        is the file right, and when is each report due?
  rapport run shop.yaml --dry-run                make what is due and look at it; nothing is sent
  rapport run shop.yaml --to me@example.com      send it to yourself first
  rapport run shop.yaml                          make and mail what is owed
  rapport serve shop.yaml                        do that whenever something is due
  rapport deliveries shop.yaml                   what went to whom, and the server's answer
  rapport sandbox                                a simulated Dintero to try things on

Exit codes: 0 done, or nothing owed · 1 something failed for good · 2 wrong use ·
75 something will be tried again · 78 wrong configuration, or a secret is missing`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exit{exitUsage, err} })
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.PersistentFlags().StringVar(&p.logFormat, "log-format", "text", "log lines as text or json")
	root.PersistentFlags().StringVar(&p.logLevel, "log-level", "", "least level to log: debug, info, warn or error (default warn; serve: info)")
	root.AddCommand(p.runCommand(), p.serveCommand(), p.checkCommand(), p.deliveriesCommand(), p.sandboxCommand(), p.versionCommand())
	return root
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s: there is no %q here", cmd.CommandPath(), args[0])
	}
	return nil
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Prints the version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.stdout, "rapport", version())
			return err
		},
	}
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// logger writes logs as the flags ask, from the level of the command where they do not.
func (p *program) logger(standard string) (*slog.Logger, error) {
	text := p.logLevel
	if text == "" {
		text = standard
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return nil, usage("--log-level %q: want debug, info, warn or error", p.logLevel)
	}
	options := &slog.HandlerOptions{Level: level}
	switch p.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(p.stderr, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(p.stderr, options)), nil
	}
	return nil, usage("--log-format %q: want text or json", p.logFormat)
}

// load reads a configuration file and says its warnings.
func (p *program) load(path string) (*reportconfig.Config, error) {
	stateDir, _, _ := strings.Cut(p.getenv("STATE_DIRECTORY"), ":")
	config, err := reportconfig.Load(path, stateDir)
	if err != nil {
		return nil, configFault(err)
	}
	for _, w := range config.Warnings {
		fmt.Fprintln(p.stderr, "rapport: warning: "+w.String())
	}
	return config, nil
}

// clock is the time that a command goes by: that of --now, which stands still, or the real one.
func (p *program) clock(text string, zone *time.Location) (func() time.Time, error) {
	if text == "" {
		return p.now, nil
	}
	now, err := p.instant(text, zone)
	return func() time.Time { return now }, err
}

// refuseFuture refuses a --now later than the clock where real payments are at stake: days
// that are not over would count as reported.
func (p *program) refuseFuture(text string, now time.Time, config *reportconfig.Config, hint string) error {
	if config.Source.Dintero == nil || !now.After(p.now()) {
		return nil
	}
	return usage("--now %s is later than the clock — %s", text, hint)
}

// instant reads --now: RFC 3339, or a local date or time of the account's zone.
func (p *program) instant(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return p.now(), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage("--now %q: want 2026-11-20, 2026-11-20T06:00 or 2026-11-20T06:00:00+01:00", text)
}
