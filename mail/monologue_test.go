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

// talker is a connection on which the relay says the same whatever it is told.
type talker struct{ io.Reader }

func monologue(words string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		return talker{strings.NewReader(words)}, nil
	}
}

func (talker) Write(p []byte) (int, error)      { return len(p), nil }
func (talker) Close() error                     { return nil }
func (talker) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (talker) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (talker) SetDeadline(time.Time) error      { return nil }
func (talker) SetReadDeadline(time.Time) error  { return nil }
func (talker) SetWriteDeadline(time.Time) error { return nil }

func checkText(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 700 || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}) {
		t.Errorf("not fit for a terminal: %q", s)
	}
}
