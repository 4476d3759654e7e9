// Package deliveries shows an operator what went to whom, and changes it as the operator says. It
// refuses to mail anybody whom the configuration does not name; it reads no flags, and asks by a function.
package deliveries

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/ledger"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// A View is the deliveries of a configuration's account, as an operator sees and changes them.
type View struct {
	Config         *reportconfig.Config
	Ledger         *ledger.Ledger // nil: there is none yet
	Stdout, Stderr io.Writer
	JSON           bool // an object per line
}

// A RefusedError is wrong use: it names what was asked for and cannot be.
type RefusedError struct{ why error }

func (e *RefusedError) Error() string { return e.why.Error() }

func refuse(format string, args ...any) error { return &RefusedError{fmt.Errorf(format, args...)} }

// A LedgerError is one of the ledger's; those that are neither this nor refused are of Stdout.
type LedgerError struct{ Err error }

func (e *LedgerError) Error() string { return e.Err.Error() }

func (e *LedgerError) Unwrap() error { return e.Err }

// PageSize is how many lines of each kind are shown unless all are asked for.
const PageSize = 100

// List shows the deliveries that a filter chooses, and the periods that were not made: a page, or all with page 0.
func (v View) List(ctx context.Context, filter ledger.Filter, page int) error {
	if page > 0 {
		filter.Limit, filter.Offset = PageSize+1, (page-1)*PageSize
	}
	rows, err := v.Ledger.Deliveries(ctx, filter)
	if err != nil {
		return &LedgerError{err}
	}
	var unmade []ledger.Period
	if filter.Recipient == "" {
		filter.Unmade = true // in the query, where the limit is: what was made must not fill it
		if unmade, err = v.Ledger.Periods(ctx, filter); err != nil {
			return &LedgerError{err}
		}
	}
	more := false
	if page > 0 {
		more = len(rows) > PageSize || len(unmade) > PageSize
		rows, unmade = rows[:min(len(rows), PageSize)], unmade[:min(len(unmade), PageSize)]
	}
	if v.JSON {
		err = writeJSON(v.Stdout, rows, unmade)
	} else {
		err = writeTable(v.Stdout, v.Config, rows, unmade)
	}
	if err == nil && more {
		fmt.Fprintf(v.Stderr, "rapport: page %d of %d each; --page %d goes on, --all shows all\n", page, PageSize, page+1)
	}
	return err
}

// writeTable is for a person: the deliveries, then the periods that were not made.
func writeTable(w io.Writer, config *reportconfig.Config, rows []ledger.Delivery, periods []ledger.Period) error {
	local := localTime(config)
	var out []string
	if len(rows) > 0 {
		table, details := [][]string{{"ID", "REPORT", "PERIOD", "RECIPIENT", "STATE", "WHEN", "TRIES"}}, []string{"ANSWER"}
		for _, d := range rows {
			table = append(table, []string{fmt.Sprint(d.ID), text.Limit(d.Report, 18), periodText(d.Period, correctionOf(d.Remake, d.Edition)), text.Limit(d.Recipient, 24), string(d.State), local(when(d)), fmt.Sprint(d.Attempts)})
			details = append(details, again(local(d.NextTry), d.Answer))
		}
		out = append(out, withDetails(table, details, func(i int) bool { return i == 0 || rows[i-1].State == ledger.Sent })...)
	}
	if len(periods) > 0 {
		if len(rows) > 0 {
			out = append(out, "")
		}
		table, details := [][]string{{"REPORT", "PERIOD", "STATE", "DUE", "TRIES"}}, []string{"WHY"}
		for _, p := range periods {
			table = append(table, []string{text.Limit(p.Report, 30), periodText(p.Name, correctionOf(p.Remake, p.Edition)), string(p.State), local(p.Due), fmt.Sprint(p.Attempts)})
			details = append(details, again(local(p.NextTry), p.Error))
		}
		out = append(out, withDetails(table, details, func(i int) bool { return i == 0 })...)
	}
	if len(out) == 0 {
		out = append(out, "nothing")
	}
	_, err := fmt.Fprintln(w, strings.Join(out, "\n"))
	return err
}

func localTime(config *reportconfig.Config) func(time.Time) string {
	return func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(config.Location).Format("2006-01-02 15:04")
	}
}

// again says when something is tried again, and what came of it until now.
func again(next, answer string) string {
	if next == "" {
		return answerText(answer)
	}
	return strings.TrimSuffix("again "+next+"; "+answerText(answer), "; ")
}

// withDetails makes lines of rows, each with its detail: behind it if there is room or it may be cut, else on the next line.
func withDetails(rows [][]string, details []string, cut func(i int) bool) (lines []string) {
	widest, aligned := 0, text.AlignColumns(rows)
	for _, line := range aligned {
		widest = max(widest, utf8.RuneCountInString(line))
	}
	for i, line := range aligned {
		detail := details[i]
		switch room := text.ScreenWidth - widest - 2; {
		case detail == "", cut(i) && room < utf8.RuneCountInString("ANSWER"):
		case utf8.RuneCountInString(detail) <= room || cut(i):
			line = text.Limit(line+strings.Repeat(" ", widest-utf8.RuneCountInString(line)+2)+detail, text.ScreenWidth)
		default:
			line += "\n" + strings.Repeat(" ", 6) + text.Limit(detail, text.ScreenWidth-6)
		}
		lines = append(lines, line)
	}
	return lines
}

// when is the instant at which a delivery came to its state.
func when(d ledger.Delivery) time.Time {
	switch {
	case !d.FinishedAt.IsZero():
		return d.FinishedAt
	case !d.LastTry.IsZero():
		return d.LastTry
	}
	return d.QueuedAt
}

// answerText is a server's answer, cut to what a table has room for.
func answerText(s string) string {
	const maxAnswer = 100
	return text.Limit(text.PrintableLine(s), maxAnswer)
}

// correctionOf is which correction of its period a row of the ledger is; 0: none.
func correctionOf(remake ledger.RemakeReason, edition int) int {
	if remake == ledger.Corrected {
		return edition
	}
	return 0
}

func periodText(name string, correction int) string {
	if correction == 0 {
		return name
	}
	return fmt.Sprintf("%s (correction %d)", name, correction)
}
