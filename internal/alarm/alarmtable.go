package alarm

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/text"
)

// An alarmLine is an alarm as --json shows it. Times are RFC 3339 in UTC; one that is not known is null.
type alarmLine struct {
	Type    string     `json:"type"` // alarm
	ID      int64      `json:"id"`
	Account string     `json:"account"`
	Kind    string     `json:"kind"`
	Subject string     `json:"subject"`
	Since   time.Time  `json:"since"`
	Told    *time.Time `json:"told"`
	Times   int        `json:"times"` // that it was told
	Again   *time.Time `json:"again"` // when it is told again
	Muted   *time.Time `json:"muted_until"`
	Text    string     `json:"text"`
}

// Write shows alarms that stand to a person, or as a JSON object per line.
func Write(w io.Writer, open []ledger.Alarm, zone *time.Location, asJSON bool) error {
	if !asJSON && len(open) == 0 {
		_, err := fmt.Fprintln(w, "none")
		return err
	}
	local := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format("2006-01-02 15:04")
	}
	rows := [][]string{{"ID", "KIND", "SINCE", "TOLD", "AGAIN", "MUTED UNTIL"}}
	var notes []string
	for _, one := range open {
		said, err := English(one, zone)
		if err != nil {
			return err
		}
		said = text.PrintableLine(said)
		if one.MutedUntil.After(one.Remind) && !one.Remind.IsZero() {
			one.Remind = one.MutedUntil
		}
		if asJSON {
			line := alarmLine{"alarm", one.ID, one.Account, one.Kind, one.Subject, one.Raised, orNull(one.Notified), one.Reminders, orNull(one.Remind), orNull(one.MutedUntil), said}
			if err := json.NewEncoder(w).Encode(line); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{fmt.Sprint(one.ID), one.Kind, local(one.Raised), local(one.Notified), local(one.Remind), local(one.MutedUntil)})
		notes = append(notes, said)
	}
	if asJSON {
		return nil
	}
	lines := text.AlignColumns(rows)
	for i, line := range lines {
		fmt.Fprintln(w, line)
		if i > 0 {
			fmt.Fprintln(w, "    "+strings.Join(text.WrapWords(notes[i-1], text.ScreenWidth-4), "\n    "))
		}
	}
	return nil
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
