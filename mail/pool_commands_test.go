package mail

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// poolAt is a pool of one connection at the relay.
func poolAt(h *hookRelay) *Pool {
	return NewPool(&SMTP{Host: "relay.test", TLS: None, dial: h.dial}, 1)
}

// TestAMessageAfterOneThatWasNotAcceptedBeginsWithRSET (RFC 5321, 4.1.1.5), after one that was it
// does not.
func TestAMessageAfterOneThatWasNotAcceptedBeginsWithRSET(t *testing.T) {
	h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
		if strings.Contains(line, "nobody@") {
			return "550 5.1.1 no such user"
		}
		return usual
	}}
	pool, lost := poolAt(h), message
	lost.To = "nobody@fjordfisk.no"
	for _, f := range []Frozen{lost, message, message} {
		if _, err := pool.Send(t.Context(), f, nil); (err != nil) != (f.To == lost.To) {
			t.Errorf("%s: %v", f.To, err)
		}
	}
	pool.CloseIdle()
	if got := h.conns[0].verbs(); got != "EHLO MAIL RCPT RSET MAIL RCPT DATA MAIL RCPT DATA QUIT" {
		t.Error(got)
	}
}

// TestAConnectionThatIsClosedByTheRelayIsKeptByNobody: 421 says that it is (RFC 5321, 3.8).
func TestAConnectionThatIsClosedByTheRelayIsKeptByNobody(t *testing.T) {
	for _, at := range []string{"RCPT", "DOT"} {
		h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
			if verb == at {
				return "421 bye"
			}
			return usual
		}}
		pool := poolAt(h)
		if _, err := pool.Send(t.Context(), message, nil); err == nil || len(pool.share.idle) != 0 {
			t.Errorf("%s: %v, %d connections are kept", at, err, len(pool.share.idle))
		}
		pool.CloseIdle()
	}
}

// TestARecipientWhoIsForwardedIsAccepted: any 25x will do.
func TestARecipientWhoIsForwardedIsAccepted(t *testing.T) {
	h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
		if verb == "RCPT" {
			return "251 not local; will forward"
		}
		return usual
	}}
	pool := poolAt(h)
	if _, err := pool.Send(t.Context(), message, nil); err != nil {
		t.Error(err)
	}
	pool.CloseIdle()
}

// TestAMessageOfExactlyTheStatedSizeIsSent, one of a byte more is not.
func TestAMessageOfExactlyTheStatedSizeIsSent(t *testing.T) {
	for less, want := range map[int]int{0: 1, 1: 0} {
		h := &hookRelay{extensions: []string{fmt.Sprint("SIZE ", len(message.Bytes())-less)}}
		pool := poolAt(h)
		if _, err := pool.Send(t.Context(), message, nil); (err == nil) != (want == 1) || len(h.taken) != want {
			t.Errorf("%d bytes less: %v, %d taken", less, err, len(h.taken))
		}
		pool.CloseIdle()
	}
}

// TestAStopBeforeTheDotSendsNoDot, at the last moment too.
func TestAStopBeforeTheDotSendsNoDot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hookRelay{}
		pool := poolAt(h)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := pool.Send(WithDotCheck(ctx, func() error {
			cancel()
			synctest.Wait()
			return nil
		}), message, nil)
		pool.CloseIdle()
		synctest.Wait()
		if e := asError(t, err); e.Verdict != NotSent || e.Relay || !strings.Contains(e.Error(), "stopped: context canceled") || len(h.taken) != 0 {
			t.Errorf("%v: %+v, %d taken", e, e, len(h.taken))
		}
	})
}

// TestARelayThatTakesAMessageIsPausedShortlyAgain, however long the pause before was.
func TestARelayThatTakesAMessageIsPausedShortlyAgain(t *testing.T) {
	pool := poolAt(&hookRelay{})
	pool.share.pause = longPause
	if _, err := pool.Send(t.Context(), message, nil); err != nil || pool.share.pause != firstPause {
		t.Errorf("%v: the next pause is %s", err, pool.share.pause)
	}
	pool.CloseIdle()
}

// TestAnOldHelloIsNoWayAroundSTARTTLS, for who hangs up on EHLO.
func TestAnOldHelloIsNoWayAroundSTARTTLS(t *testing.T) {
	h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
		if verb == "EHLO" {
			return hangUp
		}
		return usual
	}}
	pool := NewPool(&SMTP{Host: "relay.test", TLS: STARTTLS, dial: h.dial}, 1)
	if _, err := pool.Send(t.Context(), message, nil); err == nil || len(h.taken) != 0 {
		t.Errorf("%v, %d taken", err, len(h.taken))
	}
	for _, c := range h.conns {
		if strings.Contains(c.verbs(), "HELO") && !strings.HasPrefix(c.verbs(), "EHLO") {
			t.Error(c.verbs())
		}
	}
}
