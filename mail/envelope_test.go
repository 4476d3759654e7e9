package mail

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestExtensionsThatDoNotWorkAreDoneWithout: the message is begun once more, and the next
// ones do without at once.
func TestExtensionsThatDoNotWorkAreDoneWithout(t *testing.T) {
	for name, test := range map[string]struct {
		extensions []string
		hook       func(c *hookConn, verb, line string) string
		within     time.Duration
	}{
		"the second of two commands is never answered": {[]string{"PIPELINING"}, func(c *hookConn, verb, line string) string {
			if verb == "RCPT" && c.n == 0 {
				return silent
			}
			return usual
		}, pipelineTimeout},
		"the second of two commands ends it": {[]string{"PIPELINING"}, func(c *hookConn, verb, line string) string {
			if verb == "RCPT" && c.n == 0 {
				return hangUp
			}
			return usual
		}, 0},
		"two commands at once are out of order": {[]string{"PIPELINING"}, func(c *hookConn, verb, line string) string {
			if verb == "RCPT" && c.n == 0 {
				return "503 5.5.1 need MAIL"
			}
			return usual
		}, 0},
		"SIZE is offered and not known": {[]string{"SIZE 1000000"}, func(c *hookConn, verb, line string) string {
			if verb == "MAIL" && strings.Contains(line, "SIZE=") {
				return "555 5.5.4 unsupported option"
			}
			return usual
		}, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := &hookRelay{extensions: test.extensions, hook: test.hook}
			pool, start := NewPool(h.sender(), 1), time.Now()
			intents := 0
			for range 3 {
				if _, err := pool.Send(t.Context(), message, func() error { intents++; return nil }); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			if took := time.Since(start); took > test.within+time.Second {
				t.Errorf("%s: it took %v", name, took)
			}
			pool.CloseIdle()
			if len(h.conns) != 2 || len(h.taken) != 3 || intents != 3 {
				t.Errorf("%s: %d connections, %d taken, %d intents", name, len(h.conns), len(h.taken), intents)
			}
		})
	}
}

// TestExtensionsAreUsedAgainWhereItWasNotThem: a relay that is silent without them too has
// another fault.
func TestExtensionsAreUsedAgainWhereItWasNotThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mute := true
		h := &hookRelay{extensions: []string{"PIPELINING"}, hook: func(c *hookConn, verb, line string) string {
			if verb == "RCPT" && mute {
				return silent
			}
			return usual
		}}
		pool := NewPool(h.sender(), 1)
		_, err := pool.Send(t.Context(), message, nil)
		if e := asError(t, err); e.Verdict != NotSent || e.Step != "recipient" || len(h.conns) != 2 {
			t.Errorf("%d connections, %+v", len(h.conns), e)
		}
		mute = false
		if _, err := pool.Send(t.Context(), message, nil); err != nil {
			t.Error(err)
		}
		pool.CloseIdle()
		if pool.share.known.WithoutExtensions() {
			t.Error("PIPELINING is given up")
		}
	})
}

// TestARelayIsBelievedThatRefusesInOrder: a refusal is none of the extensions'.
func TestARelayIsBelievedThatRefusesInOrder(t *testing.T) {
	for _, refusal := range []string{"550 5.1.1 no such user", "504 5.5.2 Helo command rejected", "450 4.7.1 greylisted"} {
		h := &hookRelay{extensions: []string{"PIPELINING", "SIZE 1000000"}, hook: func(c *hookConn, verb, line string) string {
			if verb == "RCPT" {
				return refusal
			}
			return usual
		}}
		_, err := h.sender().Send(t.Context(), message, nil)
		if e := asError(t, err); e.Step != "recipient" || len(h.conns) != 1 {
			t.Errorf("%s: %d connections, %+v", refusal, len(h.conns), e)
		}
	}
}
