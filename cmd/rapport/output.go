package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"rapport/internal/builder"
	"rapport/internal/ledger"
)

// An output prints a line per file and per delivery as they happen, and on stderr what went
// wrong.
type output struct {
	stdout, stderr               io.Writer
	stderrAt                     func(slog.Level) io.Writer // stderr for a line that has a level
	json, quiet                  bool
	clearBar                     func()
	files, mails, faults, others int   // lines of each kind
	err                          error // the first one of stdout
}

func (o *output) event(e builder.Event) {
	if o.quiet && e.Known {
		return // an earlier run has said it
	}
	switch {
	case e.State == string(ledger.Skipped):
		o.others++
	case e.Error != "":
		o.faults++
	case e.Type == "file":
		o.files++
	case e.Type == "delivery":
		o.mails++
	default:
		o.others++
	}
	o.clearBar()
	if e.Error != "" {
		fmt.Fprintln(o.stderrAt(e.LogLevel()), "rapport: "+e.Error)
	}
	if o.err != nil {
		return
	}
	if o.json {
		o.err = json.NewEncoder(o.stdout).Encode(e)
		return
	}
	_, o.err = fmt.Fprintln(o.stdout, eventLine(e))
}

// eventLine is an event for people: "oslo-daily 2026-11-19  sent to regnskap@fjordfisk.no".
func eventLine(e builder.Event) string {
	head := e.Report + " " + e.Period + "  "
	text := e.State
	if e.Recipient != "" {
		text += " to " + e.Recipient
	}
	if e.Path != "" {
		text += "  " + shortPath(e.Path)
	}
	return head + text
}

// shortPath is a path as the user would type it from here.
func shortPath(path string) string {
	here, err := os.Getwd()
	if err != nil || filepath.Dir(here) == here { // from the root a whole path is clearer, and as short
		return path
	}
	short, err := filepath.Rel(here, path)
	if err != nil || strings.HasPrefix(short, "..") {
		return path
	}
	return short
}

// summary says on stderr what came of the run; next is what is due next.
func (o *output) summary(next func() string, outcome builder.Outcome) {
	if outcome.Held > 0 {
		defer fmt.Fprintf(o.stderrAt(slog.LevelError), "rapport: %s held until you say what to do: rapport deliveries --state held\n", counted(outcome.Held, "mail"))
	}
	if o.files+o.mails+o.faults+o.others == 0 {
		if !outcome.Waiting {
			fmt.Fprintln(o.stderr, "rapport: nothing is owed; "+next())
		}
		return
	}
	fmt.Fprintf(o.stderr, "rapport: %s, %s", counted(o.files, "file"), counted(o.mails, "mail"))
	if o.faults > 0 {
		fmt.Fprintf(o.stderr, ", %s", counted(o.faults, "fault"))
	}
	fmt.Fprintln(o.stderr)
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
