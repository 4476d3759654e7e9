package dotstuff

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"testing"

	"rapport/internal/text"
)

// stuffed is what is sent of a message that comes in pieces of so many bytes.
func stuffed(message []byte, size int) (sent []byte) {
	var s Stuffer
	for len(message) > 0 {
		n := min(size, len(message))
		sent = append(sent, s.Next(message[:n])...)
		message = message[n:]
	}
	return append(sent, s.End()...)
}

func TestDotStuffed(t *testing.T) {
	for message, want := range map[string]string{
		"":                        "",
		"a\r\n":                   "a\r\n",
		"a":                       "a\r\n",
		"a\nb":                    "a\r\nb\r\n",
		".\r\n":                   "..\r\n",
		"a\r\n.b\r\n":             "a\r\n..b\r\n",
		"a\n.\nMAIL FROM:<x@y>\n": "a\r\n..\r\nMAIL FROM:<x@y>\r\n",
		"a\r.\rb\r\n":             "a\r\n..\r\nb\r\n",
		"a\n\r.\r\n":              "a\r\n\r\n..\r\n",
		"a\r\n\r\n":               "a\r\n\r\n",
	} {
		for size := range len(message) + 1 {
			if got := string(stuffed([]byte(message), size+1)); got != want {
				t.Errorf("%q goes as %q in pieces of %d, want %q", message, got, size+1, want)
			}
		}
	}
}

// FuzzDotStuffed: whatever a message is, and wherever it is cut, the relay reads no end before its end,
// no bare CR or LF, and the message.
func FuzzDotStuffed(f *testing.F) {
	f.Add([]byte("a\r\n.\r\nb\n.\n\r.\r\r\n.."), 1)
	f.Add([]byte("a\r\n.\r\nb\n.\n\r.\r\r\n.."), 2)
	f.Add([]byte("a\r\nb\r\n\r\nc\r\n\r\n\r\n"), 3)
	f.Fuzz(func(t *testing.T, message []byte, size int) {
		sent := stuffed(message, max(1, size))
		want := text.CRLFLines(message)
		if bytes.HasPrefix(want, []byte(".")) {
			want = append([]byte("."), want...)
		}
		if want = bytes.ReplaceAll(want, []byte("\r\n."), []byte("\r\n..")); !bytes.Equal(sent, want) {
			t.Fatalf("%q goes as %q, want %q", message, sent, want)
		}
		bare := strings.NewReplacer("\r\n", "").Replace(string(sent))
		if strings.ContainsAny(bare, "\r\n") || len(sent) > 0 && !bytes.HasSuffix(sent, []byte("\r\n")) {
			t.Fatalf("%q", sent)
		}
		r := textproto.NewReader(bufio.NewReader(io.MultiReader(bytes.NewReader(sent), strings.NewReader(".\r\nrest"))))
		if _, err := r.ReadDotBytes(); err != nil {
			t.Fatal(err)
		}
		if rest, _ := io.ReadAll(r.R); string(rest) != "rest" {
			t.Fatalf("%q was taken for the end of %q", sent, message)
		}
	})
}
