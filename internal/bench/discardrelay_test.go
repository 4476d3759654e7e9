package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A discardRelay is an SMTP server that throws away what it takes, with as little work as possible: the
// machine's time is to be the sender's.
type discardRelay struct {
	listener net.Listener
	taken    atomic.Int64
	bytes    atomic.Int64 // of all that it took, with their last dots
}

func startDiscardRelay(b *testing.B) *discardRelay {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	s := &discardRelay{listener: l}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s
}

func (s *discardRelay) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

func (s *discardRelay) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 256<<10)
	fmt.Fprint(conn, "220 sink\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer := "250 ok\r\n"
		switch word, _, _ := strings.Cut(strings.TrimSpace(line), " "); word {
		case "EHLO":
			answer = "250-discardRelay\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n"
		case "DATA":
			fmt.Fprint(conn, "354 go on\r\n")
			n, whole := skipBody(in)
			if !whole {
				return
			}
			s.taken.Add(1)
			s.bytes.Add(n)
		case "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		}
		if _, err := conn.Write([]byte(answer)); err != nil {
			return
		}
	}
}

// skipBody reads up to the dot that ends a message, and tells how many bytes that are. A client sends
// no more before the answer.
func skipBody(in *bufio.Reader) (n int64, whole bool) {
	var tail []byte
	for !bytes.HasSuffix(tail, []byte("\r\n.\r\n")) {
		if _, err := in.Peek(1); err != nil {
			return n, false
		}
		chunk, _ := in.Peek(in.Buffered())
		tail = append(tail, chunk[max(0, len(chunk)-5):]...)
		tail = tail[max(0, len(tail)-5):]
		in.Discard(len(chunk))
		n += int64(len(chunk))
	}
	return n, true
}

// delayedPort is the port of a proxy before the relay that delays all bytes each way.
func (s *discardRelay) delayedPort(b *testing.B, delay time.Duration) int {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", s.listener.Addr().String())
			if err != nil {
				near.Close()
				return
			}
			go forward(near, far, delay)
			go forward(far, near, delay)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// forward copies what one end says to the other, delayed.
func forward(from, to net.Conn, delay time.Duration) {
	type chunk struct {
		due  time.Time
		data []byte
	}
	delayed := make(chan chunk, 1000)
	go func() {
		defer to.Close()
		for p := range delayed {
			<-time.After(time.Until(p.due))
			if _, err := to.Write(p.data); err != nil {
				break
			}
		}
		for range delayed {
		}
	}()
	defer close(delayed)
	for {
		data := make([]byte, 64<<10)
		n, err := from.Read(data)
		if err != nil {
			return
		}
		delayed <- chunk{time.Now().Add(delay), data[:n]}
	}
}
