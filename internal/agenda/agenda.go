// Package agenda knows what comes due in the next days, and writes it as a calendar that other
// programs subscribe to (iCalendar, RFC 5545). It refuses to name anybody: a link to a calendar is read
// by programs that nobody has signed in with.
package agenda

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/calendar"
	"rapport/reportconfig"
)

// A Due is a period of a report, and when it is due.
type Due struct {
	Report *reportconfig.Report
	Period calendar.Period
	At     time.Time
}

// Upcoming is what comes due until an instant, the first first; of reports that are paused nothing does.
func Upcoming(reports []reportconfig.Report, now, until time.Time, zone *time.Location, most int) (all []Due) {
	for i := range reports {
		r := &reports[i]
		if r.Paused {
			continue
		}
		timing := r.Timing()
		for p := timing.Latest(now, zone).Next(); timing.Due(p).Before(until) && len(all) < most; p = p.Next() {
			all = append(all, Due{r, p, timing.Due(p)})
		}
	}
	slices.SortStableFunc(all, func(a, b Due) int { return a.At.Compare(b.At) })
	return all
}

// Sign is what makes a link to an account's calendar in a language one.
func Sign(key []byte, account, language string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(account + "\x00" + language))
	return hex.EncodeToString(m.Sum(nil))
}

// An Event is one in a calendar. ID is its own for good, in whatever calendar it stands.
type Event struct {
	ID, Summary string
	At          time.Time
}

// Write writes a calendar, as it is at an instant.
func Write(w io.Writer, name string, at time.Time, events []Event) error {
	out := bufio.NewWriter(w)
	line := func(name, value string) {
		for text := name + ":" + value; ; text = " " + text {
			end := min(len(text), 75) // bytes of a line
			for end < len(text) && !utf8.RuneStart(text[end]) {
				end--
			}
			_, _ = out.WriteString(text[:end] + "\r\n") // Flush tells
			if text = text[end:]; text == "" {
				return
			}
		}
	}
	const instant = "20060102T150405Z"
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Rapport//Rapport//EN")
	line("X-WR-CALNAME", escaped(name))
	line("REFRESH-INTERVAL;VALUE=DURATION", "PT6H")
	for _, e := range events {
		sum := sha256.Sum256([]byte(e.ID))
		line("BEGIN", "VEVENT")
		line("UID", hex.EncodeToString(sum[:16])+"@rapport")
		line("DTSTAMP", at.UTC().Format(instant))
		line("DTSTART", e.At.UTC().Format(instant))
		line("SUMMARY", escaped(e.Summary))
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return out.Flush()
}

func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r", "", "\n", `\n`).Replace(s)
}
