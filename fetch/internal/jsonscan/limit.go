package jsonscan

import (
	"errors"
	"fmt"
	"io"
)

// What one text may make us keep in memory.
const (
	maxRow   = 8 << 20 // bytes of a row, or of a line of a file
	maxInRow = 20_000  // elements of all lists of a row
	maxNames = 1000    // of an object, whether it is read or not
)

// errRowTooLong is a row of more than 8 MiB.
var errRowTooLong = errors.New("is longer than 8 MiB")

// elements counts the elements of the lists of a row, and the bytes that they take.
type elements struct{ n, bytes int }

// take counts one more of so many bytes beside n others in a list of most; where there is no
// room for it, limit is how many there may be, else 0. A list that may have more than all
// lists of a row is the row's only one.
func (e *elements) take(n, most, bytes int) (limit int) {
	switch {
	case n >= most:
		return most
	case e.n >= maxInRow && most <= maxInRow:
		return maxInRow
	}
	e.n++
	e.bytes += bytes
	return 0
}

// tooMany says what is wrong with a list that has more elements than there may be.
func tooMany(limit int) string {
	if limit == maxInRow {
		return fmt.Sprintf("has, with the lists beside it, more than %d elements", limit)
	}
	return fmt.Sprintf("has more than %d elements", limit)
}

// tooManyNames is the fault of the object at a path.
func tooManyNames(path string) error {
	return fmt.Errorf("%s: has more than %d names", path, maxNames)
}

// evenReader reads as much as it is asked for, up to the end: what is read in one go, and
// so what an error says, does not depend on how the network cut the text.
type evenReader struct {
	r   io.Reader
	err error
}

// Read implements [io.Reader].
func (e *evenReader) Read(p []byte) (n int, err error) {
	for n < len(p) && e.err == nil {
		var read int
		read, e.err = e.r.Read(p[n:])
		n += read
	}
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	return 0, e.err
}

// rowReader bounds what is read for one row: whoever reads one calls begin before.
type rowReader struct {
	r    io.Reader
	left int
}

// begin lets a row begin. A decoder has read less than 64 KiB of it by then.
func (b *rowReader) begin() { b.left = maxRow + 64<<10 }

// Read implements [io.Reader].
func (b *rowReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRowTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
