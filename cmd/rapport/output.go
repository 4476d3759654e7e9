package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"rapport/internal/builder"
	"rapport/internal/ledger"
)

// output prints a line per file and per delivery as they happen, and says on stderr what
// went wrong. The first error of the writer is kept.
type output struct {
	w, stderr            io.Writer
	json                 bool
	before               func() // takes the progress bar off the screen
	files, mails, faults int
	others               int // lines that are none of these
	err                  error
}

func (o *output) event(e builder.Event) {
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
	o.before()
	if e.Error != "" {
		fmt.Fprintln(o.stderr, "rapport: "+e.Error)
	}
	if o.err != nil {
		return
	}
	if o.json {
		o.err = json.NewEncoder(o.w).Encode(e)
		return
	}
	_, o.err = fmt.Fprintln(o.w, line(e))
}

// line is an event for people: "oslo-daily 2026-11-19  sent to regnskap@fjordfisk.no".
func line(e builder.Event) string {
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
	if err != nil {
		return path
	}
	short, err := filepath.Rel(here, path)
	if err != nil || strings.HasPrefix(short, "..") {
		return path
	}
	return short
}

// summary says on stderr what came of the run.
func (o *output) summary(w io.Writer, next func() string, outcome builder.Outcome) {
	if outcome.Held > 0 {
		defer fmt.Fprintf(w, "rapport: %s held until you say what to do: rapport deliveries --state held\n", counted(outcome.Held, "mail"))
	}
	if o.files+o.mails+o.faults+o.others == 0 {
		if !outcome.Waiting {
			fmt.Fprintln(w, "rapport: nothing is owed; "+next())
		}
		return
	}
	fmt.Fprintf(w, "rapport: %s, %s", counted(o.files, "file"), counted(o.mails, "mail"))
	if o.faults > 0 {
		fmt.Fprintf(w, ", %s", counted(o.faults, "fault"))
	}
	fmt.Fprintln(w)
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
