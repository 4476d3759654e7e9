package calendar_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"rapport/internal/calendar"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// strangeZones have nights without a midnight, two midnights, or lack a day.
func strangeZones() []string {
	return []string{"Europe/Oslo", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Pacific/Apia", "Pacific/Kwajalein",
		"Pacific/Kiritimati", "America/St_Johns", "America/Havana", "America/Scoresbysund", "Asia/Gaza", "Asia/Tehran",
		"Australia/Lord_Howe", "America/Juneau", "Asia/Manila", "Africa/Casablanca", "Antarctica/Troll", "Asia/Kathmandu", "UTC"}
}

func schedules() []calendar.Schedule {
	return []calendar.Schedule{calendar.Daily, calendar.Weekly, calendar.Monthly, calendar.TwiceAMonth, calendar.VATTerm}
}

// checkPeriods holds the promises about the period around t, for every schedule and days that
// start when starts says.
func checkPeriods(t *testing.T, at time.Time, loc *time.Location, starts calendar.TimeOfDay) {
	t.Helper()
	for _, schedule := range schedules() {
		s := calendar.Cycle{Schedule: schedule, DayStarts: starts}
		p := s.Containing(at, loc)
		if at.Before(p.From) || !at.Before(p.To) {
			t.Fatalf("%s %v: %v is not in %v", loc, s, at, p)
		}
		if p.From.Location() != loc || p.To.Location() != loc {
			t.Fatalf("%s %v: %v is in another location", loc, s, p)
		}
		for _, inside := range []time.Time{p.From, p.To.Add(-1)} {
			if q := s.Containing(inside, loc); q != p {
				t.Fatalf("%s %v: %v lies in %v–%v, not in %v–%v", loc, s, inside, q.From, q.To, p.From, p.To)
			}
		}
		next, previous := p.Next(), p.Previous()
		if !next.From.Equal(p.To) || next.Previous() != p || !previous.To.Equal(p.From) || previous.Next() != p {
			t.Fatalf("%s %v: gap or overlap around %v: %v, %v", loc, s, p, previous, next)
		}
		if p.From.Year() < 1 || p.From.Year() > 9999 {
			continue
		}
		if q, err := s.ParsePeriod(p.String(), loc); err != nil || q != p {
			t.Fatalf("%s %v: %v read back is %v, %v", loc, s, p, q, err)
		}
		if q := s.Restored(p.String(), p.From.UTC(), p.To.UTC(), loc); q != p {
			t.Fatalf("%s %v: %v restored is %v", loc, s, p, q)
		}
		if first, end := p.Days(); !first.Before(end) || int(end.Sub(first)/(24*time.Hour)) < len(p.Noons()) {
			t.Fatalf("%s %v: %v is of days %v to %v, %d noons", loc, s, p, first, end, len(p.Noons()))
		}
		if day := p.DayAt(at.In(loc)); day.From.Before(p.From) || day.To.After(p.To) || !day.Contains(at) {
			t.Fatalf("%s %v: %v lies in the day %v to %v of %v to %v", loc, s, at, day.From, day.To, p.From, p.To)
		}
	}
}

func TestContainingTilesTheLineInEveryZone(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i, name := range calendar.Zones() {
		if i%oneIn != 0 {
			continue
		}
		loc := zone(t, name)
		for range 12 {
			at := time.Unix(random.Int64N(300*365*86400)-150*365*86400, random.Int64N(1e9))
			var starts calendar.TimeOfDay // midnight, or an hour at which clocks change, or any
			if random.IntN(2) == 0 {
				starts = calendar.TimeOfDay{Hour: random.IntN(5), Minute: random.IntN(60)}
				if random.IntN(3) == 0 {
					starts.Hour = random.IntN(24)
				}
			}
			checkPeriods(t, at, loc, starts)
			// The instants around a clock change are where it goes wrong.
			if _, change := at.In(loc).ZoneBounds(); !change.IsZero() {
				for _, off := range []time.Duration{-24 * time.Hour, -time.Hour, -1, 0, 1, time.Hour, 24 * time.Hour} {
					checkPeriods(t, change.Add(off), loc, starts)
				}
			}
		}
	}
}

// TestAPeriodFollowsWhereTheOneBeforeEnded, in the middle of a day too, and goes on to its usual end.
func TestAPeriodFollowsWhereTheOneBeforeEnded(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	end := time.Date(2026, 11, 19, 10, 0, 0, 0, oslo)
	p := calendar.Cycle{Schedule: calendar.Daily}.Following(end, func(string) bool { return false }, oslo)
	if !p.From.Equal(end) || !p.To.Equal(time.Date(2026, 11, 20, 0, 0, 0, 0, oslo)) || p.String() != "2026-11-19" {
		t.Errorf("%s from %s to %s", p, p.From, p.To)
	}
}

// TestWhatIsDueAtTheInstantIsDue, a moment before it is not.
func TestWhatIsDueAtTheInstantIsDue(t *testing.T) {
	oslo := zone(t, "Europe/Oslo")
	s := calendar.Timing{Cycle: calendar.Cycle{Schedule: calendar.Daily}, At: calendar.TimeOfDay{Hour: 6}}
	at := time.Date(2026, 11, 20, 6, 0, 0, 0, oslo)
	if on, before := s.Latest(at, oslo).String(), s.Latest(at.Add(-1), oslo).String(); on != "2026-11-19" || before != "2026-11-18" {
		t.Errorf("at six %s, before %s", on, before)
	}
	s.DayStarts = calendar.TimeOfDay{Hour: 7} // then the day is not over at six
	if p := s.Containing(at, oslo); !s.Due(p).Equal(p.To) {
		t.Errorf("%s ends at %s and is due at %s", p, p.To, s.Due(p))
	}
}

func TestLatestIsTheNewestThatIsDue(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, name := range strangeZones() {
		loc := zone(t, name)
		for range 300 / oneIn {
			now := time.Unix(random.Int64N(80*365*86400), 0)
			at := calendar.TimeOfDay{Hour: random.IntN(24), Minute: random.IntN(60)}
			for _, schedule := range schedules() {
				s := calendar.Timing{Cycle: calendar.Cycle{Schedule: schedule}, At: at, Workday: []int{0, 0, 1, 3, 20, -1, -2}[random.IntN(7)], Days: calendar.BankDays}
				if random.IntN(2) == 0 {
					s.DayStarts = calendar.TimeOfDay{Hour: random.IntN(at.Hour + 1)}
				}
				got := s.Latest(now, loc)
				want := s.Containing(now.AddDate(0, -7, 0), loc)
				for !s.Due(want.Next()).After(now) {
					want = want.Next()
				}
				if got != want || s.Due(got).After(now) {
					t.Fatalf("%s %+v at %v: %v, want %v", name, s, now.In(loc), got, want)
				}
			}
		}
	}
}
