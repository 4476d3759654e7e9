package calendar_test

import (
	"strings"
	"testing"
	"time"

	"rapport/internal/calendar"
)

// easterSundays are those of 2024 to 2050, and three that are hard to reckon.
const easterSundays = `2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21 2031-04-13 2032-03-28
	2033-04-17 2034-04-09 2035-03-25 2036-04-13 2037-04-05 2038-04-25 2039-04-10 2040-04-01 2041-04-21 2042-04-06 2043-03-29
	2044-04-17 2045-04-09 2046-03-25 2047-04-14 2048-04-05 2049-04-18 2050-04-10 2076-04-19 1954-04-18 1981-04-19`

func date(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestHolidaysOfEachYear: all days of a year but the twelve of the law, which are fewer where
// two fall together.
func TestHolidaysOfEachYear(t *testing.T) {
	for _, text := range strings.Fields(easterSundays) {
		sunday := date(t, text)
		want := map[string]bool{}
		for _, days := range []int{-3, -2, 0, 1, 39, 49, 50} {
			want[sunday.AddDate(0, 0, days).Format(time.DateOnly)] = true
		}
		for _, fixed := range []string{"-01-01", "-05-01", "-05-17", "-12-25", "-12-26"} {
			want[text[:4]+fixed] = true
		}
		for d := date(t, text[:4]+"-01-01"); d.Year() == sunday.Year(); d = d.AddDate(0, 0, 1) {
			if calendar.IsHoliday(d) != want[d.Format(time.DateOnly)] {
				t.Errorf("%s: holiday %v", d.Format(time.DateOnly), calendar.IsHoliday(d))
			}
		}
	}
	if whit, constitution := date(t, "2027-03-28").AddDate(0, 0, 50), date(t, "2027-05-17"); !whit.Equal(constitution) || calendar.WorkingDays.Include(whit) {
		t.Error("in 2027 Whit Monday is 17 May")
	}
}

func TestBankDaysLackChristmasEveAndHaveNewYearsEve(t *testing.T) {
	for day, want := range map[string][2]bool{ // working, bank
		"2026-12-24": {true, false}, "2026-12-31": {true, true}, "2026-12-25": {false, false}, "2026-12-26": {false, false},
		"2026-04-01": {true, true}, "2026-04-02": {false, false}, "2026-04-04": {false, false}, "2026-04-06": {false, false}, "2026-04-07": {true, true},
		"2026-05-14": {false, false}, "2026-05-25": {false, false}, "2026-11-21": {false, false}, "2026-11-23": {true, true},
		"2027-12-24": {true, false}, "2022-12-24": {false, false},
	} {
		d := date(t, day)
		if got := [2]bool{calendar.WorkingDays.Include(d), calendar.BankDays.Include(d)}; got != want {
			t.Errorf("%s: working, bank: %v, want %v", day, got, want)
		}
	}
	working, bank := 0, 0
	for d := date(t, "2026-12-01"); d.Month() == time.December; d = d.AddDate(0, 0, 1) {
		if calendar.WorkingDays.Include(d) {
			working++
		}
		if calendar.BankDays.Include(d) {
			bank++
		}
	}
	if working != 22 || bank != 21 {
		t.Errorf("December 2026 has %d working and %d bank days, want 22 and 21", working, bank)
	}
}

// TestDueOnAWorkingDay: the first, third, fifth and last of a month, for the report of the
// month before.
func TestDueOnAWorkingDay(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	for month, want := range map[string]string{
		"2026-04": "1 8 10 30", "2026-05": "4 6 8 29", "2027-01": "4 6 8 29", "2027-03": "1 3 5 31", "2027-05": "3 5 10 31", "2026-12": "1 3 7 31",
	} {
		p := parse(t, month, oslo).Previous()
		var got []string
		for _, n := range []int{1, 3, 5, -1} {
			due := calendar.Timing{Cycle: calendar.Cycle{Schedule: calendar.Monthly}, At: calendar.TimeOfDay{Hour: 8}, Workday: n, Days: calendar.WorkingDays}.Due(p)
			if due.Format("2006-01") != month || due.Format("15:04") != "08:00" {
				t.Errorf("%s, working day %d: due %s", month, n, due)
			}
			got = append(got, due.Format("2"))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %s, want %s", month, text, want)
		}
	}
	for _, c := range []struct {
		period string
		timing calendar.Timing
		due    string
	}{
		{"2026-11-19", calendar.Timing{Workday: 1, Days: calendar.WorkingDays}, "2026-11-20"}, // the `to` day itself
		{"2026-11-20", calendar.Timing{Workday: 1, Days: calendar.WorkingDays}, "2026-11-23"}, // a Saturday: Monday
		{"2026-12-23", calendar.Timing{Workday: 1, Days: calendar.WorkingDays}, "2026-12-24"},
		{"2026-12-23", calendar.Timing{Workday: 1, Days: calendar.BankDays}, "2026-12-28"},
		{"2026-12", calendar.Timing{Workday: 1, Days: calendar.BankDays}, "2027-01-04"},
		{"2026-11", calendar.Timing{Workday: -1, Days: calendar.BankDays}, "2026-12-31"},
		{"2026-T1", calendar.Timing{Workday: 20, Days: calendar.WorkingDays}, "2026-03-27"},
		{"2026-W12", calendar.Timing{Workday: -1, Days: calendar.WorkingDays}, "2026-03-31"},
		{"2026-05-30", calendar.Timing{Workday: -1, Days: calendar.WorkingDays}, "2026-06-01"}, // the last of May was before its end
		{"2026-03-28", calendar.Timing{At: calendar.TimeOfDay{Hour: 2, Minute: 30}, Workday: 1, Days: calendar.WorkingDays}, "2026-03-30"},
	} {
		p := parse(t, c.period, oslo)
		if got := c.timing.Due(p); got.Format(time.DateOnly) != c.due || got.Before(p.To) {
			t.Errorf("%s, working day %d of %s days: due %s, want %s", c.period, c.timing.Workday, c.timing.Days, got, c.due)
		}
	}
}

// TestVATTermsAndTheirDeadlines of three years, as the tax office moves them off weekends.
func TestVATTermsAndTheirDeadlines(t *testing.T) {
	for year, want := range map[int]string{
		2026: "2026-04-10 2026-06-10 2026-08-31 2026-10-12 2026-12-10 2027-02-10",
		2027: "2027-04-12 2027-06-10 2027-08-31 2027-10-11 2027-12-10 2028-02-10",
		2028: "2028-04-10 2028-06-12 2028-08-31 2028-10-10 2028-12-11 2029-02-12",
	} {
		var got []string
		for month := time.January; month <= time.December; month++ {
			d := time.Date(year, month, 15, 0, 0, 0, 0, time.UTC)
			if term := calendar.VATTermOf(d); term != (int(month)+1)/2 {
				t.Errorf("%s lies in term %d", d, term)
			}
			if month%2 == 0 {
				got = append(got, calendar.VATDeadline(d).Format(time.DateOnly))
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%d: %s\nwant  %s", year, text, want)
		}
	}
}
