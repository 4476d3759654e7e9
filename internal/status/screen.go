package status

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"rapport/internal/text"
)

// Overdue is how many reports are late.
func (s *Status) Overdue() (n int) {
	for _, r := range s.Reports {
		if len(r.Late) > 0 {
			n++
		}
	}
	return n
}

// sentence says it all in one: what is wrong, else what comes next.
func (s *Status) sentence(zone *time.Location, begun bool) string {
	waiting, held, alarms := 0, 0, 0
	for _, m := range s.Messages {
		switch {
		case m.State == "held":
			held++
		case m.Level > OK:
			waiting++
		}
	}
	for _, a := range s.Alarms {
		if a.Level > OK {
			alarms++
		}
	}
	var parts []string
	add := func(n int, one, many string) {
		if n == 1 {
			parts = append(parts, "1 "+one)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", n, many))
		}
	}
	if !begun {
		parts = append(parts, "nothing was made yet")
	}
	add(s.Overdue(), "report is late", "reports are late")
	add(waiting, "message waits", "messages wait")
	add(held, "message waits for you", "messages wait for you")
	add(alarms, "alarm is open", "alarms are open")
	if len(parts) > 0 {
		return strings.ToUpper(parts[0][:1]) + strings.Join(parts, ", ")[1:] + "."
	}
	if next := s.next(); next != nil {
		return fmt.Sprintf("All is well. Next: %s %s, due %s.", next.ID, next.NextPeriod, local(next.NextDue, zone))
	}
	return "All is well."
}

// next is the report that is due first.
func (s *Status) next() (next *Report) {
	for i := range s.Reports {
		if !s.Reports[i].Paused && (next == nil || s.Reports[i].NextDue.Before(next.NextDue)) {
			next = &s.Reports[i]
		}
	}
	return next
}

const (
	width    = 100 // columns of a screen
	longList = 10  // rows of a list that has no end
)

// Write writes a screen for a person. Times are those of zone.
func (s *Status) Write(w io.Writer, zone *time.Location) error {
	out := &strings.Builder{}
	rows := [][]string{{"REPORT", "LAST SENT", "NEXT DUE", "PERIOD", "STATE"}}
	for _, r := range s.Reports {
		state, due, period := "in time", local(r.NextDue, zone), r.NextPeriod
		if r.Paused {
			state, due, period = "paused", "-", "-"
		}
		if n := len(r.Late); n > 0 {
			state = fmt.Sprintf("late since %s", local(r.Late[0].Due, zone))
		}
		rows = append(rows, []string{text.Limit(r.ID, 30), localOr(r.LastSuccess, zone), due, period, state})
	}
	table(out, rows)
	s.writeLate(out, zone)
	s.writeMessages(out, zone)
	s.writeAlarms(out, zone)
	_, err := io.WriteString(w, out.String())
	return err
}

func (s *Status) writeLate(out *strings.Builder, zone *time.Location) {
	rows := [][]string{{"LATE", "PERIOD", "DUE", "TRIES", "WHY"}}
	for _, r := range s.Reports {
		for _, l := range r.Late {
			rows = append(rows, []string{text.Limit(r.ID, 30), l.Period, local(l.Due, zone), fmt.Sprint(l.Attempts), l.Why})
		}
	}
	section(out, rows, "rapport deliveries CONFIG --state owed")
}

func (s *Status) writeMessages(out *strings.Builder, zone *time.Location) {
	rows := [][]string{{"WAITING", "REPORT", "TO", "STATE", "NEXT TRY", "ANSWER"}}
	for _, m := range s.Messages {
		rows = append(rows, []string{fmt.Sprint(m.ID), text.Limit(m.Report+" "+m.Period, 30), text.Limit(m.Recipient, 24), m.State, localOr(m.NextTry, zone), m.Answer})
	}
	section(out, rows, "rapport deliveries CONFIG")
}

func (s *Status) writeAlarms(out *strings.Builder, zone *time.Location) {
	rows := [][]string{{"ALARM", "SINCE", "TOLD", "TEXT"}}
	for _, a := range s.Alarms {
		rows = append(rows, []string{a.Kind, local(a.Since, zone), localOr(a.Told, zone), a.Text})
	}
	section(out, rows, "rapport status CONFIG --json")
}

// section writes a table under an empty line, if it has rows; a long one is cut, and more shows the rest.
func section(out *strings.Builder, rows [][]string, more string) {
	if len(rows) == 1 {
		return
	}
	out.WriteString("\n")
	left := len(rows) - 1 - longList
	table(out, rows[:min(len(rows), 1+longList)])
	if left > 0 {
		fmt.Fprintf(out, "  … %d more: %s\n", left, more)
	}
}

// table writes rows in columns, the last of which is cut where the screen ends.
func table(out *strings.Builder, rows [][]string) {
	var aligned strings.Builder
	columns := tabwriter.NewWriter(&aligned, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(columns, "  %s\n", strings.Join(row, "\t"))
	}
	_ = columns.Flush() // into memory
	for line := range strings.Lines(aligned.String()) {
		out.WriteString(strings.TrimRight(text.Limit(strings.TrimSuffix(line, "\n"), width), " ") + "\n")
	}
}

func local(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02 15:04") }

func localOr(t *time.Time, zone *time.Location) string {
	if t == nil {
		return "-"
	}
	return local(*t, zone)
}
