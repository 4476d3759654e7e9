package planner_test

import (
	"strings"
	"testing"

	"rapport/internal/calendar"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// A night belongs to the day before it, and no sale to two reports or to none.
func TestANightBelongsToTheDayBeforeIt(t *testing.T) {
	sale := func(id, when string, amount int64) payment.Transaction {
		tx := paymenttest.Captured(t, id, amount)
		tx.Events = []payment.Event{paymenttest.Event(t, payment.EventCapture, when, amount)}
		return tx
	}
	source := paymenttest.Source{Sales: []payment.Transaction{
		sale("evening", "2026-11-18T23:30:00+01:00", 100), sale("night", "2026-11-19T03:59:59+01:00", 1000),
		sale("morning", "2026-11-19T04:00:00+01:00", 10000), sale("late", "2026-11-20T02:00:00+01:00", 100000), sale("next", "2026-11-20T04:00:00+01:00", 1000000),
	}}
	for _, schedule := range []calendar.Schedule{calendar.Daily, calendar.Weekly} {
		rep := paymenttest.Mailed("a@x.no")
		rep.Schedule, rep.DayStarts = schedule, calendar.TimeOfDay{Hour: 4}
		rep.ContentTypes = []reportconfig.ContentType{reportconfig.CSV, reportconfig.PDF}
		s := shoptest.New(t, source, rep)
		if schedule == calendar.Weekly {
			s.Days(3)
		}
		s.Run()
		period, sum := "2026-11-19", "1100,00"
		if schedule == calendar.Weekly {
			period, sum = "2026-W47", "11111,00"
		}
		if got := shoptest.SumOf(t, s.Archived(period)["csv"], "Netto"); got != sum {
			t.Errorf("%s: %s, want %s", period, got, sum)
		}
		text := shoptest.PdfText(t, s.Archived(period)["pdf"])
		for _, want := range []string{"04:00 – 2", "torsdag 19. november 2026"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the PDF lacks %q:\n%s", period, want, text)
			}
		}
		if schedule == calendar.Weekly && strings.Contains(text, "mandag 23. november") {
			t.Error("a day of the next week is in the PDF")
		}
	}
}

// Due on the next working day, three days at once: none is skipped.
func TestReportsOfAWeekendAreDueOnMonday(t *testing.T) {
	rep := paymenttest.Mailed("a@x.no")
	rep.Workday = 1
	s := shoptest.New(t, shoptest.FourThursdays(t), rep)
	s.Run() // Friday: of Thursday
	sent := []string{s.Sent()}
	for range 3 {
		s.Days(1)
		s.Run()
		sent = append(sent, s.Sent())
	}
	if got, want := strings.Join(sent, " | "), "2026-11-19 a@x.no |  |  | 2026-11-20 a@x.no, 2026-11-21 a@x.no, 2026-11-22 a@x.no"; got != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
}
