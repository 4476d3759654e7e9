package mail

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

// A hookRelay is a relay on pipes that takes everything, but for what a hook says instead.
type hookRelay struct {
	extensions []string
	hook       func(c *hookConn, verb, line string) string

	mu    sync.Mutex
	conns []*hookConn
	taken []string // recipients
	most  int      // connections at once
}

type hookConn struct {
	n, taken int
	address  string // as it was dialled
	heard    []string
	closed   bool
}

// What a hook may say beside a reply.
const (
	usual  = ""        // the usual reply
	hangUp = "hang up" // no reply, and the end
	silent = "silent"  // no reply
)

// verbs are the first words that were heard on a connection.
func (c *hookConn) verbs() string {
	var all []string
	for _, line := range c.heard {
		verb, _, _ := strings.Cut(line, " ")
		all = append(all, verb)
	}
	return strings.Join(all, " ")
}

func (h *hookRelay) dial(ctx context.Context, _, address string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	c := &hookConn{n: len(h.conns), address: address}
	if h.hook != nil && h.hook(c, "DIAL", address) == hangUp {
		return nil, &net.OpError{Op: "dial", Err: fmt.Errorf("connection refused")}
	}
	h.conns = append(h.conns, c)
	ours, theirs := net.Pipe()
	open := 0
	for _, c := range h.conns {
		if !c.closed {
			open++
		}
	}
	h.most = max(h.most, open)
	go h.serve(c, theirs)
	if at, err := netip.ParseAddrPort(address); err == nil {
		return addressedEnd{ours, at}, nil
	}
	return loopbackEnd{ours}, nil
}

// addressedEnd is a pipe that says where it leads.
type addressedEnd struct {
	net.Conn
	at netip.AddrPort
}

func (a addressedEnd) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(a.at) }

func (h *hookRelay) serve(c *hookConn, conn net.Conn) {
	defer func() {
		conn.Close()
		h.mu.Lock()
		defer h.mu.Unlock()
		c.closed = true
	}()
	in, to := bufio.NewReader(conn), ""
	say := func(verb, line, standard string) (reply string, open bool) {
		h.mu.Lock()
		if verb != "GREET" && verb != "DOT" {
			c.heard = append(c.heard, line)
		}
		c.closed = c.closed || verb == "QUIT"
		if h.hook != nil {
			reply = h.hook(c, verb, line)
		}
		if reply == usual {
			reply = standard
		}
		if verb == "DOT" && strings.HasPrefix(reply, "2") {
			c.taken++
			h.taken = append(h.taken, to)
		}
		h.mu.Unlock()
		if reply == hangUp || reply == silent {
			return reply, reply == silent
		}
		_, err := fmt.Fprintf(conn, "%s\r\n", strings.ReplaceAll(reply, "\n", "\r\n"))
		return reply, err == nil && !strings.HasPrefix(reply, "421") && !strings.HasPrefix(reply, "221")
	}
	_, open := say("GREET", "", "220 relay")
	for open {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, argument, _ := strings.Cut(line, " ")
		reply := "250 ok"
		switch verb {
		case "EHLO":
			reply = "250-" + strings.Join(append([]string{"relay"}, h.extensions...), "\n250-") + "\n250 HELP"
		case "RCPT":
			to = strings.TrimSuffix(strings.TrimPrefix(argument, "TO:<"), ">")
		case "AUTH":
			reply = "235 ok"
		case "DATA":
			reply = "354 go"
		case "QUIT":
			reply = "221 bye"
		}
		if reply, open = say(verb, line, reply); verb == "DATA" && strings.HasPrefix(reply, "354") {
			if _, whole := (&peer{conn, in}).dot(); !whole {
				return
			}
			_, open = say("DOT", "", "250 taken")
		}
	}
}

// sender is a client of the relay, in clear text.
func (h *hookRelay) sender() *SMTP { return &SMTP{Host: "relay.test", TLS: None, dial: h.dial} }

// sendMany sends messages to so many people at once and returns what failed, by recipient.
func sendMany(ctx context.Context, pool *Pool, n int) map[string]error {
	failed := map[string]error{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			f := message
			f.To = fmt.Sprintf("r%d@shop.example", i)
			if _, err := pool.Send(ctx, f, nil); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed[f.To] = err
			}
		})
	}
	all.Wait()
	return failed
}

// onceEach fails the test unless each of n recipients has one message.
func (h *hookRelay) onceEach(t *testing.T, n int) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	count := map[string]int{}
	for _, to := range h.taken {
		count[to]++
	}
	if len(count) != n || len(h.taken) != n {
		t.Errorf("%d messages were taken, of %d recipients, want %d", len(h.taken), len(count), n)
	}
}
