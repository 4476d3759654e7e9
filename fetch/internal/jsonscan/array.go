package jsonscan

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// ScanArray reads one array of rows to its end with the scanner, and gives each row to each
// as soon as it is read. From the first row on that the scanner does not support, the library
// reads the rest. Bytes that are not UTF-8, a row that is no object and anything after the
// array are errors; one that ends early is an [io.ErrUnexpectedEOF].
func (d *Rows[R, T]) ScanArray(r io.Reader, each func(T) error) error {
	w := window{r: &evenReader{r: r}}
	found := w.begin()
	for n := 1; found; n++ {
		row, at, end, err := d.nextElement(&w, n)
		switch {
		case end == arrayClosed:
			return nil
		case end < 0:
			return d.decodeRest(&w, n, each)
		case err == nil:
			w.pass(end)
			err = each(row)
		}
		if err != nil {
			return inElement(n, at, err)
		}
	}
	return d.decodeRest(&w, 0, each)
}

// arrayClosed is returned in place of an index at the end of the array.
const arrayClosed = -3

// nextElement scans the n-th element, which begins at the byte at of the text, and
// returns the index after it in the window.
func (d *Rows[R, T]) nextElement(w *window, n int) (row T, at int64, end int, err error) {
	for {
		b := w.unread()
		i := skipBlanks(b, 0)
		end = incomplete
		switch {
		case i == len(b):
		case b[i] == ']':
			if i = skipBlanks(b, i+1); i < len(b) {
				return row, 0, unsupported, nil
			}
			if w.err == io.EOF {
				return row, 0, arrayClosed, nil
			}
		case n > 1 && b[i] != ',':
			return row, 0, unsupported, nil
		default:
			if n > 1 {
				i = skipBlanks(b, i+1)
			}
			row, end, err = d.scan(b, i)
		}
		if end == incomplete && len(b)-i > maxRow {
			return row, w.passed + int64(i), 0, d.named(errRowTooLong)
		}
		if end != incomplete || !w.more() {
			return row, w.passed + int64(i), end, err
		}
	}
}

// decodeRest reads the array by the library from its n-th element on, or from before its
// bracket where n is 0.
func (d *Rows[R, T]) decodeRest(w *window, n int, each func(T) error) error {
	before := "" // what the library must see first, to judge the commas
	switch {
	case n == 1:
		before = "["
	case n > 1:
		before = "[{}"
	}
	d.base = w.passed - int64(len(before))
	dec := newDecoder(io.MultiReader(strings.NewReader(before), bytes.NewReader(w.unread()), w))
	if err := dec.open('[', "the answer", d.explain); err != nil {
		return err
	}
	if n > 1 {
		dec.skip()
	}
	if err := d.decodeElements(dec, max(n, 1), each); err != nil {
		return err
	}
	return dec.end(d.base)
}

// window is the part of a text that is in memory and unread. It grows until an element
// is whole.
type window struct {
	r      io.Reader
	b      []byte
	at     int
	passed int64 // bytes of the text before it, without a byte order mark
	err    error // of r; kept for the library, which words it
}

func (w *window) unread() []byte { return w.b[w.at:] }

func (w *window) pass(n int) {
	w.at += n
	w.passed += int64(n)
}

// begin passes the bracket of an array, if one begins here.
func (w *window) begin() bool {
	for {
		b := w.unread()
		mark := 0
		if bytes.HasPrefix(b, []byte(byteOrderMark)) {
			mark = len(byteOrderMark)
		}
		if i := skipBlanks(b, mark); i < len(b) && len(b) >= len(byteOrderMark) {
			if b[i] != '[' {
				return false
			}
			w.pass(i + 1)
			w.passed -= int64(mark)
			return true
		}
		if !w.more() {
			return false
		}
	}
}

// more reads on until the window is twice as long, so that an element is scanned anew only
// a few times, however small the pieces it comes in; up to the longest row, and longer only where
// blanks stand before it. It is false at the end of the text.
func (w *window) more() bool {
	w.b, w.at = w.b[:copy(w.b, w.unread())], 0
	had := len(w.b)
	most := had + min(max(64<<10, had), maxRow)
	if had < maxRow+64<<10 {
		most = min(most, maxRow+64<<10)
	}
	w.b = slices.Grow(w.b, most-had)
	for w.err == nil && len(w.b) < most {
		var n int
		n, w.err = w.r.Read(w.b[len(w.b):most])
		w.b = w.b[:len(w.b)+n]
	}
	return len(w.b) > had
}

// Read implements [io.Reader]: what is not in memory yet.
func (w *window) Read(p []byte) (n int, err error) {
	if w.err == nil {
		n, w.err = w.r.Read(p)
	}
	return n, w.err
}
