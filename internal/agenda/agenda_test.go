package agenda_test

import (
	"strings"
	"testing"
	"time"

	"rapport/internal/agenda"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func TestTheFirstComesFirst(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Oslo")
	paymenttest.Must(t, err)
	late, early, resting := *paymenttest.Mailed("a@x.no"), *paymenttest.Mailed("a@x.no"), *paymenttest.Mailed("a@x.no")
	late.ID, early.ID, resting.ID = "late", "early", "resting"
	late.At.Hour, early.At.Hour, resting.Paused = 20, 5, true
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	var said []string
	for _, d := range agenda.Upcoming([]reportconfig.Report{late, early, resting}, now, now.AddDate(0, 0, 2), zone, 10) {
		said = append(said, d.Report.ID+" "+d.Period.String()+" "+d.At.UTC().Format("02 15:04"))
	}
	if got := strings.Join(said, ", "); got != "late 2026-11-19 20 19:00, early 2026-11-20 21 04:00, late 2026-11-20 21 19:00, early 2026-11-21 22 04:00" {
		t.Errorf("%s", got)
	}
	if all := agenda.Upcoming([]reportconfig.Report{early}, now, now.AddDate(1, 0, 0), zone, 10); len(all) != 10 {
		t.Errorf("%d, at most 10", len(all))
	}
}

func TestACalendarIsOneThatOthersRead(t *testing.T) {
	at := time.Date(2026, 11, 20, 6, 0, 0, 0, time.FixedZone("", 3600))
	name := "Dagsoppgjør; Oslo, \\ 1\nog " + strings.Repeat("å", 60)
	var out strings.Builder
	paymenttest.Must(t, agenda.Write(&out, "Fjord, fisk", at, []agenda.Event{{"a", name, at}, {"b", "x", at}}))
	text := out.String()
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !strings.HasPrefix(line, " ") && !strings.Contains(line, ":") {
			t.Errorf("the line %q", line)
		}
	}
	whole := strings.ReplaceAll(text, "\r\n ", "")
	for _, part := range []string{"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", `X-WR-CALNAME:Fjord\, fisk`, `SUMMARY:Dagsoppgjør\; Oslo\, \\ 1\nog ` + strings.Repeat("å", 60) + "\r\n", "DTSTART:20261120T050000Z\r\n", "END:VEVENT\r\nEND:VCALENDAR\r\n"} {
		if !strings.Contains(whole, part) {
			t.Errorf("it does not have %q: %s", part, whole)
		}
	}
	if strings.Count(whole, "UID:") != 2 || strings.Count(whole, strings.SplitN(whole[strings.Index(whole, "UID:"):], "\r\n", 2)[0]) != 1 {
		t.Error("the two are one")
	}
	if a := agenda.Sign([]byte("k"), "T1", "no"); a == agenda.Sign([]byte("k"), "T1", "en") || a == agenda.Sign([]byte("l"), "T1", "no") {
		t.Error("one signature for two calendars")
	}
}
