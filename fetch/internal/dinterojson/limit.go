package dinterojson

import (
	"errors"
	"io"
)

// ErrTooLong is a page, a line or a row of a file of more than 64 MiB after decompression.
var ErrTooLong = errors.New("is longer than 64 MiB")

const maxBytes = 64 << 20

// LimitedReader reads from R and refuses with [ErrTooLong] what is past 64 MiB.
type LimitedReader struct {
	R io.Reader
	n int64 // bytes that were read
}

// Read implements [io.Reader].
func (l *LimitedReader) Read(p []byte) (int, error) {
	if most := maxBytes - l.n + 1; int64(len(p)) > most {
		p = p[:most]
	}
	n, err := l.R.Read(p)
	if l.n += int64(n); l.n > maxBytes {
		return 0, ErrTooLong
	}
	return n, err
}
