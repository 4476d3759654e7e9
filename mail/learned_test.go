package mail

import (
	"bytes"
	"rapport/mail/internal/learned"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// sized is a message of so many bytes.
func sized(bytesCount int) Frozen {
	f := message
	f.Pieces = [][]byte{[]byte("Subject: x\r\n\r\n"), bytes.Repeat([]byte(strings.Repeat("x", 62)+"\r\n"), bytesCount/64)}
	return f
}

func wantLimit(t *testing.T, pool *Pool, want int64) {
	t.Helper()
	got, err := pool.Limit(t.Context())
	if err != nil || got != want {
		t.Errorf("the limit is %d, want %d, %v", got, want, err)
	}
}

// TestTheLimitIsTheRelaysInBothDirections: larger than max_message, smaller, or max_message
// where the relay states none. It is known before a message is composed.
func TestTheLimitIsTheRelaysInBothDirections(t *testing.T) {
	for _, test := range []struct {
		extension        string
		configured, want int64
	}{
		{"SIZE 52428800", 10_000_000, 52_428_800},
		{"SIZE 1000000", 10_000_000, 1_000_000},
		{"SIZE 0", 10_000_000, 10_000_000},
		{"SIZE", 10_000_000, 10_000_000},
		{"8BITMIME", 10_000_000, 10_000_000},
		{"8BITMIME", 0, 0},
	} {
		h := &hookRelay{extensions: []string{test.extension}}
		s := h.sender()
		s.MaxMessage = test.configured
		pool := NewPool(s, 2)
		wantLimit(t, pool, test.want)
		wantLimit(t, pool, test.want)
		if _, err := pool.Send(t.Context(), message, nil); err != nil {
			t.Error(err)
		}
		pool.CloseIdle()
		if len(h.conns) != 1 {
			t.Errorf("%s: %d connections", test.extension, len(h.conns))
		}
	}
}

func TestTheLimitOfARelayThatIsNotThere(t *testing.T) {
	h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
		if verb == "DIAL" {
			return hangUp
		}
		return usual
	}}
	s := h.sender()
	s.MaxMessage = 5_000_000
	limit, err := NewPool(s, 1).Limit(t.Context())
	if e := asError(t, err); limit != 5_000_000 || e.Step != "connect" || !e.Relay || e.About != AboutNow {
		t.Errorf("%d, %+v", limit, e)
	}
}

// TestALimitIsLearnedFromARefusal at MAIL, DATA, in the middle of the body, or at the dot;
// the next message of that size is not begun, a smaller one arrives, and half a day later
// the larger one is tried again.
func TestALimitIsLearnedFromARefusal(t *testing.T) {
	for _, step := range []string{"MAIL", "DATA", "DOT"} {
		for _, says := range []string{"552 5.3.4 Message size exceeds fixed limit", "552", "550 message too large", "554 sorry, that message size exceeds my databytes limit (#5.3.4)"} {
			synctest.Test(t, func(t *testing.T) {
				large, small := sized(3_000_000), sized(2_000_000)
				refuse := true
				h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
					if verb == step && refuse {
						return says
					}
					return usual
				}}
				pool := NewPool(h.sender(), 1)
				_, err := pool.Send(t.Context(), large, nil)
				e := asError(t, err)
				if e.Verdict != NotSent || e.About != AboutMessage || e.Relay || e.Limit >= int64(len(large.Bytes())) || e.Limit < int64(len(small.Bytes())) || e.Code/10 != 55 {
					t.Errorf("%s at %s: %+v", says, step, e)
				}
				if !strings.HasSuffix(e.Error(), hintSize) {
					t.Errorf("%s at %s: no hint of the size: %v", says, step, e)
				}
				refuse = false
				asked := len(h.conns[0].heard)
				_, err = pool.Send(t.Context(), large, nil)
				if again := asError(t, err); again.Limit != e.Limit || again.Code != 0 || len(h.conns[0].heard) != asked {
					t.Errorf("%s at %s: %+v", says, step, again)
				}
				wantLimit(t, pool, e.Limit)
				if _, err := pool.Send(t.Context(), small, nil); err != nil {
					t.Errorf("%s at %s: %v", says, step, err)
				}
				<-time.After(learned.RefusedFor)
				if _, err := pool.Send(t.Context(), large, nil); err != nil {
					t.Errorf("%s at %s: half a day later: %v", says, step, err)
				}
				pool.CloseIdle()
			})
		}
	}
}

// TestALimitOfOneMailboxIsNotTheRelays.
func TestALimitOfOneMailboxIsNotTheRelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refuse := true
		h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
			if verb == "RCPT" && refuse {
				return "552 5.2.3 Message length exceeds administrative limit"
			}
			return usual
		}}
		pool := NewPool(h.sender(), 1)
		_, err := pool.Send(t.Context(), sized(3_000_000), nil)
		if e := asError(t, err); e.Limit == 0 {
			t.Errorf("%+v", e)
		}
		refuse = false
		wantLimit(t, pool, 0)
		if _, err := pool.Send(t.Context(), sized(3_000_000), nil); err != nil {
			t.Error(err)
		}
		pool.CloseIdle()
	})
}

// TestALimitThatTheRelayStatesAnewCounts instead of the one that it refused by.
func TestALimitThatTheRelayStatesAnewCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hookRelay{extensions: []string{"SIZE 5000000"}, hook: func(c *hookConn, verb, line string) string {
			if verb == "DOT" && c.n == 0 {
				return "552 5.3.4 too big"
			}
			return usual
		}}
		pool := NewPool(h.sender(), 1)
		_, err := pool.Send(t.Context(), sized(3_000_000), nil)
		asError(t, err)
		pool.CloseIdle()
		h.extensions = []string{"SIZE 50000000"}
		wantLimit(t, pool, 50_000_000)
		pool.CloseIdle()
	})
}
