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
	each    func(T) error
	raw     R
	check   checker
}

// decode reads the next value, which must be an object, and passes the row on.
func (d *rowDecoder[R, T]) decode(dec *jsontext.Decoder) error {
	if k := dec.PeekKind(); k != '{' {
		if k == 0 || k == '}' || k == ']' {
			_, err := dec.ReadToken()
			return jsonFault(err, 0)
		}
		return fmt.Errorf("is %s, not an object", kindName(k))
	}
	d.reset()
	depth := dec.StackDepth()
	if err := json.UnmarshalDecode(dec, &d.raw); err != nil {
		err = jsonFault(err, depth)
		if named, ok := any(&d.raw).(interface{ name() (what, id string) }); ok && !errors.Is(err, io.ErrUnexpectedEOF) {
			what, id := named.name()
			err = about(what, id, err)
		}
		return err
	}
	row, err := d.convert(&d.check, &d.raw)
	if err != nil {
		return err
	}
	return d.each(row)
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
