package dinterojson

import (
	"errors"
	"fmt"
	"io"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"

	"rapport/internal/payment"
)

// rowDecoder reads row after row into the same raw row, whose arrays it reuses.
type rowDecoder[R, T any] struct {
	convert converter[R, T]
	raw     R
	check   checker
	scanner *scanner
	base    int64 // the byte of the source at which the library began to read
	bytes   int   // that the row read last takes in memory
}

// manyElements is from how many elements on a row's arrays are not used again.
const manyElements = 500

// begin empties the raw row.
func (d *rowDecoder[R, T]) begin() scannable {
	if d.scanner == nil {
		d.scanner = new(scanner)
	}
	if kept, ok := any(&d.raw).(interface{ reset() }); ok && d.scanner.budget.n < manyElements {
		kept.reset()
	} else {
		d.raw = *new(R)
	}
	return any(&d.raw).(scannable)
}

// finish converts the raw row.
func (d *rowDecoder[R, T]) finish(over string) (row T, err error) {
	d.check.begin(over)
	row, err = d.convert(&d.check, &d.raw)
	d.bytes = int(unsafe.Sizeof(row)) + d.scanner.budget.bytes
	return row, err
}

// scan reads the row that begins at b[at] by the scanner and returns the index after it.
// Below 0, nothing was read: see unsupported and incomplete.
func (d *rowDecoder[R, T]) scan(b []byte, at int) (row T, end int, err error) {
	raw := d.begin()
	if end = d.scanner.scan(b, at, raw); end < 0 {
		return row, end, nil
	}
	row, err = d.finish("")
	return row, end, err
}

// decode reads the next value by the library; it must be an object.
func (d *rowDecoder[R, T]) decode(l *library) (row T, err error) {
	if k := l.next(); k != '{' {
		if k == 0 || k == '}' || k == ']' {
			l.token()
			return row, d.jsonError(l.err, 0)
		}
		return row, fmt.Errorf("is %s, not an object", kindName(k))
	}
	raw := d.begin()
	l.beginValue()
	d.scanner.library, d.scanner.at, d.scanner.budget = l, unsupported, elements{}
	raw.scan(d.scanner)
	if l.err != nil {
		return row, d.named(d.jsonError(l.err, l.depth))
	}
	return d.finish(l.over)
}

// named is err of the row that is being read, with its name as far as it is known.
func (d *rowDecoder[R, T]) named(err error) error {
	named, ok := any(&d.raw).(interface{ name() (what, id string) })
	if !ok || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	what, id := named.name()
	return payment.Named(what, id, err)
}

// jsonError is [jsonError] with offsets in the source.
func (d *rowDecoder[R, T]) jsonError(err error, depth int) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		syntax.ByteOffset += d.base
	}
	return jsonError(err, depth)
}
