package dinterojson

import (
	"errors"
	"fmt"
	"io"
)

// What one account's server may make us keep in memory. A page of Dintero's is about a
// megabyte: these are far beyond what anybody has, and far below what would hurt.
const (
	maxPage = 32 << 20 // bytes of a page after decompression, with what its rows take in memory
	maxRow  = 8 << 20  // bytes of a row, or of a line of a file
	maxText = 64 << 10 // bytes of a text

	maxEvents   = 1000   // of a transaction
	maxElements = 5000   // of any other list of a row
	maxInRow    = 20_000 // elements of all lists of a row
	maxFigures  = 50_000 // of key figures in one list
	maxNames    = 1000   // of an object, whether it is printed or not
)

// ErrTooLong is a page of more than 32 MiB after decompression, errRowTooLong a row of
// more than 8 MiB.
var (
	ErrTooLong    = errors.New("is longer than 32 MiB")
	errRowTooLong = errors.New("is longer than 8 MiB")
)

// LimitedReader reads a page from R and refuses with [ErrTooLong] what is past 32 MiB.
type LimitedReader struct {
	R    io.Reader
	Keep func(bytes int) // is told what the rows take in memory besides; nil: nobody asks
	n    int             // bytes that were read or are kept
}

// Read implements [io.Reader]. What is within the limit is read whatever follows it.
func (l *LimitedReader) Read(p []byte) (int, error) {
	if l.n >= maxPage && len(p) > 0 {
		if n, err := l.R.Read(p[:1]); n == 0 {
			return 0, err
		}
		return 0, ErrTooLong
	}
	n, err := l.R.Read(p[:min(len(p), maxPage-l.n)])
	l.n += n
	return n, err
}

// keep counts what a row takes in memory.
func (l *LimitedReader) keep(bytes int) {
	l.n += bytes
	if l.Keep != nil {
		l.Keep(bytes)
	}
}

// elements counts the elements of the lists of a row, and the bytes that they take.
type elements struct{ n, bytes int }

// take counts one more of so many bytes beside n others in a list of most; where there is no
// room for it, limit is how many there may be, else 0.
func (e *elements) take(n, most, bytes int) (limit int) {
	switch {
	case n >= most:
		return most
	case e.n >= maxInRow && most < maxFigures:
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
