package report

import (
	"slices"
	"testing"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

// TestEveryTotalHasAName: what the data types count, the ledger has a word for.
func TestEveryTotalHasAName(t *testing.T) {
	for _, data := range []reportconfig.Data{reportconfig.Transactions{}, reportconfig.Open{}, reportconfig.Orders{}, reportconfig.Wallets{}} {
		k, err := Define(paymenttest.Report(data, "en"), paymenttest.Period(t, "2026-11-19"), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range k.Layout().Measures {
			if most := slices.Max(m.Of); most >= len(k.Layout().Ledgered) {
				t.Errorf("%s: measure %d of %s has no name", data.DataType(), most, m.Head)
			}
		}
	}
}

// TestAnHourEndsWhereTheClockChanges: rows of one hour are named once, and never by the
// hour before.
func TestAnHourEndsWhereTheClockChanges(t *testing.T) {
	for zone, around := range map[string]string{
		"Europe/Oslo": "2026-10-25T01:00:00Z", "Australia/Lord_Howe": "2026-04-04T15:00:00Z", "Asia/Kathmandu": "2026-01-01T00:00:00Z", "America/St_Johns": "2026-03-08T05:30:00Z",
	} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		totals, period := NewTotals(), paymenttest.Period(t, "2026-10-25")
		for minute := -400; minute < 400; minute += 7 {
			when := paymenttest.At(t, around).Add(time.Duration(minute) * time.Minute).In(loc)
			var p groupKeys
			totals.addTime(&p, period, when)
			if p[PerDay].name != when.Format(calendar.DayLayout) || p[PerHour].name != when.Format(calendar.HourLayout) {
				t.Errorf("%s is counted in hour %s of %s", when, p[PerHour].name, p[PerDay].name)
			}
		}
	}
}

// TestTheHoursOfADayThatStartsWithinOneBeginAsItDoes: else its first and last minutes have one name.
func TestTheHoursOfADayThatStartsWithinOneBeginAsItDoes(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	cycle := calendar.Cycle{Schedule: calendar.Daily, DayStarts: calendar.TimeOfDay{Hour: 4, Minute: 30}}
	for _, date := range []string{"2026-11-19", "2026-03-28", "2026-10-24"} { // and where the clock changes within it
		period, err := cycle.ParsePeriod(date, oslo)
		if err != nil {
			t.Fatal(err)
		}
		totals := NewTotals()
		for at := period.From; at.Before(period.To); at = at.Add(10 * time.Minute) {
			begins := period.From.Add(at.Sub(period.From).Truncate(time.Hour))
			var p groupKeys
			totals.addTime(&p, period, at)
			if p[PerDay].name != date || p[PerHour].name != begins.Format(calendar.HourLayout) {
				t.Errorf("%s: %s is counted in hour %s of %s, want %s", date, at, p[PerHour].name, p[PerDay].name, begins.Format(calendar.HourLayout))
			}
		}
	}
}
