package heartbeat

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheLastSignOfLifeMustBeYoung by both clocks: the one on the wall may be set, and the other stops while a machine sleeps.
func TestTheLastSignOfLifeMustBeYoung(t *testing.T) {
	now := time.Now() // which has both
	for _, c := range []struct {
		what string
		then time.Time
		fine bool
	}{
		{"none ever", time.Time{}, false},
		{"just now", now, true},
		{"seven minutes ago", now.Add(-7 * time.Minute), true},
		{"nine minutes ago", now.Add(-9 * time.Minute), false},
		{"nine minutes ago on the wall", now.Round(0).Add(-9 * time.Minute), false},
	} {
		var h Heart
		h.Confirm("a", c.then)
		if err := h.Prove(8*time.Minute, now); (err == nil) != c.fine {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// TestAHeartBeatsUntilItMayRest and again when it is started again; one that fails goes on.
func TestAHeartBeatsUntilItMayRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var h Heart
		beats, says := 0, errors.New("the disk is full")
		r := Rhythm{Every: time.Minute, Beat: func(context.Context) error { beats++; return says }}
		h.Start(r)
		<-time.After(3*time.Minute + time.Second)
		synctest.Wait()
		says = ErrRest
		<-time.After(10 * time.Minute)
		synctest.Wait()
		if beats != 4 || !h.Begun() {
			t.Errorf("%d beats", beats)
		}
		h.Start(r)
		<-time.After(time.Minute + time.Second)
		synctest.Wait()
		if beats != 5 {
			t.Errorf("%d beats after it was started again", beats)
		}
		h.Stop()
		h.Start(r)
		<-time.After(time.Hour)
		if beats != 5 {
			t.Error("it beats after its end")
		}
	})
}
