package mail

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	firstAddress  = netip.MustParseAddr("127.0.0.1")
	secondAddress = netip.MustParseAddr("127.0.0.2")
)

// twoAddresses is a client of a relay whose name has two; the system prefers the first.
func (h *hookRelay) twoAddresses() *SMTP {
	s := h.sender()
	s.lookup = func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{firstAddress, secondAddress}, nil
	}
	s.dial = func(ctx context.Context, network, address string) (c net.Conn, err error) {
		if strings.HasPrefix(address, "relay.test:") { // as a net.Dialer does it
			if c, err = h.dial(ctx, network, firstAddress.String()+":25"); err == nil {
				return c, nil
			}
			return h.dial(ctx, network, secondAddress.String()+":25")
		}
		return h.dial(ctx, network, address)
	}
	return s
}

// TestTheNextAddressIsAskedWhereOneIsDead, in whatever way, and asked first from then on.
func TestTheNextAddressIsAskedWhereOneIsDead(t *testing.T) {
	for name, test := range map[string]struct {
		verb, says string
		within     time.Duration
	}{
		"refuses the connection": {"DIAL", hangUp, 0},
		"says 421":               {"GREET", "421 4.3.2 Service not available", 0},
		"says 554":               {"GREET", "554 5.7.1 no SMTP service here", 0},
		"hangs up":               {"GREET", hangUp, 0},
		"says nothing":           {"GREET", silent, hurriedStep},
		"hangs up on EHLO":       {"EHLO", hangUp, 0},
		"is silent at EHLO":      {"EHLO", silent, hurriedStep},
		"says 421 to EHLO":       {"EHLO", "421 busy", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
				dead := strings.HasPrefix(c.address, firstAddress.String())
				if dead && verb == test.verb {
					return test.says
				}
				return usual
			}}
			pool, start := NewPool(h.twoAddresses(), 1), time.Now()
			if _, err := pool.Send(t.Context(), message, nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if took := time.Since(start); took > test.within+time.Second {
				t.Errorf("%s: it took %v", name, took)
			}
			pool.CloseIdle()
			asked := len(h.conns)
			if _, err := pool.Send(t.Context(), message, nil); err != nil {
				t.Errorf("%s: the second: %v", name, err)
			}
			pool.CloseIdle()
			if len(h.conns) != asked+1 || !strings.HasPrefix(h.conns[asked].address, secondAddress.String()) {
				t.Errorf("%s: the second message asked %d connections", name, len(h.conns)-asked)
			}
			if len(h.taken) != 2 {
				t.Errorf("%s: %d were taken", name, len(h.taken))
			}
		})
	}
}

// TestASlowGreetingIsWaitedForWhereNothingElseIsLeft.
func TestASlowGreetingIsWaitedForWhereNothingElseIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, done := scripted(t, func(p *peer) {
			<-time.After(110 * time.Second)
			p.accepts()
			p.hear("QUIT")
			p.say("221 bye")
		})
		if _, err := sender.Send(t.Context(), message, nil); err != nil {
			t.Error(err)
		}
		<-done
	})
}

// TestWhereAllAddressesFailTheOneThatCameFurthestIsTold.
func TestWhereAllAddressesFailTheOneThatCameFurthestIsTold(t *testing.T) {
	h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
		switch {
		case strings.HasPrefix(c.address, secondAddress.String()) && verb == "GREET":
			return hangUp
		case verb == "EHLO":
			return "421 too busy"
		}
		return usual
	}}
	_, err := h.twoAddresses().Send(t.Context(), message, nil)
	if e := asError(t, err); e.Step != "hello" || e.Code != 421 || !e.Relay || e.Verdict != NotSent || len(h.conns) != 2 {
		t.Errorf("%d connections, %+v", len(h.conns), e)
	}
}

// TestALoginThatIsRefusedIsNotTriedAtTheNextAddress: it has the same users, and locks them out.
func TestALoginThatIsRefusedIsNotTriedAtTheNextAddress(t *testing.T) {
	h := &hookRelay{extensions: []string{"AUTH PLAIN"}, hook: func(c *hookConn, verb, line string) string {
		if verb == "AUTH" {
			return "535 5.7.8 no"
		}
		return usual
	}}
	s := h.twoAddresses()
	s.Username, s.Password = "u", func() (string, error) { return "secret", nil }
	_, err := s.Send(t.Context(), message, nil)
	if e := asError(t, err); e.Step != "login" || e.Code != 535 || e.About != AboutUs || !e.Relay || len(h.conns) != 1 {
		t.Errorf("%d connections, %+v", len(h.conns), e)
	}
}

// TestARelayThatHangsUpOnEHLOIsGreetedAsOfOld, and the next time at once.
func TestARelayThatHangsUpOnEHLOIsGreetedAsOfOld(t *testing.T) {
	h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
		if verb == "EHLO" {
			return hangUp
		}
		return usual
	}}
	pool := NewPool(h.sender(), 1)
	for range 2 {
		if _, err := pool.Send(t.Context(), message, nil); err != nil {
			t.Error(err)
		}
		pool.CloseIdle()
	}
	if len(h.conns) != 3 || len(h.taken) != 2 || h.conns[2].verbs() != "HELO MAIL RCPT DATA QUIT" {
		t.Errorf("%d connections, the last heard %s", len(h.conns), h.conns[len(h.conns)-1].verbs())
	}
}
