package jsonscan

import (
	"bytes"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Explain reads the object that comes next, which came where another value was wanted, and
// gives what it says of why; empty where it says nothing. An err is one of reading it.
type Explain func(*Decoder) (message string, err error)

// Expect makes sure that a value of the kind comes next, without reading it. what names it
// in the error.
func (d *Decoder) Expect(want jsontext.Kind, what string) error { return d.expect(want, what, nil) }

// expect is [Decoder.Expect]; explain may be nil.
func (d *Decoder) expect(want jsontext.Kind, what string, explain Explain) error {
	switch got := d.dec.PeekKind(); got {
	case want:
		return nil
	case 0, '}', ']':
		at := bytes.TrimLeft(d.dec.UnreadBuffer(), " \t\r\n")
		if _, err := d.dec.ReadToken(); len(at) == 0 || at[0] != '<' {
			return jsonError(err, 0)
		}
		return fmt.Errorf("%s: %w", what, ShapeError{Want: KindName(want), Got: "HTML or XML"})
	default:
		instead := ShapeError{Want: KindName(want), Got: KindName(got)}
		if got == '{' && explain != nil {
			var err error
			if instead.Message, err = explain(d); err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
		}
		return fmt.Errorf("%s: %w", what, instead)
	}
}

// open reads the opening bracket that must come next.
func (d *Decoder) open(bracket jsontext.Kind, what string, explain Explain) error {
	if err := d.expect(bracket, what, explain); err != nil {
		return err
	}
	_, err := d.dec.ReadToken()
	return jsonError(err, 0)
}

// Name is the name of the member whose value comes next.
func (d *Decoder) Name() string { return d.named.name }

// Scalar reads the next value into v; an object or array is passed over.
func (d *Decoder) Scalar(v *Scalar) { d.scalar(v, new(textArena)) }

// Unmarshal reads the next value into v as package json does; its fields may be of type
// [Scalar]. A name may come twice in it.
func (d *Decoder) Unmarshal(v any) error {
	return jsonError(json.UnmarshalDecode(d.dec, v), 0)
}

// SkipMember passes over the value of the member whose name was read. An object in it of too
// many names is an error, as it is in a row.
func (d *Decoder) SkipMember() error {
	d.BeginValue()
	name := d.named.name
	if d.skip(); d.over != "" {
		return fmt.Errorf("%s: %s has more than %d names", Quote(name), d.over, maxNames)
	}
	return nil
}

// End makes sure that nothing follows.
func (d *Decoder) End() error { return d.end(0) }

// end is [Decoder.End] of a text that began at the byte base.
func (d *Decoder) end(base int64) error {
	d.dec.PeekKind()
	at := base + d.nextOffset()
	switch _, err := d.dec.ReadToken(); {
	case err == io.EOF:
		return nil
	case err == nil || isSyntax(err):
		return fmt.Errorf("something follows the end of the JSON value at byte %d", at)
	default:
		return jsonError(err, 0)
	}
}

// nextOffset is the byte at which the next value begins.
func (d *Decoder) nextOffset() int64 {
	unread := d.dec.UnreadBuffer()
	blanks := len(unread) - len(bytes.TrimLeft(unread, " \t\r\n,"))
	return d.dec.InputOffset() + int64(blanks)
}
