package reportconfig_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"rapport/reportconfig"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// zoneNames lists every zone there is.
func zoneNames(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile("zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// strangeZones have nights without a midnight, two midnights, or lack a day.
func strangeZones() []string {
	return []string{"Europe/Oslo", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Pacific/Apia", "Pacific/Kwajalein",
		"Pacific/Kiritimati", "America/St_Johns", "America/Havana", "America/Scoresbysund", "Asia/Gaza", "Asia/Tehran",
		"Australia/Lord_Howe", "America/Juneau", "Asia/Manila", "Africa/Casablanca", "Antarctica/Troll", "Asia/Kathmandu", "UTC"}
}

func schedules() []reportconfig.Schedule {
	return []reportconfig.Schedule{reportconfig.Daily, reportconfig.Weekly, reportconfig.Monthly, reportconfig.TwiceAMonth}
}

// checkPeriods holds the promises about the period around t, for every schedule.
func checkPeriods(t *testing.T, at time.Time, loc *time.Location) {
	t.Helper()
	for _, s := range schedules() {
		p := s.Containing(at, loc)
		if at.Before(p.From) || !at.Before(p.To) {
			t.Fatalf("%s %s: %v is not in %v", loc, s, at, p)
		}
		if p.From.Location() != loc || p.To.Location() != loc {
			t.Fatalf("%s %s: %v is in another location", loc, s, p)
		}
		for _, inside := range []time.Time{p.From, p.To.Add(-1)} {
			if q := s.Containing(inside, loc); q != p {
				t.Fatalf("%s %s: %v lies in %v–%v, not in %v–%v", loc, s, inside, q.From, q.To, p.From, p.To)
			}
		}
		next, previous := p.Next(), p.Previous()
		if !next.From.Equal(p.To) || next.Previous() != p || !previous.To.Equal(p.From) || previous.Next() != p {
			t.Fatalf("%s %s: gap or overlap around %v: %v, %v", loc, s, p, previous, next)
		}
		if p.From.Year() < 1 || p.From.Year() > 9999 {
			continue
		}
		if q, err := reportconfig.ParsePeriod(p.String(), loc); err != nil || q != p {
			t.Fatalf("%s %s: %v read back is %v, %v", loc, s, p, q, err)
		}
	}
}

func TestPeriodsTileTheLineInEveryZone(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i, name := range zoneNames(t) {
		if i%oneIn != 0 {
			continue
		}
		loc := zone(t, name)
		for range 40 {
			at := time.Unix(random.Int64N(300*365*86400)-150*365*86400, random.Int64N(1e9))
			checkPeriods(t, at, loc)
			// The instants around a clock change are where it goes wrong.
			if _, change := at.In(loc).ZoneBounds(); !change.IsZero() {
				for _, off := range []time.Duration{-24 * time.Hour, -time.Hour, -1, 0, 1, time.Hour, 24 * time.Hour} {
					checkPeriods(t, change.Add(off), loc)
				}
			}
		}
	}
}

// firstShowing finds by trial, minute by minute, when a clock in loc first shows wall or later.
func firstShowing(wall time.Time, loc *time.Location) time.Time {
	for at := wall.Add(-27 * time.Hour); ; at = at.Add(time.Minute) {
		y, m, d := at.In(loc).Date()
		h, min, sec := at.In(loc).Clock()
		if shown := time.Date(y, m, d, h, min, sec, 0, time.UTC); !shown.Before(wall) {
			return at
		}
	}
}

func TestDaysBeginAndReportsAreDueWhenTheClockFirstSaysSo(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, name := range strangeZones() {
		loc := zone(t, name)
		// From 1972 on all offsets are whole minutes, but for Monrovia.
		at := time.Date(1972, 1, 5, 0, 0, 0, 0, time.UTC)
		for n := 0; at.Year() < 2050; n++ {
			_, change := at.In(loc).ZoneBounds()
			if !change.After(at) || change.Sub(at) > 400*24*time.Hour {
				change = at.Add(200 * 24 * time.Hour)
			}
			if at = change.Add(time.Hour); n%oneIn != 0 {
				continue
			}
			for _, off := range []time.Duration{-25 * time.Hour, -time.Minute, 0, 23 * time.Hour} {
				p := reportconfig.Daily.Containing(change.Add(off), loc)
				y, m, d := p.To.Date()
				midnight := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
				if want := firstShowing(midnight, loc); !p.To.Equal(want) {
					t.Fatalf("%s: the day after %s begins at %v, want %v", name, p, p.To, want.In(loc))
				}
				due := reportconfig.TimeOfDay{Hour: random.IntN(24), Minute: random.IntN(60)}
				if random.IntN(2) == 0 {
					due.Hour = random.IntN(4) // where clocks change
				}
				wall := midnight.Add(time.Duration(due.Hour)*time.Hour + time.Duration(due.Minute)*time.Minute)
				if got, want := p.Due(due), firstShowing(wall, loc); !got.Equal(want) || got.Before(p.To) {
					t.Fatalf("%s: %s is due at %v, want %v (%v)", name, p, got, want.In(loc), due)
				}
			}
		}
	}
}

func TestLatestIsTheNewestThatIsDue(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, name := range strangeZones() {
		loc := zone(t, name)
		for range 300 / oneIn {
			now := time.Unix(random.Int64N(80*365*86400), 0)
			at := reportconfig.TimeOfDay{Hour: random.IntN(24), Minute: random.IntN(60)}
			for _, s := range schedules() {
				got := s.Latest(now, at, loc)
				want := s.Containing(now.AddDate(0, -3, 0), loc)
				for !want.Next().Due(at).After(now) {
					want = want.Next()
				}
				if got != want || got.Due(at).After(now) {
					t.Fatalf("%s %s at %v: %v, want %v", name, s, now.In(loc), got, want)
				}
			}
		}
	}
}

func TestPeriodsByName(t *testing.T) {
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
		{"Europe/Oslo", "2026-02-H1", "2026-02-01T00:00:00+01:00", "2026-02-16T00:00:00+01:00"},
		{"Europe/Oslo", "2028-02-H2", "2028-02-16T00:00:00+01:00", "2028-03-01T00:00:00+01:00"},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"}, // no midnight
		{"Asia/Beirut", "2026-03-29", "2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00"},
		{"Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"},
		{"America/St_Johns", "2006-10-29", "2006-10-29T00:00:00-02:30", "2006-10-30T00:00:00-03:30"}, // two midnights
		{"Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"},     // the 30th was left out
	} {
		p, err := reportconfig.ParsePeriod(c.name, zone(t, c.zone))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if from, to := p.From.Format(time.RFC3339), p.To.Format(time.RFC3339); from != c.from || to != c.to || p.String() != c.name {
			t.Errorf("%s in %s is %s: %s to %s, want %s to %s", c.name, c.zone, p, from, to, c.from, c.to)
		}
	}
}

func TestDueOnNightsWhoseClockChanges(t *testing.T) {
	for _, c := range []struct{ zone, period, at, due string }{
		{"Europe/Oslo", "2026-11-19", "06:00", "2026-11-20T06:00:00+01:00"},
		{"Europe/Oslo", "2026-W47", "00:00", "2026-11-23T00:00:00+01:00"},
		{"Europe/Oslo", "2026-03-28", "02:30", "2026-03-29T03:00:00+02:00"}, // does not exist: the first that does
		{"Europe/Oslo", "2026-03-28", "03:00", "2026-03-29T03:00:00+02:00"},
		{"Europe/Oslo", "2026-03-28", "01:59", "2026-03-29T01:59:00+01:00"},
		{"Europe/Oslo", "2026-10-24", "02:30", "2026-10-25T02:30:00+02:00"}, // comes twice: the first
		{"Europe/Oslo", "2026-10-24", "23:59", "2026-10-25T23:59:00+01:00"},
		{"America/Sao_Paulo", "2018-11-03", "00:30", "2018-11-04T01:00:00-02:00"},
		{"America/St_Johns", "2006-10-28", "00:00", "2006-10-29T00:00:00-02:30"},
		{"Pacific/Apia", "2011-12-29", "06:00", "2011-12-31T06:00:00+14:00"},
	} {
		p, err := reportconfig.ParsePeriod(c.period, zone(t, c.zone))
		if err != nil {
			t.Fatal(err)
		}
		clock, err := time.Parse("15:04", c.at)
		if err != nil {
			t.Fatal(err)
		}
		at := reportconfig.TimeOfDay{Hour: clock.Hour(), Minute: clock.Minute()}
		if got := p.Due(at).Format(time.RFC3339); got != c.due || at.String() != c.at {
			t.Errorf("%s in %s is due at %s: %s, want %s", c.period, c.zone, c.at, got, c.due)
		}
	}
}
