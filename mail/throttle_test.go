package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// crowded is a relay that takes so many connections at once and says it at a step.
func crowded(limit int, step, says string) *hookRelay {
	h := &hookRelay{}
	h.hook = func(c *hookConn, verb, line string) string {
		if verb != step {
			return usual
		}
		older := 0
		for _, other := range h.conns[:c.n] {
			if !other.closed {
				older++
			}
		}
		if older >= limit {
			return says
		}
		return usual
	}
	return h
}

// TestARelayThatTakesFewerConnectionsGetsFewer, at whatever step it says so, within the run
// and after few refusals.
func TestARelayThatTakesFewerConnectionsGetsFewerAtEveryStep(t *testing.T) {
	for _, step := range []string{"GREET", "EHLO", "MAIL", "RCPT", "DATA", "DOT"} {
		for _, says := range []string{"432 4.3.2 Concurrent connections limit exceeded", "421 4.7.0 too many connections", "451 4.4.5 system congested"} {
			synctest.Test(t, func(t *testing.T) {
				h := crowded(3, step, says)
				refusals, hook := 0, h.hook
				h.hook = func(c *hookConn, verb, line string) string {
					reply := hook(c, verb, line)
					if reply != usual {
						refusals++
					}
					return reply
				}
				pool, start := NewPool(h.sender(), 8), time.Now()
				for to, err := range sendMany(t.Context(), pool, 60) {
					t.Errorf("%s at %s: %s: %v", says, step, to, err)
				}
				pool.CloseIdle()
				h.onceEach(t, 60)
				if took := time.Since(start); refusals > 12 || took > time.Minute {
					t.Errorf("%s at %s: heard %d times, in %v", says, step, refusals, took)
				}
			})
		}
	}
}

// perMinute is a relay that takes so many messages in a minute.
func perMinute(limit int, step string) *hookRelay {
	h, minute, count := &hookRelay{}, time.Now(), 0
	h.hook = func(c *hookConn, verb, line string) string {
		if time.Since(minute) >= time.Minute {
			minute, count = time.Now(), 0
		}
		if verb != step {
			return usual
		}
		if count++; count > limit {
			return "450 4.7.1 Error: too much mail from 192.0.2.1"
		}
		return usual
	}
	return h
}

// TestARelayThatTakesFewMessagesInAMinuteIsWaitedFor, all at once, for a minute and a half
// in a run; what is left then comes with the next one.
func TestARelayThatTakesFewMessagesInAMinuteIsWaitedFor(t *testing.T) {
	for _, step := range []string{"MAIL", "RCPT", "DOT"} {
		synctest.Test(t, func(t *testing.T) {
			h := perMinute(10, step)
			pool, start := NewPool(h.sender(), 3), time.Now()
			failed := sendMany(t.Context(), pool, 40)
			pool.CloseIdle()
			if took := time.Since(start); took < time.Minute || took > maxPauses+time.Second {
				t.Errorf("%s: the run took %v", step, took)
			}
			if len(h.taken) != 20 || len(failed) != 20 {
				t.Errorf("%s: %d taken, %d failed", step, len(h.taken), len(failed))
			}
			for to, err := range failed {
				if e := asError(t, err); e.Verdict != NotSent || e.About != AboutNow || !e.Relay {
					t.Errorf("%s: %s: %+v", step, to, e)
				}
			}
			<-time.After(15 * time.Minute)
			if failed := sendMany(t.Context(), pool, 15); len(failed) > 0 {
				t.Errorf("%s: the next run: %v", step, failed)
			}
			pool.CloseIdle()
		})
	}
}

// TestAPauseEndsWithItsRun, at once, and nothing was sent.
func TestAPauseEndsWithItsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
			if verb == "DOT" {
				return "450 4.7.1 rate limit exceeded"
			}
			return usual
		}}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		pool, start := NewPool(h.sender(), 1), time.Now()
		_, err := pool.Send(ctx, message, nil)
		if e := asError(t, err); e.Verdict != NotSent || e.Relay || !errors.Is(err, context.Canceled) || time.Since(start) > 4*time.Second {
			t.Errorf("after %v: %+v", time.Since(start), e)
		}
		pool.CloseIdle()
	})
}

// TestWhatIsNoThrottlingIsNotWaitedFor.
func TestWhatIsNoThrottlingIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, says := range []string{"450 4.7.1 greylisted, try again later", "452 4.2.2 mailbox full", "451 4.3.0 later", "550 5.4.5 Daily user sending quota exceeded"} {
			h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
				if verb == "RCPT" {
					return says
				}
				return usual
			}}
			start := time.Now()
			_, err := h.sender().Send(t.Context(), message, nil)
			if e := asError(t, err); e.Verdict != NotSent || time.Since(start) > time.Second || len(h.conns) != 1 {
				t.Errorf("%s: after %v on %d connections: %+v", says, time.Since(start), len(h.conns), e)
			}
		}
	})
}

// TestConfigurationsOfOneLoginShareWhatTheRelayTakes: never more connections than each
// wants, one pause for all, and nobody waits for all of somebody else's messages.
func TestConfigurationsOfOneLoginShareWhatTheRelayTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hookRelay{}
		h.hook = func(c *hookConn, verb, line string) string {
			if verb == "DOT" {
				h.mu.Unlock()
				<-time.After(time.Second)
				h.mu.Lock()
			}
			return usual
		}
		var pools Pools
		large, small := pools.Pool(h.sender(), 3), pools.Pool(h.sender(), 3)
		start := time.Now()
		done := make(chan time.Duration, 2)
		go func() { sendMany(t.Context(), large, 60); large.CloseIdle(); done <- time.Since(start) }()
		<-time.After(5 * time.Second)
		if failed := sendMany(t.Context(), small, 3); len(failed) > 0 {
			t.Error(failed)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("three messages beside sixty took until %v", took)
		}
		small.CloseIdle()
		<-done
		if h.most > 3 {
			t.Errorf("%d connections at once", h.most)
		}
		if len(h.taken) != 63 {
			t.Errorf("%d were taken", len(h.taken))
		}
	})
}

// TestOtherLoginsAndRelaysShareNothing.
func TestOtherLoginsAndRelaysShareNothing(t *testing.T) {
	var pools Pools
	shares := map[*share]string{}
	for _, s := range []*SMTP{{Host: "a.test"}, {Host: "b.test"}, {Host: "a.test", Port: 25}, {Host: "a.test", Username: "u"}, {Host: "a.test", Username: "v"}} {
		p := pools.Pool(s, 1)
		if before := shares[p.share]; before != "" {
			t.Errorf("%s and %s %q share", before, s.address(), s.Username)
		}
		shares[p.share] = fmt.Sprint(s.address(), s.Username)
		if again := pools.Pool(&SMTP{Host: s.Host, Port: s.Port, Username: s.Username, Helo: "other"}, 2); again.share != p.share {
			t.Errorf("%s shares not with itself", s.address())
		}
	}
}

// TestConnectionsOfTheSameRelayAreUsedByAllOfItsPools, and those of other settings make room.
func TestConnectionsOfTheSameRelayAreUsedByAllOfItsPools(t *testing.T) {
	h := &hookRelay{}
	relay, other := h.sender(), h.sender()
	other.Helo = "other.test"
	var pools Pools
	for _, p := range []*Pool{pools.Pool(relay, 1), pools.Pool(relay, 1), pools.Pool(other, 1)} {
		if _, err := p.Send(t.Context(), message, nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.conns) != 2 || h.conns[0].taken != 2 || !strings.Contains(h.conns[1].heard[0], "other.test") || h.most != 1 {
		t.Errorf("%d connections, %d at once, the first took %d", len(h.conns), h.most, h.conns[0].taken)
	}
	pools.Pool(other, 1).CloseIdle()
}
