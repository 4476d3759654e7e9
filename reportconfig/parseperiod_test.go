package reportconfig_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/reportconfig"
)

func TestWhatIsNoPeriod(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	for _, s := range []string{"", "2026", "2026-13", "2026-00", "2026-1", "26-11", "2026-11-31", "2026-02-29", "2026-11-0", "2026-11-1",
		"2026-W00", "2025-W53", "2026-W54", "2026-W7", "2026-w47", "2026W47", "2026-11-H0", "2026-11-H3", "2026-11-h1", "2026-H1",
		" 2026-11", "2026-11 ", "2026-11-19T00:00", "20261119", "2026/11/19", "0000-01", "0000-W01", "-001-01", "+2026-W1", "2026-W+1",
		"２０２６-11", "2026-11-19..", "latest", "2026-11\x00"} {
		if p, err := reportconfig.ParsePeriod(s, oslo); err == nil {
			t.Errorf("ParsePeriod(%q) = %v", s, p)
		}
	}
	if p, err := reportconfig.ParsePeriod("2011-12-30", zone(t, "Pacific/Apia")); err == nil {
		t.Errorf("Apia had no 30 December 2011, got %v", p)
	}
}

func TestRangesOfPeriods(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	for _, c := range []struct {
		in   string
		of   reportconfig.Schedule
		want string
	}{
		{"2026-11-19", reportconfig.Monthly, "2026-11-19"}, // one period, whatever the schedule
		{"2026-12-30..2027-01-02", reportconfig.Daily, "2026-12-30 2026-12-31 2027-01-01 2027-01-02"},
		{"2026-W52..2027-W01", reportconfig.Weekly, "2026-W52 2026-W53 2027-W01"},
		{"2026-11..2026-11", reportconfig.Monthly, "2026-11"},
		{"2026-01-H2..2026-03-H1", reportconfig.TwiceAMonth, "2026-01-H2 2026-02-H1 2026-02-H2 2026-03-H1"},
	} {
		ps, err := reportconfig.ParsePeriods(c.in, c.of, oslo)
		var got []string
		for _, p := range ps {
			got = append(got, p.String())
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" || err != nil {
			t.Errorf("%s of %s: %v (-want +got):\n%s", c.in, c.of, err, diff)
		}
	}
	for in, of := range map[string]reportconfig.Schedule{
		"2026-11-19..2026-11-18": reportconfig.Daily,
		"2026-11-19..2026-11-20": reportconfig.Weekly,
		"2026-11..2026-11-20":    reportconfig.Monthly,
		"..2026-11":              reportconfig.Monthly,
		"2026-10..":              reportconfig.Monthly,
		"2026-10...2026-11":      reportconfig.Monthly,
		"2026-10..2026-11..":     reportconfig.Monthly,
		"0001-01-01..9999-12-31": reportconfig.Daily,
	} {
		if ps, err := reportconfig.ParsePeriods(in, of, oslo); err == nil {
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
		p, err := reportconfig.ParsePeriod(s, loc)
		if err == nil && (p.String() != s || !p.From.Before(p.To) || p.Schedule.Containing(p.From, loc) != p) {
			t.Errorf("%q in %s is %v: %v to %v", s, loc, p, p.From, p.To)
		}
		for _, of := range schedules() {
			ps, err := reportconfig.ParsePeriods(s, of, loc)
			if err == nil && (len(ps) == 0 || len(ps) > 1000) {
				t.Errorf("%q gives %d periods", s, len(ps))
			}
		}
	})
}
