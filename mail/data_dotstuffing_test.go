package mail

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"testing"
)

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
		if got := string(dotStuffed([]byte(message))); got != want {
			t.Errorf("%q goes as %q, want %q", message, got, want)
		}
	}
}

// FuzzDotStuffed: whatever a message is, the relay reads no end before its end, and no bare
// CR or LF.
func FuzzDotStuffed(f *testing.F) {
	f.Add([]byte("a\r\n.\r\nb\n.\n\r.\r\r\n.."))
	f.Fuzz(func(t *testing.T, message []byte) {
		stuffed := dotStuffed(message)
		bare := strings.NewReplacer("\r\n", "").Replace(string(stuffed))
		if strings.ContainsAny(bare, "\r\n") || len(stuffed) > 0 && !bytes.HasSuffix(stuffed, []byte("\r\n")) {
			t.Fatalf("%q", stuffed)
		}
		r := textproto.NewReader(bufio.NewReader(io.MultiReader(bytes.NewReader(stuffed), strings.NewReader(".\r\nrest"))))
		if _, err := r.ReadDotBytes(); err != nil {
			t.Fatal(err)
		}
		if rest, _ := io.ReadAll(r.R); string(rest) != "rest" {
			t.Fatalf("%q was taken for the end of %q", stuffed, message)
		}
	})
}
