package apiclient

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfterIsReadKindlyAndClamped(t *testing.T) {
	now := time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"5": 5 * time.Second, " 7 ": 7 * time.Second, "0": time.Second, "-1": time.Second,
		"99999999": time.Hour, "99999999999999999999999": time.Hour, "-99999999999999999999999": time.Second,
		"Fri, 20 Nov 2026 05:00:30 GMT": 30 * time.Second,
		"Fri, 20 Nov 2026 04:00:00 GMT": time.Second,
		"Fri, 20 Nov 2027 04:00:00 GMT": time.Hour,
		"":                              0, "soon": 0, "1.5": 0, "-": 0,
	} {
		got, told := retryAfter(http.Header{"Retry-After": {value}}, now)
		if got != want || told != (want > 0) {
			t.Errorf("%q: got %s, %t, want %s", value, got, told, want)
		}
	}
	theirs := http.Header{"Retry-After": {"Fri, 20 Nov 2026 05:00:30 GMT"}, "Date": {"Fri, 20 Nov 2026 05:00:20 GMT"}}
	if got, _ := retryAfter(theirs, now); got != 10*time.Second {
		t.Errorf("a server whose clock runs ahead: got %s, want 10s", got)
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120", "")
	f.Add("Fri, 20 Nov 2026 05:00:30 GMT", "Fri, 20 Nov 2026 05:00:20 GMT")
	f.Fuzz(func(t *testing.T, value, date string) {
		got, told := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC))
		if told && (got < minRetryAfter || got > maxRetryAfter) || !told && got != 0 {
			t.Errorf("%q: got %s, %t", value, got, told)
		}
	})
}
