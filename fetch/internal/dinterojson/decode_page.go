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
	if page, ok := body.(*LimitedReader); ok {
		inner := each
		each = func(row T) error {
			page.keep(rows.bytes)
			return inner(row)
		}
	}
	if member == bareArray {
		return "", scanArray(body, &rows, each)
	}
	l := newLibrary(&evenReader{r: body})
	if next, err = decodeObject(l, member, &rows, each); err != nil {
		return "", err
	}
	return next, decodeEnd(l.dec, 0)
}

// decodeArray reads the rest of an array of rows; the next is its n-th.
func decodeArray[R, T any](l *library, n int, rows *rowDecoder[R, T], each func(T) error) error {
	for ; l.next() != ']'; n++ {
		at := rows.base + nextOffset(l.dec)
		row, err := rows.decode(l)
		if err == nil {
			err = each(row)
		}
		if err != nil {
			return inElement(n, at, err)
		}
	}
	l.token()
	return rows.jsonError(l.err, 0)
}

// inElement tells err of the element of an array that begins at a byte.
func inElement(n int, at int64, err error) error {
	return fmt.Errorf("element %d (byte %d): %w", n, at, err)
}

// decodeObject reads {"<member>": [rows], "starting_after": "…"}.
func decodeObject[R, T any](l *library, member string, rows *rowDecoder[R, T], each func(T) error) (next string, err error) {
	if err := expectKind(l.dec, '{', "the answer"); err != nil {
		return "", err
	}
	l.enter('{')
	found, errorMessage := false, ""
	for l.member() {
		switch name := l.named.name; name {
		case member:
			found = true
			if err = readOpen(l.dec, '[', member); err == nil {
				err = decodeArray(l, 1, rows, each)
			}
		case "starting_after":
			next, err = decodeCursor(l)
		case "last_evaluated_key":
			next, err = decodeEvaluatedKey(l)
		case "error":
			errorMessage, err = decodeErrorMember(l)
		default:
			l.beginValue()
			if l.skip(); l.over != "" {
				err = fmt.Errorf("%s: %s has more than %d names", Quote(name), l.over, maxNames)
			}
		}
		if err != nil {
			return "", err
		}
	}
	if l.err != nil {
		return "", jsonError(l.err, 0)
	}
	switch {
	case errorMessage != "": // even beside rows: they may be a part of what was asked for
		return "", fmt.Errorf("the answer: %w", shapeError{want: "a list of " + member, got: "an error", message: errorMessage})
	case !found:
		return "", fmt.Errorf("the answer: %w", shapeError{want: "a list of " + member, got: "an object without one"})
	}
	return next, nil
}

func decodeCursor(l *library) (string, error) {
	var cursor scalar
	if l.scalar(&cursor, new(textArena)); l.err != nil {
		return "", jsonError(l.err, 0)
	}
	if !cursor.absent() && cursor.kind != '"' {
		return "", fmt.Errorf("starting_after: %s is not a text", Quote(cursor.written()))
	}
	if len(cursor.text) > maxCursor {
		return "", fmt.Errorf("starting_after: is longer than %d bytes", maxCursor)
	}
	return cursor.text, nil
}

const maxCursor = 4 << 10 // it becomes part of an address

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
