package main

import (
	"bufio"
	bytesof "encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A way leads to a server's socket. It can be cut, can be slow, and can lose commits.
type way struct {
	dir, to  string
	delay    time.Duration            // in each direction
	fault    func(commits int) lostAt // of the n'th commit; nil: none
	faults   [wholeAnswer + 1]int     // how often each happened, under mu
	mu       sync.Mutex
	commits  int
	listener net.Listener
	conns    []net.Conn
}

// lostAt says where a connection ends that asks for a commit.
type lostAt int

const (
	notLost     lostAt = iota
	lostCommit         // the server never hears of it
	lostWhile          // it has just heard of it
	wholeAnswer        // its answer came as far as here
)

// startWay makes a way to the directory of a server's socket; tell may be nil.
func startWay(t testing.TB, to string, tell func(*way)) *way {
	t.Helper()
	dir, err := os.MkdirTemp("", "way") // short: the path of a socket is at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	w := &way{dir: dir, to: to}
	if tell != nil {
		tell(w)
	}
	w.mend(t)
	t.Cleanup(w.cut)
	return w
}

// config is a configuration that goes this way.
func (w *way) config(t testing.TB, config string) (path string) {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	path = strings.TrimSuffix(config, ".yaml") + filepath.Base(w.dir) + ".yaml"
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "host="+w.to, "host="+w.dir, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// mend lets connections through again.
func (w *way) mend(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(w.dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener = listener
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", filepath.Join(w.to, ".s.PGSQL.5432"))
			if err != nil {
				client.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, client, server)
			w.mu.Unlock()
			w.carry(client, server)
		}
	}()
}

// carry passes on what both ends say until one hangs up.
func (w *way) carry(client, server net.Conn) {
	ends := func(pass func() error) {
		_ = pass()
		client.Close()
		server.Close()
	}
	switch {
	case w.delay > 0:
		go ends(func() error { return delayed(server, client, w.delay) })
		go ends(func() error { return delayed(client, server, w.delay) })
	case w.fault != nil:
		losing := make(chan struct{})
		go ends(func() error { return w.askCommits(server, client, losing) })
		go ends(func() error { return untilLost(client, server, losing) })
	default:
		go ends(func() error { _, err := io.Copy(server, client); return err })
		go ends(func() error { _, err := io.Copy(client, server); return err })
	}
}

// delayed passes on each piece so much later, as a long wire does: pieces do not wait for each other.
func delayed(to io.Writer, from io.Reader, by time.Duration) error {
	type piece struct {
		data []byte
		at   time.Time
	}
	wire := make(chan piece, 1024)
	go func() {
		defer close(wire)
		for {
			data := make([]byte, 32<<10)
			n, err := from.Read(data)
			if err != nil {
				return
			}
			wire <- piece{data[:n], time.Now().Add(by)}
		}
	}()
	var err error
	for p := range wire {
		if err == nil {
			<-time.After(time.Until(p.at))
			_, err = to.Write(p.data)
		}
	}
	return err
}

// askCommits passes on what a client says, message by message. It ends with a commit that is lost.
func (w *way) askCommits(server io.Writer, client io.Reader, losing chan struct{}) error {
	in := bufio.NewReader(client)
	for first := true; ; first = false {
		head := make([]byte, 5) // a kind, and a length that counts itself
		if first {
			head = head[:4] // the first message has no kind
		}
		if _, err := io.ReadFull(in, head); err != nil {
			return err
		}
		message := make([]byte, len(head)+int(bytesof.BigEndian.Uint32(head[len(head)-4:]))-4)
		copy(message, head)
		if _, err := io.ReadFull(in, message[len(head):]); err != nil {
			return err
		}
		where := notLost
		if !first && head[0] == 'Q' && strings.EqualFold(string(message[5:]), "commit\x00") {
			where = w.next()
		}
		switch where {
		case lostCommit:
			return io.EOF
		case wholeAnswer:
			close(losing)
		}
		if _, err := server.Write(message); err != nil || where == lostWhile {
			return err
		}
		if where == wholeAnswer {
			return waitForEnd(in)
		}
	}
}

// waitForEnd leaves the end of a connection to the other direction.
func waitForEnd(in io.Reader) error {
	_, err := io.Copy(io.Discard, in)
	return err
}

// next says what becomes of a commit.
func (w *way) next() lostAt {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.commits++
	where := w.fault(w.commits)
	w.faults[where]++
	return where
}

// untilLost passes on what a server says, but for the answer to a commit that is lost.
func untilLost(client io.Writer, server io.Reader, losing chan struct{}) error {
	data := make([]byte, 32<<10)
	for {
		n, err := server.Read(data)
		if err != nil {
			return err
		}
		select {
		case <-losing:
			return io.EOF
		default:
		}
		if _, err := client.Write(data[:n]); err != nil {
			return err
		}
	}
}

// cut ends all connections, and lets none through.
func (w *way) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener.Close()
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// lost is how often each fault happened.
func (w *way) lost() (commit, while, answer int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.faults[lostCommit], w.faults[lostWhile], w.faults[wholeAnswer]
}
