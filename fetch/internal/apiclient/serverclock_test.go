package apiclient

import (
	"net/http"
	"testing"
	"time"
)

// TestTheServersTimeIsThatOfTheAnswer, with the age that a cache says, and goes on by our clock.
func TestTheServersTimeIsThatOfTheAnswer(t *testing.T) {
	var s serverClock
	at := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	if _, known := s.now(at); known {
		t.Error("it is known before an answer")
	}
	for age, want := range map[string]time.Duration{"": time.Minute, "30": time.Minute + 30*time.Second, "-5": time.Minute, "x": time.Minute} {
		s.note(http.Header{"Date": {"Thu, 19 Nov 2026 11:00:00 GMT"}, "Age": {age}}, at)
		if got, known := s.now(at.Add(time.Minute)); !known || got.Sub(at.Add(-time.Hour)) != want {
			t.Errorf("age %q: %s", age, got)
		}
	}
	s.note(http.Header{"Date": {"yesterday"}}, at.Add(time.Hour))
	if got, known := s.now(at); !known || got.IsZero() {
		t.Error("a date that cannot be read is believed")
	}
}
