package dinterojson

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// rowDecoder reads row after row into the same raw row, whose arrays it reuses.
type rowDecoder[R, T any] struct {
	convert converter[R, T]
	raw     R
	check   checker
	scanner *scanner
	base    int64 // the byte of the source at which the library began to read
}

// scan reads the row that begins at b[at] by the scanner and returns the index after it.
// Below 0, nothing was read: see unsupported and incomplete.
func (d *rowDecoder[R, T]) scan(b []byte, at int) (row T, end int, err error) {
	scannable, ok := any(&d.raw).(scannable)
	if !ok {
		return row, unsupported, nil
	}
	if d.scanner == nil {
		d.scanner = new(scanner)
	}
	d.reset()
	if end = d.scanner.scan(b, at, scannable); end < 0 {
		return row, end, nil
	}
	row, err = d.convert(&d.check, &d.raw)
	return row, end, err
}

// decode reads the next value by the library; it must be an object.
func (d *rowDecoder[R, T]) decode(dec *jsontext.Decoder) (row T, err error) {
	if k := dec.PeekKind(); k != '{' {
		if k == 0 || k == '}' || k == ']' {
			_, err := dec.ReadToken()
			return row, d.jsonError(err, 0)
		}
		return row, fmt.Errorf("is %s, not an object", kindName(k))
	}
	d.reset()
	depth := dec.StackDepth()
	if err := json.UnmarshalDecode(dec, &d.raw); err != nil {
		err = d.jsonError(err, depth)
		if named, ok := any(&d.raw).(interface{ name() (what, id string) }); ok && !errors.Is(err, io.ErrUnexpectedEOF) {
			what, id := named.name()
			err = inRow(what, id, err)
		}
		return row, err
	}
	return d.convert(&d.check, &d.raw)
}

// jsonError is [jsonError] with offsets in the source.
func (d *rowDecoder[R, T]) jsonError(err error, depth int) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		syntax.ByteOffset += d.base
	}
	return jsonError(err, depth)
}

// reset forgets the row before. The JSON decoder clears the elements of an array
// that it fills again.
func (d *rowDecoder[R, T]) reset() {
	if kept, ok := any(&d.raw).(interface{ reset() }); ok {
		kept.reset()
		return
	}
	var none R
	d.raw = none
}
