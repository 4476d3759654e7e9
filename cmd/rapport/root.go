package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"rapport/internal/logging"
	"rapport/internal/servicestate"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// A program is what every command needs of its surroundings.
type program struct {
	getenv         func(string) string
	stdout, stderr io.Writer
	now            func() time.Time
	stateRoot      string // where the state directories of services are
	logFormat      string
	logLevel       string
	leaseDivisor   int  // of ledgers that several machines share, for tests
	besideService  bool // in a shell, on the state of a service
	quiet          bool // nothing is said that nobody must act on
	journal        bool // stderr is the journal's, which takes priorities
}

// asides are for a person who looks on.
func (p *program) asides(level slog.Level) io.Writer {
	if p.quiet {
		return io.Discard
	}
	return p.stderrAt(level)
}

// run is the whole program as a function: arguments, environment and streams in, exit code
// out.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	p := &program{
		getenv: getenv, stdout: stdout, stderr: stderr, now: time.Now, stateRoot: servicestate.SystemRoot,
		journal: logging.UnderJournal(stderr, getenv("JOURNAL_STREAM")),
	}
	return p.execute(ctx, args)
}

func (p *program) execute(ctx context.Context, args []string) int {
	root := rootCommand(p)
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
		fmt.Fprintln(p.stderrAt(slog.LevelError), "rapport: try: rapport help")
	}
	return coded.code
}

// stderrAt is stderr for what has a level; to the journal each line has it as its priority.
func (p *program) stderrAt(level slog.Level) io.Writer {
	if !p.journal {
		return p.stderr
	}
	return logging.WithPriority(p.stderr, level)
}

// complain writes an error to stderr. Faults of a configuration begin with file:line:column,
// so that an editor can jump there.
func (p *program) complain(err error) {
	var faults reportconfig.Problems
	var coded *exit
	said := err.Error()
	if errors.As(err, &coded) && coded.code == exitUsage {
		said = printable(said)
	}
	lines := strings.Split(said, "\n") // of several faults each has one
	for i, line := range lines {
		lines[i] = printable(line)
	}
	switch said = strings.Join(lines, "\n"); {
	case said == "":
	case errors.As(err, &faults):
		fmt.Fprintln(p.stderrAt(slog.LevelError), said)
	default:
		fmt.Fprintln(p.stderrAt(slog.LevelError), "rapport: "+said)
	}
}

// printable is a line with what a terminal would obey written out.
func printable(line string) string { return text.Escape(line, 0, unicode.IsPrint) }

func rootCommand(p *program) *cobra.Command {
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
  rapport status shop.yaml                       how it is: due, late, waiting, wrong
  rapport deliveries shop.yaml                   what went to whom, and the server's answer
  rapport alarms shop.yaml                       what is wrong, since when, and who was told
  rapport machines shop.yaml                     which machines share its ledger, and what they hold
  rapport verify shop.yaml                       are all reports there, unaltered and without a gap?
  rapport evidence shop.yaml --report ID --period P  one ZIP: what was sent to whom, and what proves it
  rapport sandbox                                a simulated Dintero to try things on

Exit codes: 0 done, or nothing owed · 1 something failed for good · 2 wrong use ·
75 something will be tried again · 78 wrong configuration, or a secret is missing`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("rapport {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exit{exitUsage, err} })
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := cmd.ValidateFlagGroups(); err != nil { // cobra does it later, and knows no exit code
			return &exit{exitUsage, err}
		}
		if err := emptyFlag(cmd); err != nil {
			return err
		}
		_, err := p.logger("warn") // also where nothing is logged: what the flags of logs say is wrong everywhere or nowhere
		return err
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.PersistentFlags().StringVar(&p.logFormat, "log-format", "text", "log lines as text or json")
	root.PersistentFlags().StringVar(&p.logLevel, "log-level", "", "least level to log: debug, info, warn or error (default warn; serve: info)")
	root.PersistentFlags().IntVar(&p.leaseDivisor, "test-lease-divisor", 0, "")
	root.PersistentFlags().Lookup("test-lease-divisor").Hidden = true
	completeFlags(root, map[string]completer{"log-format": words("text", "json"), "log-level": words("debug", "info", "warn", "error")})
	root.AddCommand(runCommand(p), serveCommand(p), checkCommand(p), deliveriesCommand(p), statusCommand(p), alarmsCommand(p), machinesCommand(p), verifyCommand(p), evidenceCommand(p), sandboxCommand(p), signInCommand(p), clientCommand(p), passwordCommand(p), keysCommand(p), versionCommand(p))
	refuseUnknownTopics(root)
	return root
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s: there is no %q here", cmd.CommandPath(), args[0])
	}
	return nil
}

func oneConfig(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage("%s: want one configuration file, got %d", cmd.Name(), len(args))
	}
	return nil
}

func someConfigs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage("%s: want at least one configuration file", cmd.Name())
	}
	return nil
}

func versionCommand(p *program) *cobra.Command {
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

// logger writes logs to stderr as the flags ask, from defaultLevel on where they name no level.
func (p *program) logger(defaultLevel string) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cmp.Or(p.logLevel, defaultLevel))); err != nil {
		return nil, usage("--log-level %q: want debug, info, warn or error", p.logLevel)
	}
	options := &slog.HandlerOptions{Level: level}
	var newHandler func(io.Writer) slog.Handler
	switch p.logFormat {
	case "text":
		newHandler = func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, options) }
	case "json":
		newHandler = func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, options) }
	default:
		return nil, usage("--log-format %q: want text or json", p.logFormat)
	}
	if p.journal {
		return slog.New(logging.ForJournal(p.stderr, newHandler)), nil
	}
	return slog.New(newHandler(p.stderr)), nil
}
