package mail

import (
	"bufio"
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestAnAccountWhoseRecipientsServersHangDelaysNoOther at the same relay and login: the relay asks
// those servers before it answers, and has all its connections wait for one account.
func TestAnAccountWhoseRecipientsServersHangDelaysNoOther(t *testing.T) {
	alone, _ := sendingTime(t, 0)
	for _, bad := range []int{3, 30} {
		beside, most := sendingTime(t, bad)
		if beside > alone+alone/10+stallsAfter {
			t.Errorf("beside %d messages that hang it takes %s, alone %s", bad, beside, alone)
		}
		if most > 3 {
			t.Errorf("%d connections at once", most)
		}
	}
}

// sendingTime is how long a good account takes for 100 messages over three connections, begun while
// another's messages hang for 5 minutes each at RCPT, and how many connections there were.
func sendingTime(t *testing.T, bad int) (took time.Duration, most int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var relays sync.WaitGroup
		var mu sync.Mutex
		open := 0
		count := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			open += n
			most = max(most, open)
		}
		dial := func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			count(1)
			relays.Go(func() {
				defer theirs.Close()
				serveSlowly(&peer{theirs, bufio.NewReader(theirs)})
			})
			return loopbackEnd{closing{ours, sync.OnceFunc(func() { count(-1) })}}, nil
		}
		var pools Pools
		pool := func() *Pool { return pools.Pool(&SMTP{Host: "relay.test", TLS: None, dial: dial}, 3) }
		hanging, good := pool(), pool()
		var all sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		for range bad {
			all.Go(func() {
				m := message
				m.To = "someone@hangs.example"
				_, _ = hanging.Send(ctx, m, nil)
			})
		}
		synctest.Wait()
		began := time.Now()
		var mine sync.WaitGroup
		for range 100 {
			mine.Go(func() {
				if _, err := good.Send(t.Context(), message, nil); err != nil {
					t.Error(err)
				}
			})
		}
		mine.Wait()
		took = time.Since(began)
		stop()
		all.Wait()
		hanging.CloseIdle()
		good.CloseIdle()
		relays.Wait()
	})
	return took, most
}

// TestAccountsThatAreAllSlowDoNotEndEachOthersConnections for ever: who yields waits for the others.
func TestAccountsThatAreAllSlowDoNotEndEachOthersConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var relays, all sync.WaitGroup
		dials := 0
		dial := func(context.Context, string, string) (net.Conn, error) {
			dials++
			ours, theirs := net.Pipe()
			relays.Go(func() {
				defer theirs.Close()
				serveSlowly(&peer{theirs, bufio.NewReader(theirs)})
			})
			return loopbackEnd{ours}, nil
		}
		var pools Pools
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
		defer stop()
		for range 3 {
			pool := pools.Pool(&SMTP{Host: "relay.test", TLS: None, dial: dial}, 1)
			for range 3 {
				all.Go(func() {
					m := message
					m.To = "someone@slow.example"
					if _, err := pool.Send(ctx, m, nil); err != nil {
						t.Error(err)
					}
				})
			}
			defer relays.Wait()
			defer pool.CloseIdle()
		}
		all.Wait()
		if dials > 12 {
			t.Errorf("%d connections for 9 messages", dials)
		}
	})
}

// closing tells when it is closed.
type closing struct {
	net.Conn
	closed func()
}

func (c closing) Close() error {
	c.closed()
	return c.Conn.Close()
}

// serveSlowly is a relay that takes a second for a message, and five minutes for a recipient at a server
// that hangs.
func serveSlowly(p *peer) {
	p.say("220 relay")
	for {
		line, err := p.in.ReadString('\n')
		switch {
		case err != nil:
			return
		case strings.Contains(line, "slow.example"):
			<-time.After(10 * time.Second)
		case strings.Contains(line, "hangs.example"):
			<-time.After(5 * time.Minute)
		case strings.HasPrefix(line, "DATA"):
			p.say("354 go on")
			if _, whole := p.dot(); !whole {
				return
			}
			<-time.After(time.Second)
		}
		p.say("250 ok")
	}
}
