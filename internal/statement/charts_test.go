package statement

import (
	"testing"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/report"
)

func TestEachDayIsOnceOnTheAxisOfAChart(t *testing.T) {
	for zone, week := range map[string]string{"Europe/Oslo": "2026-03-23", "America/Santiago": "2026-08-31", "Africa/Cairo": "2026-04-20", "America/Havana": "2026-03-02", "Asia/Beirut": "2026-03-23"} {
		where, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		monday, err := time.ParseInLocation(calendar.DayLayout, week, where)
		if err != nil {
			t.Fatal(err)
		}
		p := calendar.Weekly.Containing(monday.Add(84*time.Hour), where)
		var days []string
		for _, noon := range p.Noons() {
			if day := noon.Format(calendar.DayLayout); len(days) == 0 || days[len(days)-1] != day {
				days = append(days, day)
			} else {
				t.Errorf("%s: %s comes twice", zone, day)
			}
		}
		if len(days) != 7 {
			t.Errorf("%s: %v", zone, days)
		}
	}
	apia, err := time.LoadLocation("Pacific/Apia")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(calendar.Monthly.Containing(time.Date(2011, 12, 5, 12, 0, 0, 0, apia), apia).Noons()); n != 30 {
		t.Errorf("December 2011 had 30 days in Apia, not %d", n)
	}
}

// TestAnHourThatComesTwiceIsOnceOnTheAxis: the clock is set back in its middle.
func TestAnHourThatComesTwiceIsOnceOnTheAxis(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	fs := &Figures{Words: norwegian(t), Totals: &report.Totals{}}
	fs.Totals.Groups[report.PerHour] = map[report.Group]*report.Sums{{Name: "02", Code: "NOK"}: {}}
	for day, hours := range map[string]int{"2026-10-25": 24, "2026-10-26": 24, "2026-03-29": 23} {
		at, err := time.ParseInLocation(calendar.DayLayout, day, oslo)
		if err != nil {
			t.Fatal(err)
		}
		_, _, ticks := fs.axis(calendar.Daily.Containing(at.Add(12*time.Hour), oslo))
		if len(ticks) != hours {
			t.Errorf("%s has %d hours, want %d: %v", day, len(ticks), hours, ticks)
		}
	}
}

// TestTheHoursOfADayThatStartsWithinOneAreToldWithMinutes: the first is not the last.
func TestTheHoursOfADayThatStartsWithinOneAreToldWithMinutes(t *testing.T) {
	period, err := calendar.Cycle{Schedule: calendar.Daily, DayStarts: calendar.TimeOfDay{Hour: 4, Minute: 30}}.ParsePeriod("2026-11-19", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	fs := &Figures{Words: norwegian(t), Totals: &report.Totals{}}
	fs.Totals.Groups[report.PerHour] = map[report.Group]*report.Sums{{Name: "04", Code: "NOK"}: {}}
	_, _, ticks := fs.axis(period)
	if len(ticks) != 24 || ticks[0] != (axisTick{"04", "04:30"}) || ticks[23] != (axisTick{"03", "03:30"}) {
		t.Errorf("%v", ticks)
	}
}
