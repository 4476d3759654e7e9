package jsonscan

import (
	"errors"
	"fmt"
	"io"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
)

// Converter makes a raw row a row. tooWide is an object in it that has more names than are
// looked at, so that one of them may have come twice; nil where there is none.
type Converter[R, T any] func(raw *R, tooWide error) (T, error)

// Rows reads row after row into the same raw row, whose arrays it reuses. Each row is an
// object. *R has the method Scan(*Scanner), which calls [ScanObject], and may have
// Reset(), which empties it and keeps its arrays, and Named(error) error, which says in an
// error which row it is of, as far as that was read.
type Rows[R, T any] struct {
	convert Converter[R, T]
	explain Explain
	raw     R
	scanner *Scanner
	base    int64 // the byte of the source at which the library began to read
	bytes   int   // that the row read last takes in memory
}

// NewRows reads rows and makes them what convert says. explain is asked about an object that
// stands where an array of them belongs; nil: nobody is.
func NewRows[R, T any](convert Converter[R, T], explain Explain) *Rows[R, T] {
	return &Rows[R, T]{convert: convert, explain: explain}
}

// Bytes is what the row that was read last takes in memory, besides its texts.
func (d *Rows[R, T]) Bytes() int { return d.bytes }

// manyElements is from how many elements on a row's arrays are not used again.
const manyElements = 500

// begin empties the raw row.
func (d *Rows[R, T]) begin() scannable {
	if d.scanner == nil {
		d.scanner = new(Scanner)
	}
	if kept, ok := any(&d.raw).(interface{ Reset() }); ok && d.scanner.budget.n < manyElements {
		kept.Reset()
	} else {
		d.raw = *new(R)
	}
	return any(&d.raw).(scannable)
}

// finish converts the raw row.
func (d *Rows[R, T]) finish(tooWide error) (row T, err error) {
	row, err = d.convert(&d.raw, tooWide)
	d.bytes = int(unsafe.Sizeof(row)) + d.scanner.budget.bytes
	return row, err
}

// scan reads the row that begins at b[at] by the scanner and returns the index after it.
// Below 0, nothing was read: see unsupported and incomplete.
func (d *Rows[R, T]) scan(b []byte, at int) (row T, end int, err error) {
	raw := d.begin()
	if end = d.scanner.scan(b, at, raw); end < 0 {
		return row, end, nil
	}
	row, err = d.finish(nil)
	return row, end, err
}

// decode reads the next value by the library; it must be an object.
func (d *Rows[R, T]) decode(dec *Decoder) (row T, err error) {
	if k := dec.Next(); k != '{' {
		if k == 0 || k == '}' || k == ']' {
			dec.token()
			return row, d.jsonError(dec.err, 0)
		}
		return row, fmt.Errorf("is %s, not an object", KindName(k))
	}
	raw := d.begin()
	dec.BeginValue()
	d.scanner.decoder, d.scanner.at, d.scanner.budget = dec, unsupported, elements{}
	raw.Scan(d.scanner)
	if dec.err != nil {
		return row, d.named(d.jsonError(dec.err, dec.depth))
	}
	if dec.over != "" {
		return d.finish(tooManyNames(dec.over))
	}
	return d.finish(nil)
}

// DecodeArray reads by the library the array of rows that must come next, and gives each row
// to each as soon as it is read. what names the array in an error.
func (d *Rows[R, T]) DecodeArray(dec *Decoder, what string, each func(T) error) error {
	if err := dec.open('[', what, d.explain); err != nil {
		return err
	}
	return d.decodeElements(dec, 1, each)
}

// decodeElements reads the rest of an array of rows; the next is its n-th.
func (d *Rows[R, T]) decodeElements(dec *Decoder, n int, each func(T) error) error {
	for ; dec.Next() != ']'; n++ {
		at := d.base + dec.nextOffset()
		row, err := d.decode(dec)
		if err == nil {
			err = each(row)
		}
		if err != nil {
			return inElement(n, at, err)
		}
	}
	dec.token()
	return d.jsonError(dec.err, 0)
}

// inElement tells err of the element of an array that begins at a byte.
func inElement(n int, at int64, err error) error {
	return fmt.Errorf("element %d (byte %d): %w", n, at, err)
}

// named is err of the row that is being read, with its name as far as it is known.
func (d *Rows[R, T]) named(err error) error {
	named, ok := any(&d.raw).(interface{ Named(error) error })
	if !ok || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return named.Named(err)
}

// jsonError is [jsonError] with offsets in the source.
func (d *Rows[R, T]) jsonError(err error, depth int) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		syntax.ByteOffset += d.base
	}
	return jsonError(err, depth)
}
