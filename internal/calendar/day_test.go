package calendar_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"rapport/internal/calendar"
)

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
				p := calendar.Daily.Containing(change.Add(off), loc)
				y, m, d := p.To.Date()
				midnight := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
				if want := firstShowing(midnight, loc); !p.To.Equal(want) {
					t.Fatalf("%s: the day after %s begins at %v, want %v", name, p, p.To, want.In(loc))
				}
				due := calendar.TimeOfDay{Hour: random.IntN(24), Minute: random.IntN(60)}
				if random.IntN(2) == 0 {
					due.Hour = random.IntN(4) // where clocks change
				}
				wall := midnight.Add(time.Duration(due.Hour)*time.Hour + time.Duration(due.Minute)*time.Minute)
				if got, want := (calendar.Timing{At: due}).Due(p), firstShowing(wall, loc); !got.Equal(want) || got.Before(p.To) {
					t.Fatalf("%s: %s is due at %v, want %v (%v)", name, p, got, want.In(loc), due)
				}
			}
		}
	}
}

func TestNoonsAreOneForEachDay(t *testing.T) {
	for name, week := range map[string]string{"Europe/Oslo": "2026-W13", "America/Santiago": "2026-W36", "Africa/Cairo": "2026-W17",
		"America/Havana": "2026-W10", "Asia/Beirut": "2026-W13"} {
		var days []string
		for _, noon := range parse(t, week, zone(t, name)).Noons() {
			if day := noon.Format(calendar.DayLayout); len(days) == 0 || days[len(days)-1] != day {
				days = append(days, day)
			} else {
				t.Errorf("%s: %s comes twice", name, day)
			}
		}
		if len(days) != 7 {
			t.Errorf("%s: %v", name, days)
		}
	}
	if n := len(parse(t, "2011-12", zone(t, "Pacific/Apia")).Noons()); n != 30 {
		t.Errorf("December 2011 had 30 days in Apia, not %d", n)
	}
}
