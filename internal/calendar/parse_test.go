package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/calendar"
)

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct{ zone, name, from, to string }{
		{"Europe/Oslo", "2026-11-19", "2026-11-19T00:00:00+01:00", "2026-11-20T00:00:00+01:00"},
		{"Europe/Oslo", "2026-03-29", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"}, // 23 hours
		{"Europe/Oslo", "2026-10-25", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"}, // 25 hours
		{"Europe/Oslo", "2028-02-29", "2028-02-29T00:00:00+01:00", "2028-03-01T00:00:00+01:00"},
		{"Europe/Oslo", "2028-12-30", "2028-12-30T00:00:00+01:00", "2028-12-31T00:00:00+01:00"},
		{"Europe/Oslo", "2028-12-31", "2028-12-31T00:00:00+01:00", "2029-01-01T00:00:00+01:00"},
		{"Europe/Oslo", "2026-W47", "2026-11-16T00:00:00+01:00", "2026-11-23T00:00:00+01:00"},
		{"Europe/Oslo", "2026-W01", "2025-12-29T00:00:00+01:00", "2026-01-05T00:00:00+01:00"},
		{"Europe/Oslo", "2026-W53", "2026-12-28T00:00:00+01:00", "2027-01-04T00:00:00+01:00"},
		{"Europe/Oslo", "2026-W13", "2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{"Europe/Oslo", "2026-10", "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00"},
		{"Europe/Oslo", "2026-T1", "2026-01-01T00:00:00+01:00", "2026-03-01T00:00:00+01:00"},
		{"Europe/Oslo", "2026-T5", "2026-09-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00"},
		{"Europe/Oslo", "2026-T6", "2026-11-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"},
		{"Europe/Oslo", "2026-02-H1", "2026-02-01T00:00:00+01:00", "2026-02-16T00:00:00+01:00"},
		{"Europe/Oslo", "2028-02-H2", "2028-02-16T00:00:00+01:00", "2028-03-01T00:00:00+01:00"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"}, // no midnight
		{"Asia/Beirut", "2026-03-29", "2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00"},
		{"Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"},
		{"America/St_Johns", "2006-10-29", "2006-10-29T00:00:00-02:30", "2006-10-30T00:00:00-03:30"}, // two midnights
		{"Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"},     // the 30th was left out
	} {
		p, err := calendar.ParsePeriod(c.name, zone(t, c.zone))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if from, to := p.From.Format(time.RFC3339), p.To.Format(time.RFC3339); from != c.from || to != c.to || p.String() != c.name {
			t.Errorf("%s in %s is %s: %s to %s, want %s to %s", c.name, c.zone, p, from, to, c.from, c.to)
		}
	}
}

func TestParsePeriodRefusesWhatIsNoPeriod(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	for _, s := range []string{"", "2026", "2026-13", "2026-00", "2026-1", "26-11", "2026-11-31", "2026-02-29", "2026-11-0", "2026-11-1",
		"2026-W00", "2025-W53", "2026-W54", "2026-W7", "2026-w47", "2026W47", "2026-11-H0", "2026-11-H3", "2026-11-h1", "2026-H1",
		" 2026-11", "2026-11 ", "2026-11-19T00:00", "20261119", "2026/11/19", "0000-01", "0000-W01", "-001-01", "+2026-W1", "2026-W+1",
		"２０２６-11", "2026-T0", "2026-T7", "2026-t1", "2026-T", "0000-T1", "2026-T1 ", "2026-11-19..", "latest", "2026-11\x00"} {
		if p, err := calendar.ParsePeriod(s, oslo); err == nil {
			t.Errorf("ParsePeriod(%q) = %v", s, p)
		}
	}
	if p, err := calendar.ParsePeriod("2011-12-30", zone(t, "Pacific/Apia")); err == nil {
		t.Errorf("Apia had no 30 December 2011, got %v", p)
	}
}

func TestParsePeriodsReadsRanges(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	for _, c := range []struct {
		in   string
		of   calendar.Schedule
		want string
	}{
		{"2026-11-19", calendar.Monthly, "2026-11-19"}, // one period, whatever the schedule
		{"2026-12-30..2027-01-02", calendar.Daily, "2026-12-30 2026-12-31 2027-01-01 2027-01-02"},
		{"2026-W52..2027-W01", calendar.Weekly, "2026-W52 2026-W53 2027-W01"},
		{"2026-11..2026-11", calendar.Monthly, "2026-11"},
		{"2025-T6..2026-T2", calendar.VATTerm, "2025-T6 2026-T1 2026-T2"},
		{"2026-01-H2..2026-03-H1", calendar.TwiceAMonth, "2026-01-H2 2026-02-H1 2026-02-H2 2026-03-H1"},
	} {
		ps, err := calendar.Cycle{Schedule: c.of}.ParsePeriods(c.in, oslo)
		var got []string
		for _, p := range ps {
			got = append(got, p.String())
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" || err != nil {
			t.Errorf("%s of %s: %v (-want +got):\n%s", c.in, c.of, err, diff)
		}
	}
	for in, of := range map[string]calendar.Schedule{
		"2026-11-19..2026-11-18": calendar.Daily,
		"2026-11-19..2026-11-20": calendar.Weekly,
		"2026-11..2026-11-20":    calendar.Monthly,
		"..2026-11":              calendar.Monthly,
		"2026-10..":              calendar.Monthly,
		"2026-10...2026-11":      calendar.Monthly,
		"2026-10..2026-11..":     calendar.Monthly,
		"0001-01-01..9999-12-31": calendar.Daily,
		"2026-01-01..2028-09-27": calendar.Daily, // 1001
	} {
		if ps, err := (calendar.Cycle{Schedule: of}).ParsePeriods(in, oslo); err == nil {
			t.Errorf("%s of %s gives %d periods", in, of, len(ps))
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2026-11-19", "2026-W47", "2026-11", "2026-11-H1", "2026-11-H2", "2026-01..2026-03", "2011-12-30"} {
		f.Add(s, byte(0))
	}
	f.Fuzz(func(t *testing.T, s string, n byte) {
		zones := strangeZones()
		loc := zone(t, zones[int(n)%len(zones)])
		p, err := calendar.ParsePeriod(s, loc)
		if err == nil && (p.String() != s || !p.From.Before(p.To) || p.Schedule.Containing(p.From, loc) != p) {
			t.Errorf("%q in %s is %v: %v to %v", s, loc, p, p.From, p.To)
		}
		for _, of := range schedules() {
			ps, err := calendar.Cycle{Schedule: of}.ParsePeriods(s, loc)
			if err == nil && (len(ps) == 0 || len(ps) > 1000) {
				t.Errorf("%q gives %d periods", s, len(ps))
			}
		}
	})
}
