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

// A sink is a relay that throws away what it takes, with as little work as possible: the
// machine's time is to be the sender's.
type sink struct {
	listener net.Listener
	taken    atomic.Int64
}

func startSink(b *testing.B) *sink {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	s := &sink{listener: l}
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

func (s *sink) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

func (s *sink) serve(conn net.Conn) {
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
			answer = "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n"
		case "DATA":
			fmt.Fprint(conn, "354 go on\r\n")
			if !skipBody(in) {
				return
			}
			s.taken.Add(1)
		case "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		}
		if _, err := conn.Write([]byte(answer)); err != nil {
			return
		}
	}
}

// skipBody reads up to the dot that ends a message. Nobody says more before the answer.
func skipBody(in *bufio.Reader) bool {
	var tail []byte
	for !bytes.HasSuffix(tail, []byte("\r\n.\r\n")) {
		if _, err := in.Peek(1); err != nil {
			return false
		}
		chunk, _ := in.Peek(in.Buffered())
		tail = append(tail, chunk[max(0, len(chunk)-5):]...)
		tail = tail[max(0, len(tail)-5):]
		in.Discard(len(chunk))
	}
	return true
}

// far is the port of the sink behind a line on which everything takes a while each way.
func (s *sink) far(b *testing.B, eachWay time.Duration) int {
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
			go carry(near, far, eachWay)
			go carry(far, near, eachWay)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// carry copies what one end says to the other, later.
func carry(from, to net.Conn, later time.Duration) {
	type parcel struct {
		due  time.Time
		data []byte
	}
	line := make(chan parcel, 1000)
	go func() {
		defer to.Close()
		for p := range line {
			time.Sleep(time.Until(p.due))
			if _, err := to.Write(p.data); err != nil {
				break
			}
		}
		for range line {
		}
	}()
	defer close(line)
	for {
		data := make([]byte, 64<<10)
		n, err := from.Read(data)
		if err != nil {
			return
		}
		line <- parcel{time.Now().Add(later), data[:n]}
	}
}
