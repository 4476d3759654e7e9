package mail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// message is long enough that its last part leaves together with the dot.
var message = Frozen{
	Envelope: "rapport@fjordfisk.no", To: "regnskap@fjordfisk.no", ID: "1@fjordfisk.no",
	Pieces: [][]byte{[]byte("Subject: x\r\n\r\n" + strings.Repeat("0123456789 0123456789 0123456789\r\n", 4000))},
}

// peer is the server's end of a conversation that a test scripts word by word.
type peer struct {
	net.Conn
	in *bufio.Reader
}

func (p *peer) say(format string, args ...any) { fmt.Fprintf(p, format+"\r\n", args...) }

// hear reads commands until one begins with word, answering those before it with 250.
func (p *peer) hear(word string) (line string, ok bool) {
	for {
		line, err := p.in.ReadString('\n')
		if err != nil {
			return line, false
		}
		if strings.HasPrefix(line, word) {
			return strings.TrimSpace(line), true
		}
		p.say("250 ok")
	}
}

// until answers all commands with 250 up to word, which is left to the script.
func (p *peer) until(word string) bool {
	p.say("220 relay")
	_, ok := p.hear(word)
	return ok
}

// body reads the message up to its dot.
func (p *peer) body() (got string, whole bool) {
	if !p.until("DATA") {
		return "", false
	}
	p.say("354 go on")
	return p.dot()
}

func (p *peer) dot() (got string, whole bool) {
	var b strings.Builder
	for {
		line, err := p.in.ReadString('\n')
		if err != nil {
			return b.String() + line, false
		}
		if line == ".\r\n" {
			return b.String(), true
		}
		b.WriteString(line)
	}
}

// loopbackEnd is a pipe that says it comes from this machine.
type loopbackEnd struct{ net.Conn }

func (loopbackEnd) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// scripted is a sender whose relay is the script, over a pipe. done ends when the
// script has.
func scripted(t *testing.T, script func(*peer)) (sender *SMTP, done <-chan struct{}) {
	t.Helper()
	finished := make(chan struct{})
	dial := func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer close(finished)
			defer theirs.Close()
			script(&peer{theirs, bufio.NewReader(theirs)})
		}()
		return loopbackEnd{ours}, nil
	}
	return &SMTP{Host: "relay.test", TLS: None, dial: dial}, finished
}

// serve runs the script on a real connection, where a hang-up is a reset.
func serve(t *testing.T, script func(*peer)) *SMTP {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		script(&peer{conn, bufio.NewReader(conn)})
	}()
	t.Cleanup(func() { listener.Close(); <-finished })
	return &SMTP{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: None}
}

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *Error", err)
	}
	return e
}

// drain reads to the end, so that closing does not reset the connection.
func (p *peer) drain() { _, _ = io.Copy(io.Discard, p.in) }
