package machines

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/text"
)

// A line is a process as --json shows it, or a machine that has none. Times are RFC 3339 in UTC
// by the ledger's clock; what is not known is null.
type line struct {
	Type       string     `json:"type"` // process, or machine
	Machine    string     `json:"machine"`
	Host       *string    `json:"host"`
	Process    *string    `json:"process"`
	PID        *int       `json:"pid"`
	State      *State     `json:"state"`
	Since      *time.Time `json:"since"`
	Heartbeat  *time.Time `json:"heartbeat"`
	ClockAhead *float64   `json:"clock_ahead_seconds"`
	Periods    int        `json:"periods"`
	Deliveries int        `json:"deliveries"`
	Sending    int        `json:"sending"`
	Alarms     int        `json:"alarms"`
	Configs    []string   `json:"configs"`
	Noted      *time.Time `json:"noted"`
}

// A Request is what a person asks of the machines of an account's ledger.
type Request struct {
	Account string
	End     string // the process that is to end; "": none
	Now     time.Time
	Zone    *time.Location
	JSON    bool
}

// Show ends the process that is to end, and shows all: what was taken to asides. It tells the
// worst state of a process.
func Show(ctx context.Context, l *ledger.Ledger, r Request, w, asides io.Writer) (worst State, err error) {
	if r.End != "" {
		freed, err := End(ctx, l, r.Account, r.End, r.Now)
		if err != nil {
			return "", err
		}
		if _, err := fmt.Fprintf(asides, "rapport: free again: %d periods, %d messages, %d of them uncertain\n", freed.Periods, freed.Deliveries, len(freed.Uncertain)); err != nil {
			return "", err
		}
	}
	all, err := List(ctx, l, r.Account, r.Now)
	if err != nil {
		return "", err
	}
	return Write(w, all, r.Zone, r.JSON)
}

// Write shows machines to a person, or as a JSON object per line, and tells the worst state of a
// process among them.
func Write(w io.Writer, all []Machine, zone *time.Location, asJSON bool) (worst State, err error) {
	worst = Alive
	for _, m := range all {
		for _, p := range m.Processes {
			if rank(p.State) > rank(worst) {
				worst = p.State
			}
		}
	}
	if asJSON {
		return worst, writeJSON(w, all)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, "none")
		return worst, err
	}
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05") }
	rows := [][]string{{"MACHINE", "PROCESS", "STATE", "SINCE", "SIGN OF LIFE", "CLOCK", "HOLDS"}}
	for _, m := range all {
		name := cmp.Or(text.PrintableLine(m.Host), short(m.ID), "?")
		for _, p := range m.Processes {
			rows = append(rows, []string{name, short(p.ID), string(p.State), at(p.Started)[:16], p.Silent.Round(time.Second).String() + " ago", signed(p.ClockAhead), p.holds()})
		}
		if len(m.Processes) == 0 {
			rows = append(rows, []string{name, "–", "none", "", "", "", "its reports were noted " + at(m.Noted)[:16]})
		}
	}
	for _, l := range text.AlignColumns(rows) {
		if _, err := fmt.Fprintln(w, l); err != nil {
			return worst, err
		}
	}
	return worst, nil
}

func writeJSON(w io.Writer, all []Machine) error {
	out := json.NewEncoder(w)
	for _, m := range all {
		l := line{Type: "machine", Machine: m.ID, Configs: slices.Concat([]string{}, m.Configs), Noted: orNull(m.Noted)}
		if m.Host != "" {
			l.Host = &m.Host
		}
		if len(m.Processes) == 0 {
			if err := out.Encode(l); err != nil {
				return err
			}
		}
		for _, p := range m.Processes {
			ahead := p.ClockAhead.Seconds()
			l.Type, l.Process, l.PID, l.State, l.Since, l.Heartbeat, l.ClockAhead = "process", &p.ID, &p.PID, &p.State, &p.Started, &p.Heartbeat, &ahead
			l.Periods, l.Deliveries, l.Sending, l.Alarms = p.Periods, p.Deliveries, p.Sending, p.Alarms
			if err := out.Encode(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// Endable are the processes that End takes, with what a person knows them by.
func Endable(ctx context.Context, l *ledger.Ledger, account string, now time.Time) map[string]string {
	ids := map[string]string{}
	all, _ := List(ctx, l, account, now) // what cannot be read is not offered
	for _, m := range all {
		for _, p := range m.Processes {
			if p.State == Dead || p.State == Mute {
				ids[p.ID] = fmt.Sprintf("%s, process %d on %s", p.State, p.PID, p.Host)
			}
		}
	}
	return ids
}

func (p Process) holds() string {
	var parts []string
	for _, h := range []struct {
		n         int
		one, many string
	}{{p.Periods, "period", "periods"}, {p.Deliveries, "message", "messages"}, {p.Sending, "on its way", "on their way"}, {p.Alarms, "alarm", "alarms"}} {
		if h.n == 1 {
			parts = append(parts, "1 "+h.one)
		} else if h.n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", h.n, h.many))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing")
}

func rank(s State) int { return slices.Index([]State{Alive, Suspect, Dead, Mute}, s) }

// short is as much of an id as a person needs.
func short(id string) string { return id[:min(8, len(id))] }

func signed(d time.Duration) string { return fmt.Sprintf("%+.1fs", d.Seconds()) }

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
