package engine

import (
	"testing"
	"time"
)

// TestARelayIsWaitedForUntilItsTime, but for a time that a wrong clock wrote.
func TestARelayIsWaitedForUntilItsTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	for ahead, waits := range map[time.Duration]bool{-time.Minute: false, 0: false, time.Hour: true, mostAhead + time.Second: false} {
		r := relay{next: now.Add(ahead)}
		if out := r.outUntil(now); !out.IsZero() != waits {
			t.Errorf("%s ahead: out until %s", ahead, out)
		}
	}
}
