package mail

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// fixedConn is a connection on which the relay sends the same whatever it is sent.
type fixedConn struct{ io.Reader }

func fixedReplies(words string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		return fixedConn{strings.NewReader(words)}, nil
	}
}

func (fixedConn) Write(p []byte) (int, error)      { return len(p), nil }
func (fixedConn) Close() error                     { return nil }
func (fixedConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (fixedConn) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (fixedConn) SetDeadline(time.Time) error      { return nil }
func (fixedConn) SetReadDeadline(time.Time) error  { return nil }
func (fixedConn) SetWriteDeadline(time.Time) error { return nil }

func checkText(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 700 || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}) {
		t.Errorf("not fit for a terminal: %q", s)
	}
}
