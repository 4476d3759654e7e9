// Package runoutput prints what a run does: a line, or a JSON object, per file and per delivery. It
// refuses to know what is owed, and decides nothing: exit codes are its caller's.
package runoutput

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

// An Output prints a line per file and per delivery as they happen, and on stderr what went
// wrong.
type Output struct {
	Stdout, Stderr io.Writer
	StderrAt       func(slog.Level) io.Writer // stderr for a line that has a level
	JSON, Quiet    bool
	ClearBar       func()

	files, mails, faults, others int // lines of each kind
	err                          error
}

// Err is the first error of stdout.
func (o *Output) Err() error { return o.err }

// Left tells whether anything was made or sent.
func (o *Output) Left() bool { return o.files+o.mails > 0 }

// Event prints what happened.
func (o *Output) Event(e builder.Event) {
	if o.Quiet && e.Known {
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
	o.ClearBar()
	if e.Error != "" {
		fmt.Fprintln(o.StderrAt(e.LogLevel()), "rapport: "+e.Error)
	}
	if o.err != nil {
		return
	}
	if o.JSON {
		o.err = json.NewEncoder(o.Stdout).Encode(e)
		return
	}
	_, o.err = fmt.Fprintln(o.Stdout, eventLine(e))
}

// eventLine is an event for people: "oslo-daily 2026-11-19  sent to regnskap@fjordfisk.no".
func eventLine(e builder.Event) string {
	head := e.Report + " " + e.Period + "  "
	text := e.State
	if e.Recipient != "" {
		text += " to " + e.Recipient
	}
	if e.Path != "" {
		text += "  " + ShortPath(e.Path)
	}
	return head + text
}

// ShortPath is a path as the user would type it from here.
func ShortPath(path string) string {
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

// Summary says on stderr what came of the run; next is what is due next.
func (o *Output) Summary(next func() string, outcome builder.Outcome) {
	if outcome.Held > 0 {
		defer fmt.Fprintf(o.StderrAt(slog.LevelError), "rapport: %s held until you say what to do: rapport deliveries --state held\n", Counted(outcome.Held, "mail"))
	}
	if o.files+o.mails+o.faults+o.others == 0 {
		if !outcome.Waiting {
			fmt.Fprintln(o.Stderr, "rapport: nothing is owed; "+next())
		}
		return
	}
	fmt.Fprintf(o.Stderr, "rapport: %s, %s", Counted(o.files, "file"), Counted(o.mails, "mail"))
	if o.faults > 0 {
		fmt.Fprintf(o.Stderr, ", %s", Counted(o.faults, "fault"))
	}
	fmt.Fprintln(o.Stderr)
}

// Counted is a number of things, in words.
func Counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
