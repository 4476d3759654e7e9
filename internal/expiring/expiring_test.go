package expiring_test

import (
	"testing"
	"time"

	"rapport/internal/expiring"
)

func TestTheOldestGo(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	s := expiring.Store[string]{Life: time.Hour, Most: 3, Bytes: 100}
	has := func(want string) {
		t.Helper()
		got := ""
		for _, key := range []string{"a", "b", "c", "d", "e"} {
			if value, found := s.Find("T1", key, now); found && value == key+"!" {
				got += key
			}
		}
		if got != want {
			t.Errorf("it has %q, want %q", got, want)
		}
	}
	for _, key := range []string{"a", "b", "c", "d"} {
		s.Keep("T1", key, key+"!", 10, now)
	}
	has("bcd")
	if _, found := s.Find("T2", "d", now); found {
		t.Error("another account finds it")
	}
	s.Keep("T1", "e", "e!", 95, now)
	has("e")
	s.Keep("T1", "a", "a!", 1000, now)
	has("a")
	now = now.Add(time.Hour)
	has("")
}
