package apiclient

import (
	"testing"
	"time"
)

func TestATokenIsUsedForHalfItsLifeButNotUntilItsEnd(t *testing.T) {
	for life, want := range map[time.Duration]time.Duration{
		24 * time.Hour: 12 * time.Hour, time.Hour: 30 * time.Minute, 20 * time.Minute: 10 * time.Minute, 15 * time.Minute: 5 * time.Minute,
		10 * time.Minute: 30 * time.Second, time.Minute: 30 * time.Second, 10 * time.Second: 5 * time.Second,
	} {
		if got := usedFor(life); got != want {
			t.Errorf("a life of %s: used for %s, want %s", life, got, want)
		}
	}
}
