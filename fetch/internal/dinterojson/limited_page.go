package dinterojson

import (
	"errors"
	"io"
)

// What one account's server may make us keep in memory, with the bounds of package jsonscan.
// A page of Dintero's is about a megabyte: these are far beyond what anybody has, and far
// below what would hurt.
const (
	maxPage = 32 << 20 // bytes of a page after decompression, with what its rows take in memory
	maxText = 64 << 10 // bytes of a text

	maxEvents   = 1000   // of a transaction
	maxElements = 5000   // of any other list of a row
	maxFigures  = 50_000 // of key figures in one list
)

// ErrTooLong is a page of more than 32 MiB after decompression.
var ErrTooLong = errors.New("is longer than 32 MiB")

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
