package fetch

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// rowDecoder reads row after row into the same raw row, whose arrays it reuses.
type rowDecoder[R, T any] struct {
	convert rowConverter[R, T]
	raw     R
	check   checker
	scanner *scanner
	base    int64 // the byte of the source at which the library began to read
}

// scan reads the row that begins at b[at] and returns the index after it. Below 0,
// nothing was read, and decode must.
func (d *rowDecoder[R, T]) scan(b []byte, at int) (row T, end int, err error) {
	fields, ok := any(&d.raw).(scannable)
	if !ok {
		return row, odd, nil
	}
	if d.scanner == nil {
		d.scanner = new(scanner)
	}
	d.reset()
	if end = d.scanner.scan(b, at, fields); end < 0 {
		return row, end, nil
	}
	row, err = d.convert(&d.check, &d.raw)
	return row, end, err
}

// decode reads the next value, which must be an object.
func (d *rowDecoder[R, T]) decode(dec *jsontext.Decoder) (row T, err error) {
	if k := dec.PeekKind(); k != '{' {
		if k == 0 || k == '}' || k == ']' {
			_, err := dec.ReadToken()
			return row, d.jsonFault(err, 0)
		}
		return row, fmt.Errorf("is %s, not an object", kindName(k))
	}
	d.reset()
	depth := dec.StackDepth()
	if err := json.UnmarshalDecode(dec, &d.raw); err != nil {
		err = d.jsonFault(err, depth)
		if named, ok := any(&d.raw).(interface{ name() (what, id string) }); ok && !errors.Is(err, io.ErrUnexpectedEOF) {
			what, id := named.name()
			err = about(what, id, err)
		}
		return row, err
	}
	return d.convert(&d.check, &d.raw)
}

// jsonFault is [jsonFault] with offsets in the source.
func (d *rowDecoder[R, T]) jsonFault(err error, depth int) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		syntax.ByteOffset += d.base
	}
	return jsonFault(err, depth)
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
