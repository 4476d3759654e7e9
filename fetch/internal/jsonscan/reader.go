package jsonscan

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf8"
)

// errNotUTF8 is a body or file that is no text.
var errNotUTF8 = errors.New("is not UTF-8 text")

// textReader passes UTF-8 text on, without a leading byte order mark.
type textReader struct {
	r    io.Reader
	tail [utf8.UTFMax]byte // the first bytes of a rune that is not whole yet
	n    int
	bad  bool // it is no UTF-8, and stays so for who reads on
}

func newTextReader(r io.Reader) *textReader {
	buffered := bufio.NewReaderSize(r, 32<<10)
	if head, _ := buffered.Peek(len(byteOrderMark)); string(head) == byteOrderMark {
		_, _ = buffered.Discard(len(byteOrderMark)) // cannot fail: they were peeked
	}
	return &textReader{r: buffered}
}

const byteOrderMark = "\ufeff"

// Read implements [io.Reader].
func (t *textReader) Read(p []byte) (int, error) {
	if t.bad {
		return 0, errNotUTF8
	}
	n, err := t.r.Read(p)
	if t.bad = !t.valid(p[:n]); t.bad {
		return 0, errNotUTF8
	}
	return n, err
}

func (t *textReader) valid(b []byte) bool {
	for t.n > 0 && len(b) > 0 {
		t.tail[t.n] = b[0]
		t.n, b = t.n+1, b[1:]
		if utf8.FullRune(t.tail[:t.n]) {
			if !utf8.Valid(t.tail[:t.n]) {
				return false
			}
			t.n = 0
		}
	}
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if at := len(b) - i; utf8.RuneStart(b[at]) {
			if !utf8.FullRune(b[at:]) {
				t.n = copy(t.tail[:], b[at:])
				b = b[:at]
			}
			break
		}
	}
	return utf8.Valid(b)
}
