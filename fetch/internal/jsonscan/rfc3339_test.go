package jsonscan

import (
	"fmt"
	"testing"
	"time"
)

func TestTimesAreReadAsRFC3339(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-20T10:00:00Z":              "2026-11-20T10:00:00Z",
		"2026-11-20T10:00:00":               "2026-11-20T10:00:00Z",
		"2026-11-20T10:00:00.5+01:00":       "2026-11-20T09:00:00.5Z",
		"2026-11-20T10:00:00-00:00":         "2026-11-20T10:00:00Z",
		"2026-11-20T10:00:00.123456789012Z": "2026-11-20T10:00:00.123456789Z",
		"2026-11-20T23:59:59.9999999999999": "2026-11-20T23:59:59.999999999Z",
		"2016-12-31T23:59:60Z":              "2016-12-31T23:59:59.999999999Z",
		"2017-01-01T00:59:60.5+01:00":       "2016-12-31T23:59:59.999999999Z",
		"2028-02-29T00:00:00Z":              "2028-02-29T00:00:00Z",
		"2026-10-25T02:30:00+02:00":         "2026-10-25T00:30:00Z",
		"2026-10-25T02:30:00+01:00":         "2026-10-25T01:30:00Z",
		"2000-01-01T00:00:00Z":              "2000-01-01T00:00:00Z",
		"2100-12-31T23:59:59Z":              "2100-12-31T23:59:59Z",
	} {
		got, err := ParseTime([]byte(text))
		if err != nil || got.Format(time.RFC3339Nano) != want || got.Location() != time.UTC {
			t.Errorf("%s: got %v, %v, want %s", text, got, err, want)
		}
	}
}

func TestTimesThatAreOnlyNearRFC3339AreRefused(t *testing.T) {
	for _, text := range []string{
		"", "2026", "2026-11-20", "2026-11-20 10:00:00Z", "2026-11-20t10:00:00z", "2026-11-20T10:00:00z", "2026-11-20T10:00Z",
		"2026-11-20T10:00:00+0100", "2026-11-20T10:00:00+01", "2026-11-20T10:00:00.Z", "2026-11-20T10:00:00,5Z", "2026-11-20T10:00:00ZZ",
		"2026-11-20T24:00:00Z", "2026-11-20T10:60:00Z", "2026-11-20T10:00:61Z", "2026-11-20T10:00:60Z", "2026-02-30T00:00:00Z",
		"2027-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "+026-01-01T00:00:00Z",
		"0001-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
		"1700000000", "2026-11-20T10:00:00+24:00", "2026-11-20T10:00:00+01:60", "2026-11-20T10:00:00 Z", " 2026-11-20T10:00:00Z",
	} {
		if got, err := ParseTime([]byte(text)); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"2026-11-20T10:00:00.5+01:00", "2016-12-31T23:59:60Z", "2026-11-20T10:00:00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseTime([]byte(text))
		want, stdErr := time.Parse(time.RFC3339Nano, text)
		switch {
		case err != nil:
		case got.Year() < 1999 || got.Year() > 2101 || got.Location() != time.UTC:
			t.Errorf("%q: got %v", text, got)
		case stdErr == nil && !got.Equal(want):
			t.Errorf("%q: got %v, the standard library %v", text, got, want)
		}
	})
}

func TestEveryDayIsThatOfTheCalendar(t *testing.T) {
	for day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= 2100; day = day.AddDate(0, 0, 1) {
		text := day.Format(time.RFC3339)
		if got, err := ParseTime([]byte(text)); err != nil || got != day {
			t.Fatalf("%s: got %v, %v", text, got, err)
		}
		for past := day.Day() + 1; past <= 31 && day.AddDate(0, 0, 1).Month() != day.Month(); past++ {
			none := fmt.Sprintf("%s-%02dT00:00:00Z", text[:7], past)
			if got, err := ParseTime([]byte(none)); err == nil {
				t.Fatalf("%s: got %v", none, got)
			}
		}
	}
}
