package dinterojson

import (
	"bytes"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// bareArray says that a page is the array of rows itself, not an object that holds it.
const bareArray = ""

// converter checks a raw row and makes it a noun of package payment.
type converter[R, T any] func(*checker, *R) (T, error)

// decodePage reads the one JSON value of a page to its end: an array of rows, or an object
// that holds it under member. It is strict: duplicate names, bytes that are not UTF-8, a row
// that is not an object and anything after the value are errors. Members that no report
// prints are skipped unread. A value that ends early is an [io.ErrUnexpectedEOF].
func decodePage[R, T any](body io.Reader, member string, convert converter[R, T], each func(T) error) (next string, err error) {
	rows := rowDecoder[R, T]{convert: convert}
	if member == bareArray {
		return "", scanArray(body, &rows, each)
	}
	dec := newDecoder(newTextReader(body))
	if next, err = decodeObject(dec, member, &rows, each); err != nil {
		return "", err
	}
	return next, decodeEnd(dec, 0)
}

func newDecoder(r io.Reader) *jsontext.Decoder {
	// The option is for \ud83d without its other half; raw bytes are checked by textReader.
	return jsontext.NewDecoder(r, jsontext.AllowInvalidUTF8(true))
}

// decodeArray reads the rest of an array of rows; the next is its n-th.
func decodeArray[R, T any](dec *jsontext.Decoder, n int, rows *rowDecoder[R, T], each func(T) error) error {
	for ; dec.PeekKind() != ']'; n++ {
		at := rows.base + nextOffset(dec)
		row, err := rows.decode(dec)
		if err == nil {
			err = each(row)
		}
		if err != nil {
			return inElement(n, at, err)
		}
	}
	_, err := dec.ReadToken()
	return rows.jsonError(err, 0)
}

// inElement tells err of the element of an array that begins at a byte.
func inElement(n int, at int64, err error) error {
	return fmt.Errorf("element %d (byte %d): %w", n, at, err)
}

// decodeObject reads {"<member>": [rows], "starting_after": "…"}.
func decodeObject[R, T any](dec *jsontext.Decoder, member string, rows *rowDecoder[R, T], each func(T) error) (next string, err error) {
	if err := readOpen(dec, '{', "the answer"); err != nil {
		return "", err
	}
	found, errorMessage := false, ""
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return "", jsonError(err, 0)
		}
		switch name.String() {
		case member:
			found = true
			if err = readOpen(dec, '[', member); err == nil {
				err = decodeArray(dec, 1, rows, each)
			}
		case "starting_after":
			next, err = decodeCursor(dec)
		case "last_evaluated_key":
			next, err = decodeEvaluatedKey(dec)
		case "error":
			errorMessage, err = decodeErrorMember(dec)
		default:
			err = jsonError(dec.SkipValue(), 0)
		}
		if err != nil {
			return "", err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return "", jsonError(err, 0)
	}
	switch {
	case errorMessage != "": // even beside rows: they may be a part of what was asked for
		return "", fmt.Errorf("the answer: %w", shapeError{want: "a list of " + member, got: "an error", message: errorMessage})
	case !found:
		return "", fmt.Errorf("the answer: %w", shapeError{want: "a list of " + member, got: "an object without one"})
	}
	return next, nil
}

func decodeCursor(dec *jsontext.Decoder) (string, error) {
	var cursor scalar
	if err := cursor.UnmarshalJSONFrom(dec); err != nil {
		return "", jsonError(err, 0)
	}
	if !cursor.absent() && cursor.kind != '"' {
		return "", fmt.Errorf("starting_after: %s is not a text", Quote(cursor.written()))
	}
	return cursor.text, nil
}

// readOpen reads the opening bracket that must come next.
func readOpen(dec *jsontext.Decoder, bracket jsontext.Kind, what string) error {
	if err := expectKind(dec, bracket, what); err != nil {
		return err
	}
	_, err := dec.ReadToken()
	return jsonError(err, 0)
}

// expectKind makes sure that a value of the kind comes next, without reading it.
func expectKind(dec *jsontext.Decoder, want jsontext.Kind, what string) error {
	switch got := dec.PeekKind(); got {
	case want:
		return nil
	case 0, '}', ']':
		at := bytes.TrimLeft(dec.UnreadBuffer(), " \t\r\n")
		if _, err := dec.ReadToken(); len(at) == 0 || at[0] != '<' {
			return jsonError(err, 0)
		}
		return fmt.Errorf("%s: %w", what, shapeError{want: kindName(want), got: "HTML or XML"})
	case '{':
		return fmt.Errorf("%s: %w", what, decodeErrorObject(dec, want))
	default:
		return fmt.Errorf("%s: %w", what, shapeError{want: kindName(want), got: kindName(got)})
	}
}

// decodeEnd makes sure that nothing follows. What dec reads began at the byte base.
func decodeEnd(dec *jsontext.Decoder, base int64) error {
	dec.PeekKind()
	at := base + nextOffset(dec)
	switch _, err := dec.ReadToken(); {
	case err == io.EOF:
		return nil
	case err == nil || isSyntax(err):
		return fmt.Errorf("something follows the end of the JSON value at byte %d", at)
	default:
		return jsonError(err, 0)
	}
}

// nextOffset is the byte at which the next value begins.
func nextOffset(dec *jsontext.Decoder) int64 {
	unread := dec.UnreadBuffer()
	blanks := len(unread) - len(bytes.TrimLeft(unread, " \t\r\n,"))
	return dec.InputOffset() + int64(blanks)
}
